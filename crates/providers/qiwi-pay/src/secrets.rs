//! What must never be printed: the key and tokens.

use pantoken_core::secret_texts;

use crate::json::FromText;

secret_texts! {
    /// The key that signs the requests and the notifications of a site.
    pub struct SecretKey;
    /// A card token: whoever has it, and the key of its site, can charge the card.
    pub struct CardToken;
}

impl FromText for CardToken {
    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use pantoken_core::{RawJson, SecretError};

    use super::*;

    #[test]
    fn a_secret_is_never_printed() {
        let key = SecretKey::parse("secret_key").unwrap();
        assert_eq!(format!("{key:?}"), "SecretKey(…)");
        let token = CardToken::parse("a").unwrap();
        assert_eq!(format!("{token:?}"), "CardToken(…)");
        assert_eq!(format!("{:?}", RawJson::from_bytes(b"{}")), "RawJson(…)");
    }

    #[test]
    fn a_spoiled_key_is_refused_and_not_repeated() {
        for text in ["a b", "a\n", "\u{feff}a", "a\u{200b}"] {
            assert_eq!(SecretKey::parse(text), Err(SecretError::Character));
        }
        assert_eq!(SecretKey::parse(""), Err(SecretError::Length));
        assert_eq!(
            CardToken::parse(&"a".repeat(1025)),
            Err(SecretError::Length)
        );
    }
}
