//! What must never be printed: keys, tokens and card data.

use pantoken_core::json::FromJson;
use pantoken_core::{Secret, secret_texts};
use serde::Serializer;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

secret_texts! {
    /// The key of the API, one for each site. It is the same in test and production.
    pub struct ApiKey;
    /// The key with which notifications of a site are signed. It is not the API key, and although it may look
    /// like base64, it is not decoded: its UTF-8 bytes are the key.
    pub struct NotificationKey;
    /// A payment token: whoever has it, and the API key of its site, can charge the card.
    pub struct PaymentToken;
}

impl serde::Serialize for PaymentToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl FromJson for PaymentToken {
    fn from_json(json: &RawValue) -> Option<Self> {
        let text = Zeroizing::new(String::from_json(json)?);
        Self::parse(&text).ok()
    }
}

/// Writes a secret into a request.
pub(crate) fn serialize<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

/// Writes an optional secret into a request.
#[cfg(feature = "card-data")]
// serde passes a reference to the field.
#[allow(clippy::ref_option)]
pub(crate) fn serialize_option<S: Serializer>(
    secret: &Option<Secret>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match secret {
        Some(secret) => serialize(secret, serializer),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use pantoken_core::{RawJson, SecretError};

    use super::*;

    #[test]
    fn a_secret_is_never_printed() {
        let key = ApiKey::parse("5c4b25xx93aa435d9cb8cd17480356f9").unwrap();
        assert_eq!(format!("{key:?}"), "ApiKey(…)");
        assert_eq!(
            format!("{:?}", PaymentToken::parse("a").unwrap()),
            "PaymentToken(…)"
        );
        assert_eq!(format!("{:?}", RawJson::from_bytes(b"{}")), "RawJson(…)");
    }

    #[test]
    fn a_spoiled_key_is_refused_and_not_repeated() {
        for text in ["a b", "a\n", "\u{feff}a", "a\u{200b}"] {
            let error = NotificationKey::parse(text).unwrap_err();
            assert_eq!(error, SecretError::Character);
        }
        assert_eq!(ApiKey::parse(""), Err(SecretError::Length));
        assert_eq!(ApiKey::parse(&"a".repeat(1025)), Err(SecretError::Length));
    }
}
