use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pantoken_store::Digest;
use zeroize::Zeroizing;

use pantoken_core::{Random, RandomError, Secret};

/// The key that authorises the agent's back end: 16 to 256 visible ASCII characters. It is a [`Secret`].
#[derive(Clone, Debug)]
pub struct ApiKey(Secret);

/// The error of [`ApiKey::parse`]. The text itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an API key must be 16 to 256 visible ASCII characters, because a shorter one can be guessed: \
     generate one with `openssl rand -hex 32`, or create one with `pantoken key add NAME`"
)]
pub struct ApiKeyError;

impl ApiKey {
    const LENGTH: std::ops::RangeInclusive<usize> = 16..=256;

    /// Lets people and scanners of leaked secrets recognise a generated key.
    const GENERATED_PREFIX: &str = "pantoken_";
    const GENERATED_BYTES: usize = 32;
    /// 32 bytes in base64url.
    const GENERATED_DIGITS: usize = 43;

    /// Generates a key of 256 random bits: `pantoken_` and 43 letters, digits, `-` or `_`.
    ///
    /// # Errors
    /// Returns [`RandomError`] if the source of randomness fails.
    pub fn generate(random: &dyn Random) -> Result<Self, RandomError> {
        let mut bytes = Zeroizing::new([0; Self::GENERATED_BYTES]);
        random.fill(bytes.as_mut_slice())?;
        let digits = Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice()));
        let text = Zeroizing::new(format!("{}{}", Self::GENERATED_PREFIX, digits.as_str()));
        Ok(Self(Secret::new(&text)))
    }

    /// Returns the key itself, to show it to its owner once.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Returns the digest that the store keeps in place of the key.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.expose().as_bytes())
    }

    /// Returns the digest of a presented key, or `None` if it cannot be a key of the store.
    pub(crate) fn digest_of_stored(presented: &str) -> Option<Digest> {
        let digits = presented.strip_prefix(Self::GENERATED_PREFIX)?;
        (digits.len() == Self::GENERATED_DIGITS).then(|| Digest::of(presented.as_bytes()))
    }

    /// Parses a key.
    ///
    /// # Errors
    /// Returns [`ApiKeyError`] if its length or a character is not allowed.
    pub fn parse(text: &str) -> Result<Self, ApiKeyError> {
        if Self::LENGTH.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(Secret::new(text)))
        } else {
            Err(ApiKeyError)
        }
    }

    /// Returns whether `presented` is this key. The comparison takes constant time.
    #[must_use]
    pub fn is(&self, presented: &str) -> bool {
        self.0.is(presented)
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
        assert_eq!(format!("{key:?}"), "ApiKey(Secret(…))");
    }

    #[test]
    fn an_api_key_has_limits() {
        let longest = "a".repeat(256);
        for text in ["0123456789abcdef", &longest] {
            assert!(ApiKey::parse(text).is_ok());
        }
        for text in [
            "",
            "0123456789abcde",
            "0123456789abcde\n",
            "0123456789abcde ",
            &"a".repeat(257),
        ] {
            assert_eq!(ApiKey::parse(text).unwrap_err(), ApiKeyError);
        }
    }
}
