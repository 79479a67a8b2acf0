use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::offset;

use crate::payin::card::{Card, Outcome};
use crate::payin::fault::Fault;

/// What the provider has stored.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) bills: BTreeMap<String, Bill>,
    pub(crate) payments: BTreeMap<String, Payment>,
    pub(crate) checks: BTreeMap<String, Check>,
    pub(crate) tokens: BTreeMap<String, Token>,
    /// What was executed, in order.
    pub(crate) executed: Vec<Value>,
    /// What goes wrong with the next calls.
    pub(crate) faults: VecDeque<Fault>,
    /// The notifications that the provider would send, in order.
    pub(crate) notifications: Vec<Value>,
}

pub(crate) struct Bill {
    /// The object that answers show, without its status.
    pub(crate) object: Value,
    pub(crate) is_paid: bool,
    pub(crate) expires: OffsetDateTime,
}

pub(crate) struct Payment {
    /// The object that answers show, without status and sums.
    pub(crate) object: Value,
    pub(crate) minor_units: i64,
    pub(crate) is_sale: bool,
    pub(crate) progress: Progress,
    pub(crate) captured: bool,
    pub(crate) captures: BTreeMap<String, Value>,
    pub(crate) refunds: BTreeMap<String, Value>,
    pub(crate) refunded: i64,
    /// What a token is issued for, once the payment has succeeded.
    pub(crate) wants_token: Option<(String, Card)>,
}

pub(crate) struct Check {
    pub(crate) object: Value,
    pub(crate) progress: Progress,
    pub(crate) wants_token: Option<String>,
    pub(crate) card: Card,
}

/// How far an operation with a card is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The customer has to finish 3-D Secure; then this is the outcome.
    Waits3ds { is_success: bool },
    /// The outcome is decided, and known from its time on.
    Decided(Outcome),
    /// The outcome was told.
    Done { is_success: bool },
}

pub(crate) struct Token {
    pub(crate) account: String,
    pub(crate) card: Card,
}

impl Token {
    /// Returns what the operation that issued it says of it.
    pub(crate) fn describe(&self, token: &str) -> Value {
        json!({
            "token": token,
            "name": self.card.masked_pan,
            "expiredDate": self.card.token_expiry(),
            "account": self.account,
        })
    }
}

impl State {
    /// Records something that was executed.
    pub(crate) fn execute(&mut self, kind: &str, id: &str, amount: &Value) {
        self.executed
            .push(json!({"kind": kind, "id": id, "amount": amount}));
    }
}

/// Writes a time as the provider does, in Moscow time.
pub(crate) fn date(milliseconds: i64) -> String {
    let date = OffsetDateTime::from_unix_timestamp(milliseconds / 1000);
    let date = date.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    date.to_offset(offset!(+3))
        .format(&Rfc3339)
        .unwrap_or_default()
}

/// Writes a sum of hundredths as the provider's answers do.
pub(crate) fn amount(minor_units: i64, currency: &Value) -> Value {
    let value = format!("{}.{:02}", minor_units / 100, minor_units % 100);
    json!({"value": value, "currency": currency})
}

/// Removes the members that are null.
pub(crate) fn without_nulls(mut object: Value) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    object
}
