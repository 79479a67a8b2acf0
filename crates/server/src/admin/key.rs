use hmac::{Hmac, KeyInit, Mac};
use pantoken_core::Secret;
use sha2::Sha256;

/// The key of the pages for operators: 16 to 256 visible ASCII characters. It is a [`Secret`].
#[derive(Clone, Debug)]
pub struct AdminKey(Secret);

/// The error of [`AdminKey::parse`]. The text itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be 16 to 256 visible ASCII characters, because a shorter key can be guessed: generate one with \
     `openssl rand -hex 32`"
)]
pub struct AdminKeyError;

impl AdminKey {
    const LENGTH: std::ops::RangeInclusive<usize> = 16..=256;

    /// Parses a key.
    ///
    /// # Errors
    /// Returns [`AdminKeyError`] if its length or a character is not allowed.
    pub fn parse(text: &str) -> Result<Self, AdminKeyError> {
        let is_visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        (Self::LENGTH.contains(&text.len()) && is_visible)
            .then(|| Self(Secret::new(text)))
            .ok_or(AdminKeyError)
    }

    /// Returns whether `presented` is this key. The comparison takes constant time.
    #[must_use]
    pub fn is(&self, presented: &str) -> bool {
        self.0.is(presented)
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Authenticates a text for one purpose.
    pub(super) fn mac(&self, purpose: &str, text: &str) -> Hmac<Sha256> {
        let Ok(mac) = Hmac::<Sha256>::new_from_slice(self.0.expose().as_bytes()) else {
            unreachable!("HMAC takes a key of any length");
        };
        // No purpose contains a slash, so that no two pairs are the same bytes.
        mac.chain_update(format!("pantoken/admin/{purpose}/{text}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_limits_and_is_never_printed() {
        let longest = "a".repeat(256);
        for text in ["0123456789abcdef", &longest] {
            assert!(AdminKey::parse(text).is_ok());
        }
        let too_long = "a".repeat(257);
        for text in [
            "",
            "0123456789abcde",
            "0123456789abcde ",
            "0123456789abcdeé",
            &too_long,
        ] {
            assert_eq!(AdminKey::parse(text).unwrap_err(), AdminKeyError);
        }
        let key = AdminKey::parse("0123456789abcdef").unwrap();
        assert!(key.is("0123456789abcdef") && !key.is("0123456789abcdeg"));
        assert_eq!(format!("{key:?}"), "AdminKey(Secret(…))");
    }
}
