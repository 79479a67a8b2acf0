use pantoken_core::{contains_card_number, is_card_number};
use serde_json::Value;

use crate::payin::refusal::Refusal;

/// The time after which a slow test card has its outcome, in milliseconds.
const SLOW: i64 = 3_000;
/// The longest name of a card's holder.
const MAX_HOLDER: usize = 26;

/// A test card. Its number is not kept, only what the provider shows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Card {
    pub(crate) masked_pan: String,
    /// The month and the year of expiry, as `MM/YY`.
    pub(crate) expiry: String,
    pub(crate) needs_3ds: bool,
}

impl Card {
    /// Reads the fields `pan`, `expiryDate`, `cvv2` and `holderName`.
    pub(crate) fn read(fields: &Value) -> Result<Self, Refusal> {
        let text = |name: &str| fields[name].as_str().unwrap_or_default();
        let (pan, expiry, code) = (text("pan"), text("expiryDate"), text("cvv2"));
        let is_grouped = pan.bytes().any(|byte| !byte.is_ascii_digit());
        if !is_card_number(pan) || is_grouped {
            return Err(Refusal::Field("pan", "Invalid card number"));
        }
        if !is_expiry(expiry) {
            return Err(Refusal::Field("expiryDate", "Invalid expiry date"));
        }
        let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
        if !code.is_empty() && !is_code {
            return Err(Refusal::Field("cvv2", "Invalid security code"));
        }
        if text("holderName").chars().count() > MAX_HOLDER {
            return Err(Refusal::Field("holderName", "Too long"));
        }
        let masked_pan = masked(pan);
        debug_assert!(!contains_card_number(&masked_pan));
        Ok(Self {
            masked_pan,
            expiry: expiry.to_owned(),
            needs_3ds: code == "849" || text("holderName").contains("3ds"),
        })
    }

    /// Returns when the outcome is known if the operation starts now, and what it is. The month decides: 02
    /// fails, 03 succeeds late, 04 fails late, all others succeed.
    pub(crate) fn outcome(&self, now: i64) -> Outcome {
        let declined = Err("ACQUIRING_NOT_PERMITTED");
        let (wait, result) = match self.expiry.get(..2) {
            Some("02") => (0, declined),
            Some("03") => (SLOW, Ok(())),
            Some("04") => (SLOW, declined),
            _ => (0, Ok(())),
        };
        Outcome {
            at: now + wait,
            result,
        }
    }

    /// Returns when a token of the card expires: the first day of its last month.
    pub(crate) fn token_expiry(&self) -> String {
        let (month, year) = self.expiry.split_once('/').unwrap_or_default();
        format!("20{year}-{month}-01T00:00:00+03:00")
    }
}

/// Returns the first six and the last four digits of a number.
pub(crate) fn masked(pan: &str) -> String {
    let last = pan.len().saturating_sub(4);
    let (first, last) = (pan.get(..6), pan.get(last..));
    format!("{}******{}", first.unwrap_or(""), last.unwrap_or(""))
}

fn is_expiry(text: &str) -> bool {
    let month_and_year = text.split_once('/');
    month_and_year.is_some_and(|(month, year)| {
        let is_number = |text: &str| text.len() == 2 && text.bytes().all(|it| it.is_ascii_digit());
        is_number(month) && is_number(year) && ("01"..="12").contains(&month)
    })
}

/// The outcome of an operation with a card, and when it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) at: i64,
    pub(crate) result: CardResult,
}

/// Success, or the reason why an operation was declined.
pub(crate) type CardResult = Result<(), &'static str>;
