use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A secret text, such as an API key. It is wiped from memory when dropped, and its `Debug` output is
/// redacted.
#[derive(Clone)]
pub struct Secret(Zeroizing<Box<str>>);

impl Secret {
    /// Wraps a secret text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Returns the text itself. Never log it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns whether `presented` is this secret. The time does not depend on where they differ.
    #[must_use]
    pub fn is(&self, presented: &str) -> bool {
        self.0.as_bytes().ct_eq(presented.as_bytes()).into()
    }
}

/// Compares in constant time, like [`Secret::is`].
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.is(other.expose())
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_compared_whole_and_never_printed() {
        let secret = Secret::new("0123456789abcdef");
        assert!(secret.is("0123456789abcdef"));
        assert!(!secret.is("0123456789abcdeg"));
        assert!(!secret.is("0123456789abcde"));
        assert_eq!(secret, Secret::new("0123456789abcdef"));
        assert_ne!(secret, Secret::new("0123456789abcdeg"));
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
}
