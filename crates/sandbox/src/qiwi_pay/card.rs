//! Test cards.

use pantoken_core::is_luhn_valid;
use time::OffsetDateTime;
use time::macros::offset;

use super::fields::Fields;
use super::refusal::{FieldFault, Refusal};

/// What the provider keeps of a card.
#[derive(Clone, Debug)]
pub(super) struct Card {
    pub(super) masked: String,
    month: String,
    pub(super) needs_3ds: bool,
}

impl Card {
    /// Reads a card. `now` is the time, in milliseconds since the Unix epoch.
    pub(super) fn read(fields: &Fields, now: i64) -> Result<Self, Refusal> {
        let text = |name: &str| fields.get(name).unwrap_or_default();
        let (pan, expiry, code) = (text("pan"), text("expiry"), fields.get("cvv2"));
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let mut wrong: Vec<FieldFault> = Vec::new();
        if pan.len() < 13 {
            wrong.push(("pan", "length of [pan] cannot be less than 13".into()));
        } else if pan.len() > 19 || !is_number(pan) || !is_luhn_valid(pan) {
            wrong.push(("pan", "[pan] is invalid".into()));
        }
        let month = expiry.get(..2).unwrap_or_default();
        let is_month = matches!(month.parse(), Ok(1..=12));
        if expiry.len() != 4 || !is_number(expiry) || !is_month {
            wrong.push(("expiry", "[expiry] must be MMYY".into()));
        } else if is_over(expiry, now) {
            wrong.push(("expiry", "card expired".into()));
        }
        match code {
            Some(code) if code.len() < 3 => {
                let text = "length of [cvv2] cannot be less than 3";
                wrong.push(("cvv2", text.into()));
            }
            Some(code) if code.len() > 4 || !is_number(code) => {
                wrong.push(("cvv2", "[cvv2] is invalid".into()));
            }
            _ => {}
        }
        if !wrong.is_empty() {
            return Err(Refusal::Fields(wrong));
        }
        let stars = "*".repeat(pan.len() - 10);
        Ok(Self {
            masked: format!("{}{stars}{}", &pan[..6], &pan[pan.len() - 4..]),
            month: month.to_owned(),
            needs_3ds: text("card_name").eq_ignore_ascii_case("unknown name"),
        })
    }

    /// Returns the card as its token stands for it, whose payer was authenticated.
    pub(super) fn without_3ds(&self) -> Self {
        Self {
            needs_3ds: false,
            ..self.clone()
        }
    }

    /// Returns how long the bank takes, in milliseconds.
    pub(super) fn delay(&self) -> i64 {
        match self.month.as_str() {
            "03" | "04" => 3_000,
            _ => 0,
        }
    }

    pub(super) fn is_declined(&self) -> bool {
        matches!(self.month.as_str(), "02" | "04")
    }
}

/// Returns whether the month of an expiry, `MMYY`, is over.
fn is_over(expiry: &str, now: i64) -> bool {
    let number = |text: &str| text.parse().unwrap_or(0);
    let (month, year) = expiry.split_at(2);
    let now = OffsetDateTime::from_unix_timestamp(now / 1_000);
    let now = now.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let now = now.to_offset(offset!(+3));
    let now = (now.year() - 2_000, i32::from(u8::from(now.month())));
    (number(year), number(month)) < now
}
