//! Test cards.

use pantoken_core::is_luhn_valid;

/// What the provider keeps of a card.
#[derive(Clone, Debug)]
pub(super) struct Card {
    pub(super) masked: String,
    month: String,
    pub(super) needs_3ds: bool,
}

impl Card {
    /// Reads a card, or says which fields are wrong.
    pub(super) fn read(
        pan: &str,
        expiry: &str,
        holder: &str,
    ) -> Result<Self, Vec<(&'static str, &'static str)>> {
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let mut wrong = Vec::new();
        if pan.len() < 13 {
            wrong.push(("pan", "length of [pan] cannot be less than 13"));
        } else if pan.len() > 19 || !is_number(pan) || !is_luhn_valid(pan) {
            wrong.push(("pan", "[pan] is invalid"));
        }
        let month = expiry.get(..2).unwrap_or_default();
        let is_month = matches!(month.parse(), Ok(1..=12));
        if expiry.len() != 4 || !is_number(expiry) || !is_month {
            wrong.push(("expiry", "[expiry] must be MMYY"));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let stars = "*".repeat(pan.len() - 10);
        Ok(Self {
            masked: format!("{}{stars}{}", &pan[..6], &pan[pan.len() - 4..]),
            month: month.to_owned(),
            needs_3ds: holder.eq_ignore_ascii_case("unknown name"),
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
