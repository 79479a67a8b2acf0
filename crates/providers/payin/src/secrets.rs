//! What must never be printed: keys, tokens and card data.

use std::fmt;

use pantoken_core::Secret;
use serde::Serializer;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use pantoken_core::json::FromJson;

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

fn check(text: &str) -> Result<Secret, SecretError> {
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

macro_rules! secrets {
    ($($(#[$meta:meta])* $Name:ident,)+) => {$(
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $Name(Secret);

        impl $Name {
            /// Reads the text as the provider issued it.
            ///
            /// # Errors
            /// Returns [`SecretError`] if it is not 1 to 1,024 bytes long, or contains white space, a control
            /// character or a byte order mark.
            pub fn parse(text: &str) -> Result<Self, SecretError> {
                Ok(Self(check(text)?))
            }

            /// Returns the text itself. Never log it.
            #[must_use]
            pub fn expose(&self) -> &str {
                self.0.expose()
            }
        }

        impl fmt::Debug for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($Name), "(…)"))
            }
        }
    )+};
}

secrets! {
    /// The key of the API, one for each site. It is the same in test and production.
    ApiKey,
    /// The key with which notifications of a site are signed. It is not the API key, and although it may look
    /// like base64, it is not decoded: its UTF-8 bytes are the key.
    NotificationKey,
    /// A payment token: whoever has it, and the API key of its site, can charge the card.
    PaymentToken,
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

/// An object of an answer or notification as the provider sent it, with the fields that this version does
/// not know. It may contain tokens and personal data, so it is wiped when dropped and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct RawJson(Secret);

impl RawJson {
    pub(crate) fn from_bytes(body: &[u8]) -> Self {
        // Whatever is kept here was read as JSON before, so it is UTF-8.
        Self(Secret::new(std::str::from_utf8(body).unwrap_or_default()))
    }

    /// Returns the JSON text. Never log it.
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
