//! The ids that callers choose.

use pantoken_core::contains_card_number;

pub(super) use crate::http::path_segment::TwoSegments;
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
