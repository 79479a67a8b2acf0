//! The ids of payments.

use pantoken_core::{Random, contains_card_number};
use uuid::Builder;

use crate::http::problem::Problem;

const MAX_LENGTH: usize = 255;
const RULE: &str = "must be 1 to 255 visible ASCII characters without | ; / ? #, and not . or ..";

/// Checks an id that a caller chose. The provider uses the same id.
pub(super) fn check(id: String) -> Result<String, Problem> {
    if contains_card_number(&id) {
        return Err(Problem::CardNumber("paymentId"));
    }
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && !b"|;/?#".contains(&byte);
    let fits = (1..=MAX_LENGTH).contains(&id.len()) && id.bytes().all(is_allowed);
    match fits && !matches!(id.as_str(), "." | "..") {
        true => Ok(id),
        false => Err(Problem::invalid("paymentId", RULE)),
    }
}

/// Returns the key under which a payment is stored. The provider compares ids without case.
pub(super) fn key_of(id: &str) -> String {
    id.to_lowercase()
}

/// Returns a new id: a UUID that does not look like a card number, so that it can be looked up.
pub(super) fn new(random: &dyn Random) -> Option<String> {
    loop {
        let mut bytes = [0; 16];
        random.fill(&mut bytes).ok()?;
        let id = Builder::from_random_bytes(bytes).into_uuid().to_string();
        if !contains_card_number(&id) {
            return Some(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_limits() {
        for id in ["a", "Payout-7:1", &"a".repeat(255)] {
            assert_eq!(check(id.to_owned()).unwrap(), id);
        }
        let long = "a".repeat(256);
        for id in [
            "", "a b", "a|b", "a;b", "a/b", "a?b", "a#b", "é", ".", "..", &long,
        ] {
            assert!(check(id.to_owned()).is_err(), "{id}");
        }
        let refused = check("4111111111111111".to_owned());
        assert!(matches!(refused, Err(Problem::CardNumber("paymentId"))));
        assert_eq!(key_of("Payout-7"), key_of("pAYOUT-7"));
    }
}
