use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use super::error::ShopError;

const MAX_LENGTH: usize = 64;

/// An id that a page names in a path. It becomes a part of a call's address, so it has no character that has a
/// meaning there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Id(String);

impl Id {
    pub(super) fn parse(text: &str) -> Result<Self, ShopError> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        match (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(is_plain) {
            true => Ok(Self(text.to_owned())),
            false => Err(ShopError::Invalid(
                "an id must be 1 to 64 letters, digits, hyphens and underscores",
            )),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ShopError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ShopError> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let Path(text) = path.map_err(|_| ShopError::Invalid("the id is not UTF-8 text"))?;
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_cannot_lead_to_another_call() {
        assert!(Id::parse("tok_30747e05-a").is_ok());
        let long = "x".repeat(65);
        for text in ["", "..", "a/b", "a?b", "a#b", "a%2fb", "a b", "ы", &long] {
            assert!(Id::parse(text).is_err(), "{text}");
        }
    }
}
