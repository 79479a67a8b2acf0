//! The ids that callers choose.

use pantoken_core::contains_card_number;

use crate::http::problem::Problem;

const MAX_LENGTH: usize = 256;
const RULE: &str = "must be 1 to 256 visible ASCII characters without | ; / ? #, and not . or ..";

/// Checks an id. That of an order is the provider's too.
pub(super) fn check(name: &'static str, id: String) -> Result<String, Problem> {
    if contains_card_number(&id) {
        return Err(Problem::CardNumber(name));
    }
    match is_id(&id) {
        true => Ok(id),
        false => Err(Problem::invalid(name, RULE)),
    }
}

/// Reads the id of an order in a body.
pub(super) fn parse(text: &str) -> Result<String, &'static str> {
    is_id(text).then(|| text.to_owned()).ok_or(RULE)
}

fn is_id(id: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && !b"|;/?#".contains(&byte);
    let fits = (1..=MAX_LENGTH).contains(&id.len()) && id.bytes().all(is_allowed);
    fits && !matches!(id, "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_limits() {
        for id in ["a", "order-7:1", &"a".repeat(256), "..."] {
            assert_eq!(check("orderId", id.to_owned()).unwrap(), id);
        }
        let long = "a".repeat(257);
        for id in [
            "", "a b", "a|b", "a;b", "a/b", "a?b", "a#b", "é", ".", "..", &long,
        ] {
            assert!(check("orderId", id.to_owned()).is_err(), "{id}");
            assert!(parse(id).is_err(), "{id}");
        }
        let refused = check("orderId", "4111111111111111".to_owned());
        assert!(matches!(refused, Err(Problem::CardNumber("orderId"))));
    }
}
