use pantoken_core::{contains_card_number, is_card_number};
use serde_json::Value;

use crate::payin::refusal::Refusal;

/// The time after which a slow test card has its outcome, in milliseconds.
const SLOW: i64 = 3_000;

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
            return Err(Refusal::Field("paymentMethod.pan", "Invalid card number"));
        }
        let month = expiry.get(..2).and_then(|month| month.parse().ok());
        let is_month = month.is_some_and(|month: u8| (1..=12).contains(&month));
        if expiry.len() != 5 || !is_month || expiry.get(2..3) != Some("/") {
            let field = "paymentMethod.expiryDate";
            return Err(Refusal::Field(field, "Invalid expiry date"));
        }
        if !code.is_empty() && (code.len() != 3 || code.bytes().any(|byte| !byte.is_ascii_digit()))
        {
            return Err(Refusal::Field(
                "paymentMethod.cvv2",
                "Invalid security code",
            ));
        }
        let (first, last) = (pan.get(..6), pan.get(pan.len() - 4..));
        let masked_pan = format!("{}******{}", first.unwrap_or(""), last.unwrap_or(""));
        debug_assert!(!contains_card_number(&masked_pan));
        Ok(Self {
            masked_pan,
            expiry: expiry.to_owned(),
            needs_3ds: code == "849" || text("holderName").contains("3ds"),
        })
    }

    /// Returns when the outcome is known if the operation starts now, and whether it is a success. The month
    /// decides: 02 fails, 03 succeeds late, 04 fails late, all others succeed.
    pub(crate) fn outcome(&self, now: i64) -> Outcome {
        let (wait, is_success) = match self.expiry.get(..2) {
            Some("02") => (0, false),
            Some("03") => (SLOW, true),
            Some("04") => (SLOW, false),
            _ => (0, true),
        };
        Outcome {
            at: now + wait,
            is_success,
        }
    }

    /// Returns when a token of the card expires: the first day of its last month.
    pub(crate) fn token_expiry(&self) -> String {
        let (month, year) = self.expiry.split_once('/').unwrap_or_default();
        format!("20{year}-{month}-01T00:00:00+03:00")
    }
}

/// The outcome of an operation with a card, and when it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) at: i64,
    pub(crate) is_success: bool,
}
