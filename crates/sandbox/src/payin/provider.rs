use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use pantoken_core::{Clock, Random};
use pantoken_payin::Amount;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::payin::Settings;
use crate::payin::refusal::Refusal;
use crate::payin::state::State;

/// The provider, as all requests share it.
#[derive(Clone)]
pub(crate) struct Provider(Arc<Shared>);

struct Shared {
    settings: Settings,
    random: Box<dyn Random>,
    clock: Box<dyn Clock>,
    state: Mutex<State>,
}

impl Provider {
    pub(crate) fn new(settings: Settings, random: impl Random, clock: impl Clock) -> Self {
        Self(Arc::new(Shared {
            settings,
            random: Box::new(random),
            clock: Box::new(clock),
            state: Mutex::default(),
        }))
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn now(&self) -> i64 {
        self.0.clock.now()
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a new random UUID.
    pub(crate) fn uuid(&self) -> Result<String, Refusal> {
        let mut bytes = [0; 16];
        self.0
            .random
            .fill(&mut bytes)
            .map_err(|_| Refusal::Internal)?;
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let digits = hex::encode(bytes);
        let groups = [0..8, 8..12, 12..16, 16..20, 20..32];
        let groups = groups.map(|range| digits.get(range).unwrap_or_default());
        Ok(groups.join("-"))
    }
}

/// The body of a request: as it came, and as JSON.
pub(crate) struct Body {
    bytes: Bytes,
    pub(crate) json: Value,
}

impl Body {
    pub(crate) fn read(bytes: Bytes) -> Result<Self, Refusal> {
        let json = serde_json::from_slice(&bytes).map_err(|_| Refusal::NotJson)?;
        Ok(Self { bytes, json })
    }

    /// Reads the amount in hundredths. Its value is a text or a literal with exactly two decimals.
    pub(crate) fn amount(&self) -> Result<i64, Refusal> {
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
        let minor_units = amount.and_then(|amount| amount.minor_units());
        match minor_units.ok_or(wrong)? {
            above if above > MOST => Err(Refusal::Field("amount", "At most 10.00 in test mode")),
            minor_units => Ok(minor_units),
        }
    }

    pub(crate) fn has_flag(&self, flag: &str) -> bool {
        let flags = self.json["flags"].as_array();
        flags.is_some_and(|flags| flags.iter().any(|it| it == flag))
    }

    /// Returns a text of the body, by its JSON pointer.
    pub(crate) fn text(&self, pointer: &str) -> Option<&str> {
        self.json.pointer(pointer)?.as_str()
    }
}

/// The largest amount in test mode, in hundredths.
const MOST: i64 = 1_000;

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
