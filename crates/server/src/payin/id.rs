//! The ids that callers choose.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use pantoken_core::contains_card_number;

use crate::http::problem::Problem;

const MAX_LENGTH: usize = 200;
const RULE: &str = "must be 1 to 200 visible ASCII characters without | ; / ? #, and not . or ..";

/// Checks an id. The provider uses the same id, in the path of its URLs.
pub(super) fn check(name: &'static str, id: String) -> Result<String, Problem> {
    if contains_card_number(&id) {
        return Err(Problem::CardNumber(name));
    }
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && !b"|;/?#".contains(&byte);
    let fits = (1..=MAX_LENGTH).contains(&id.len()) && id.bytes().all(is_allowed);
    match fits && !matches!(id.as_str(), "." | "..") {
        true => Ok(id),
        false => Err(Problem::invalid(name, RULE)),
    }
}

/// Extracts the two parameters of a path. They are empty, which is allowed nowhere, if they are not UTF-8.
pub(crate) struct TwoSegments(pub(crate) String, pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for TwoSegments {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let (first, second) = path.map(|Path(segments)| segments).unwrap_or_default();
        Ok(Self(first, second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_limits() {
        for id in ["a", "order-7:1", &"a".repeat(200), "..."] {
            assert_eq!(check("paymentId", id.to_owned()).unwrap(), id);
        }
        for id in [
            "",
            "a b",
            "a|b",
            "a;b",
            "a/b",
            "a?b",
            "a#b",
            "é",
            ".",
            "..",
            &"a".repeat(201),
        ] {
            assert!(check("paymentId", id.to_owned()).is_err(), "{id}");
        }
        let refused = check("paymentId", "4111111111111111".to_owned());
        assert!(matches!(refused, Err(Problem::CardNumber("paymentId"))));
    }
}
