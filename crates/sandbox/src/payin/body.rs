use axum::body::Bytes;
use pantoken_payin::Amount;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::callback_address::NotificationUrl;
use crate::payin::refusal::Refusal;

/// The largest amount in test mode, in hundredths.
const MOST: i64 = 1_000;
/// The longest address for notifications.
const MAX_URL: usize = 256;

/// The body of a request: as it came, and as JSON.
pub(crate) struct Body {
    pub(crate) bytes: Bytes,
    pub(crate) json: Value,
}

impl Body {
    pub(crate) fn read(bytes: Bytes) -> Result<Self, Refusal> {
        let json = serde_json::from_slice(&bytes).map_err(|_| Refusal::NotJson)?;
        Ok(Self { bytes, json })
    }

    /// Reads the amount of an operation with a card, in hundredths.
    pub(crate) fn amount(&self) -> Result<i64, Refusal> {
        match self.amount_of_any_size()? {
            above if above > MOST => Err(Refusal::Field("amount", "At most 10.00 in test mode")),
            minor_units => Ok(minor_units),
        }
    }

    /// Reads an amount in hundredths. Its value is a text or a literal with exactly two decimals.
    pub(crate) fn amount_of_any_size(&self) -> Result<i64, Refusal> {
        let wrong = Refusal::Field(
            "amount",
            "Invalid money format. Should have 2 fraction digits",
        );
        let currency = self.json["amount"]["currency"].as_str();
        if currency != Some("RUB") {
            return Err(Refusal::Field("amount.currency", "Only RUB in test mode"));
        }
        let Ok(fields) = serde_json::from_slice::<AmountFields<'_>>(&self.bytes) else {
            return Err(wrong);
        };
        // As a literal, 3.0 and 3.00 differ only in their spelling.
        let value = fields.amount.value.get().trim_matches('"');
        let amount = Amount::parse(value, "RUB").ok();
        amount.and_then(|amount| amount.minor_units()).ok_or(wrong)
    }

    pub(crate) fn has_flag(&self, flag: &str) -> bool {
        has_flag(&self.json, flag)
    }

    /// Returns a text of the body, by its JSON pointer.
    pub(crate) fn text(&self, pointer: &str) -> Option<&str> {
        self.json.pointer(pointer)?.as_str()
    }

    /// Returns a text that must be there.
    pub(crate) fn required(
        &self,
        field: &'static str,
        pointer: &str,
        max: usize,
    ) -> Result<&str, Refusal> {
        match self.text(pointer) {
            Some(text) if text.chars().count() > max => Err(Refusal::Field(field, "Too long")),
            Some(text) if !text.is_empty() => Ok(text),
            _ => Err(Refusal::Field(field, "May not be null")),
        }
    }

    /// Checks an address for notifications, if there is one. The real provider sends to https alone; this one
    /// also sends to this machine.
    pub(crate) fn check_url(&self, field: &'static str, pointer: &str) -> Result<(), Refusal> {
        match self.text(pointer) {
            Some(url) if url.len() > MAX_URL || NotificationUrl::parse(url).is_err() => {
                Err(Refusal::Field(field, "Invalid URL"))
            }
            _ => Ok(()),
        }
    }
}

/// Returns whether a request or an object has this flag.
pub(crate) fn has_flag(json: &Value, flag: &str) -> bool {
    let flags = json["flags"].as_array();
    flags.is_some_and(|flags| flags.iter().any(|it| it == flag))
}

#[derive(Deserialize)]
struct AmountFields<'a> {
    #[serde(borrow)]
    amount: ValueField<'a>,
}

#[derive(Deserialize)]
struct ValueField<'a> {
    #[serde(borrow)]
    value: &'a RawValue,
}
