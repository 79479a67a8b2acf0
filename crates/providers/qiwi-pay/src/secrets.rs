//! What must never be printed: the key, tokens, and whole answers.

use std::fmt;

use pantoken_core::Secret;

use crate::json::FromText;

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

        impl FromText for $Name {
            fn from_text(text: &str) -> Option<Self> {
                Self::parse(text).ok()
            }
        }
    )+};
}

secrets! {
    /// The key that signs the requests and the notifications of a site.
    SecretKey,
    /// A card token: whoever has it, and the key of its site, can charge the card.
    CardToken,
}

/// An answer or notification as the provider sent it, with the fields that this version does not know. It may
/// contain tokens and personal data, so it is wiped when dropped and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct RawJson(Secret);

impl RawJson {
    pub(crate) fn from_bytes(body: &[u8]) -> Self {
        // Whatever is kept here was read as JSON or as form fields before, so it is UTF-8.
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
