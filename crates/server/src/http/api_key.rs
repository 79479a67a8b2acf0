use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pantoken_store::Digest;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use pantoken_core::{Random, RandomError};

/// The key with which the agent's back end calls: 1 to 256 visible ASCII characters, wiped from
/// memory when dropped, never printed, compared in constant time.
#[derive(Clone)]
pub struct ApiKey(Zeroizing<Box<str>>);

/// A text that is no API key. The text itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an API key has 1 to 256 visible ASCII characters")]
pub struct ApiKeyError;

impl ApiKey {
    const LENGTH: std::ops::RangeInclusive<usize> = 1..=256;
    /// Fewer can be tried out.
    const SAFE_LENGTH: usize = 16;

    /// Tells a generated key from others, for people and for scanners of leaked secrets.
    const GENERATED_PREFIX: &str = "pantoken_";
    const GENERATED_BYTES: usize = 32;
    /// 32 bytes in base64url.
    const GENERATED_DIGITS: usize = 43;

    /// Makes a key of 256 random bits: `pantoken_` and 43 letters, digits, `-` or `_`.
    ///
    /// # Errors
    /// [`RandomError`] when the source gives no bytes.
    pub fn generate(random: &dyn Random) -> Result<Self, RandomError> {
        let mut bytes = Zeroizing::new([0; Self::GENERATED_BYTES]);
        random.fill(bytes.as_mut_slice())?;
        let digits = Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice()));
        let text = format!("{}{}", Self::GENERATED_PREFIX, digits.as_str());
        Ok(Self(Zeroizing::new(text.into())))
    }

    /// The key itself, to be shown to its owner once.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// Under what the store keeps the key.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }

    /// Under what the store would keep what a caller presents; `None` for what it cannot keep.
    pub(crate) fn digest_of_stored(presented: &str) -> Option<Digest> {
        let digits = presented.strip_prefix(Self::GENERATED_PREFIX)?;
        (digits.len() == Self::GENERATED_DIGITS).then(|| Digest::of(presented.as_bytes()))
    }

    /// Takes a key.
    ///
    /// # Errors
    /// [`ApiKeyError`] when its length or a character is not allowed.
    pub fn parse(text: &str) -> Result<Self, ApiKeyError> {
        if Self::LENGTH.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(Zeroizing::new(text.into())))
        } else {
            Err(ApiKeyError)
        }
    }

    /// Whether the key is so short that trying may find it.
    #[must_use]
    pub fn is_guessable(&self) -> bool {
        self.0.len() < Self::SAFE_LENGTH
    }

    /// Whether this is the key that a caller presents.
    #[must_use]
    pub fn is(&self, presented: &str) -> bool {
        self.0.as_bytes().ct_eq(presented.as_bytes()).into()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_key_is_compared_whole_and_never_printed() {
        let key = ApiKey::parse("0123456789abcdef").unwrap();
        assert!(key.is("0123456789abcdef"));
        assert!(!key.is("0123456789abcdeg"));
        assert!(!key.is("0123456789abcde"));
        assert!(!key.is(""));
        assert_eq!(format!("{key:?}"), "ApiKey(…)");
    }

    #[test]
    fn an_api_key_has_limits() {
        for text in ["", "0123456789abcde\n", &"a".repeat(257)] {
            assert_eq!(ApiKey::parse(text).unwrap_err(), ApiKeyError);
        }
        assert!(ApiKey::parse("0123456789abcde").unwrap().is_guessable());
        assert!(!ApiKey::parse("0123456789abcdef").unwrap().is_guessable());
    }
}
