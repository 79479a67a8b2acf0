//! Keys and tokens as providers issue them, and answers that may contain them.

use std::fmt;

use crate::Secret;

/// The reason why a text cannot be a key or a token. The message does not contain the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// The text is empty or too long.
    #[error("a key or token must be 1 to 1024 bytes long")]
    Length,
    /// The text contains white space, a control character or a byte order mark, for example from careless
    /// copying.
    #[error("a key or token must not contain white space, control characters or a byte order mark")]
    Character,
}

/// Reads the text of a key or a token. [`secret_texts!`](crate::secret_texts) defines the types that hold one.
///
/// # Errors
/// Returns [`SecretError`] if it is not 1 to 1,024 bytes long, or contains white space, a control character or a
/// byte order mark.
pub fn parse_secret(text: &str) -> Result<Secret, SecretError> {
    const MAX_BYTES: usize = 1024;
    if text.is_empty() || text.len() > MAX_BYTES {
        return Err(SecretError::Length);
    }
    let is_invisible = |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{feff}')
    };
    if text.contains(is_invisible) {
        return Err(SecretError::Character);
    }
    Ok(Secret::new(text))
}

/// Defines types of keys and tokens, each 1 to 1,024 bytes long. Their `Debug` output is redacted.
#[macro_export]
macro_rules! secret_texts {
    ($($(#[$meta:meta])* $visibility:vis struct $Name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq)]
        $visibility struct $Name($crate::Secret);

        impl $Name {
            /// Reads the text as the provider issued it.
            ///
            /// # Errors
            /// Returns [`SecretError`](pantoken_core::SecretError) if it is not 1 to 1,024 bytes long, or contains white
            /// space, a control character or a byte order mark.
            $visibility fn parse(text: &str) -> Result<Self, $crate::SecretError> {
                Ok(Self($crate::parse_secret(text)?))
            }

            /// Returns the text itself. Never log it.
            #[must_use]
            $visibility fn expose(&self) -> &str {
                self.0.expose()
            }
        }

        impl std::fmt::Debug for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($Name), "(…)"))
            }
        }
    )+};
}

/// An answer or a notification as the provider sent it, with the fields that this version does not know. It may
/// contain tokens and personal data, so it is wiped when dropped and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct RawJson(Secret);

impl RawJson {
    /// Keeps a body that was read before, so that it is UTF-8.
    #[must_use]
    pub fn from_bytes(body: &[u8]) -> Self {
        Self(Secret::new(std::str::from_utf8(body).unwrap_or_default()))
    }

    /// Returns the text. Never log it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RawJson(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::secret_texts! {
        /// A key.
        struct Key;
    }

    #[test]
    fn a_secret_is_never_printed() {
        assert_eq!(format!("{:?}", Key::parse("secret").unwrap()), "Key(…)");
        assert_eq!(format!("{:?}", RawJson::from_bytes(b"{}")), "RawJson(…)");
    }

    #[test]
    fn a_spoiled_secret_is_refused() {
        for text in ["a b", "a\n", "\u{feff}a", "a\u{200b}"] {
            assert_eq!(parse_secret(text), Err(SecretError::Character));
        }
        assert_eq!(parse_secret(""), Err(SecretError::Length));
        assert_eq!(parse_secret(&"a".repeat(1025)), Err(SecretError::Length));
        assert_eq!(Key::parse(&"a".repeat(1024)).unwrap().expose().len(), 1024);
    }
}
