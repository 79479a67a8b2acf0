use std::collections::{BTreeMap, VecDeque};
use std::hash::RandomState;

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::offset;

use crate::call_fault::CallFault;
use crate::payin::card::{Card, CardResult, Outcome};
use crate::payin::fault::NotificationFault;

/// What the provider has stored.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) bills: BTreeMap<String, Bill>,
    pub(crate) payments: BTreeMap<String, Payment>,
    pub(crate) checks: BTreeMap<String, Check>,
    pub(crate) tokens: BTreeMap<String, Token>,
    pub(crate) qr_codes: BTreeMap<String, QrCode>,
    /// The payouts, by the id of their payment and their own id.
    pub(crate) payouts: BTreeMap<(String, String), Payout>,
    /// The ids of bills, by the ids in the addresses of their forms.
    pub(crate) invoices: BTreeMap<String, String>,
    /// The first requests with their ids.
    pub(crate) repeats: Repeats,
    /// Whether payouts have a second step.
    pub(crate) two_step_payouts: bool,
    /// What was executed, in order.
    pub(crate) executed: Vec<Value>,
    /// What goes wrong with the next calls.
    pub(crate) faults: VecDeque<CallFault>,
    /// What goes wrong with the next notifications.
    pub(crate) notification_faults: VecDeque<NotificationFault>,
}

pub(crate) struct Bill {
    /// The object that answers show, without its status.
    pub(crate) object: Value,
    pub(crate) minor_units: i64,
    pub(crate) is_paid: bool,
    pub(crate) expires: OffsetDateTime,
    /// The payment that the customer last began on the form.
    pub(crate) form_payment: Option<String>,
}

pub(crate) struct Payment {
    /// The object that answers show, without status and sums.
    pub(crate) object: Value,
    pub(crate) minor_units: i64,
    pub(crate) is_sale: bool,
    pub(crate) progress: Progress,
    /// When the state last changed.
    pub(crate) changed: i64,
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
    Waits3ds {
        /// The outcome.
        result: CardResult,
        /// When the customer can no longer finish it.
        expires: i64,
    },
    /// The outcome is decided, and known from its time on.
    Decided(Outcome),
    /// The outcome was told.
    Done(CardResult),
}

/// The time in which the customer can finish 3-D Secure, in milliseconds. The provider does not publish it.
const THREE_DS_TIME: i64 = 15 * 60 * 1_000;

impl Progress {
    /// Begins an operation with a card.
    pub(crate) fn of_card(card: &Card, now: i64) -> Self {
        let outcome = card.outcome(now);
        if card.needs_3ds {
            Self::Waits3ds {
                result: outcome.result,
                expires: now + THREE_DS_TIME,
            }
        } else {
            Self::Decided(outcome)
        }
    }

    /// Returns when something happens by itself.
    pub(crate) fn due(self) -> Option<i64> {
        match self {
            Self::Waits3ds { expires, .. } => Some(expires),
            Self::Decided(outcome) => Some(outcome.at),
            Self::Done(_) => None,
        }
    }

    /// Returns the outcome if its time has come.
    pub(crate) fn result_at(self, now: i64) -> Option<CardResult> {
        match self {
            Self::Waits3ds { expires, .. } if expires <= now => Some(Err("PAYMENT_EXPIRED_3DS")),
            Self::Decided(outcome) if outcome.at <= now => Some(outcome.result),
            _ => None,
        }
    }

    /// Ends 3-D Secure with the answer of the issuer's page.
    pub(crate) fn authenticated(self, is_authenticated: bool, now: i64) -> Self {
        match self {
            Self::Waits3ds { result, .. } if is_authenticated => {
                Self::Decided(Outcome { at: now, result })
            }
            Self::Waits3ds { .. } => {
                let result = Err("DECLINED_BY_MPI");
                Self::Decided(Outcome { at: now, result })
            }
            other => other,
        }
    }
}

/// A payment token.
pub(crate) struct Token {
    pub(crate) account: String,
    /// The card, or nothing if it is a token of the faster payments system.
    pub(crate) card: Option<Card>,
}

impl Token {
    /// Returns a token of a card.
    pub(crate) fn of_card(account: String, card: Card) -> Self {
        let card = Some(card);
        Self { account, card }
    }

    /// Returns what the operation that issued it says of it.
    pub(crate) fn describe(&self, token: &str) -> Value {
        json!({
            "token": token,
            "name": self.card.as_ref().map(|card| card.masked_pan.as_str()),
            "expiredDate": self.card.as_ref().map(Card::token_expiry),
            "account": self.account,
        })
    }
}

/// A QR code of the faster payments system.
pub(crate) struct QrCode {
    /// The object that answers show, without its state, payment and token.
    pub(crate) object: Value,
    pub(crate) minor_units: Option<i64>,
    pub(crate) expires: i64,
    pub(crate) payment: Option<String>,
    /// Whether a token pays for it.
    pub(crate) by_token: bool,
    pub(crate) token: Option<Value>,
}

/// A payout.
pub(crate) struct Payout {
    /// The object that answers show, without its status.
    pub(crate) object: Value,
    pub(crate) progress: PayoutProgress,
    pub(crate) changed: i64,
}

/// How far a payout is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum PayoutProgress {
    /// It waits for its second step.
    Init {
        is_success: bool,
        waits: bool,
    },
    Waiting {
        is_success: bool,
    },
    Done {
        is_success: bool,
    },
}

impl PayoutProgress {
    /// Returns the progress of a payout that needs no further step.
    pub(crate) fn confirmed(is_success: bool, waits: bool) -> Self {
        match waits {
            true => Self::Waiting { is_success },
            false => Self::Done { is_success },
        }
    }
}

/// The first request with each id. Requests may have card numbers, so only hashes of them are kept.
#[derive(Default)]
pub(crate) struct Repeats {
    /// Whether a request that differs from the first is refused, instead of answered with what is stored.
    pub(crate) are_strict: bool,
    pub(crate) hasher: RandomState,
    pub(crate) first: BTreeMap<String, u64>,
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
