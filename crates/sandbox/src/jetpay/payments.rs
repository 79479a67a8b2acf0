//! Payments and payouts as the platform describes them.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

use super::outcome::Step;
use crate::callback_address::NotificationUrl;

/// A deposit or a payout.
#[derive(Clone, Debug)]
pub(super) struct Payment {
    /// The id, in the case in which it was given.
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) status: &'static str,
    pub(super) minor_units: i64,
    pub(super) currency: String,
    pub(super) description: String,
    pub(super) account: String,
    pub(super) customer: String,
    pub(super) date: i64,
    pub(super) request_id: String,
    /// The attempts, in order.
    pub(super) operations: Vec<Value>,
    pub(super) errors: Vec<Value>,
    pub(super) callbacks: CallbackOptions,
}

/// Where and when the callbacks of one payment are sent.
#[derive(Clone, Debug, Default)]
pub(super) struct CallbackOptions {
    pub(super) url: Option<NotificationUrl>,
    pub(super) success_url: Option<NotificationUrl>,
    pub(super) decline_url: Option<NotificationUrl>,
    /// How long they wait, in milliseconds.
    pub(super) delay: i64,
    pub(super) are_disabled: bool,
}

/// What kind of payment it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    KioskDeposit,
    WalletDeposit,
    Payout,
}

impl Kind {
    pub(super) fn payment_type(self) -> &'static str {
        match self {
            Self::KioskDeposit | Self::WalletDeposit => "purchase",
            Self::Payout => "payout",
        }
    }

    fn operation_type(self) -> &'static str {
        match self {
            Self::KioskDeposit | Self::WalletDeposit => "sale",
            Self::Payout => "payout",
        }
    }

    fn method(self) -> &'static str {
        match self {
            Self::KioskDeposit => "Qiwi Kz Kiosk",
            Self::WalletDeposit => "Qiwi Kz Terminal",
            Self::Payout => "qiwi-kz",
        }
    }
}

impl Payment {
    /// Lets something happen, and returns what a callback says of it, without a signature. `operation_id` is used
    /// for an attempt that begins now.
    pub(super) fn apply(&mut self, step: Step, operation_id: u64, now: i64) -> Value {
        self.date = now;
        let declined = ("decline", "20000", "General decline");
        match step {
            Step::Processing => self.attempt("processing", None, operation_id, now),
            Step::Success => self.attempt("success", Some(("0", "Success")), operation_id, now),
            Step::Decline => {
                let result = Some((declined.1, declined.2));
                self.attempt(declined.0, result, operation_id, now);
            }
            Step::StaleDecline => {
                // An earlier attempt has a smaller id.
                let kind = self.kind.operation_type();
                let result = Some((declined.1, declined.2));
                let id = operation_id.saturating_sub(1_000);
                let stale = self.operation(id, kind, declined.0, result, now);
                self.operations.insert(0, stale.clone());
                return self.describe(declined.0, json!({"operation": stale}));
            }
            Step::Reversal => {
                let kind = match self.kind {
                    Kind::Payout => "payout reversal",
                    _ => "reversal",
                };
                let result = Some(("0", "Success"));
                let reversal = self.operation(operation_id, kind, "success", result, now);
                self.operations.push(reversal);
                self.status = "reversed";
            }
            Step::Error => {
                self.status = "error";
                self.errors.push(json!({
                    "code": "20502", "message": "Validation failed", "description": "Wrong account",
                }));
            }
            Step::UnknownStatus => {
                self.attempt("on hold", None, operation_id, now);
            }
        }
        let mut details = json!({});
        if let Some(operation) = self.operations.last() {
            details["operation"] = operation.clone();
        }
        if !self.errors.is_empty() {
            details["errors"] = json!(self.errors);
        }
        self.describe(self.status, details)
    }

    /// Returns what an answer about the status says, without a signature.
    pub(super) fn status_answer(&self) -> Value {
        let mut details = json!({"operations": self.operations});
        if !self.errors.is_empty() {
            details["errors"] = json!(self.errors);
        }
        self.describe(self.status, details)
    }

    fn attempt(
        &mut self,
        status: &'static str,
        result: Option<(&str, &str)>,
        operation_id: u64,
        now: i64,
    ) {
        self.status = status;
        let is_open = |operation: &Value| operation["status"] == "processing";
        let open = self.operations.last().filter(|it| is_open(it));
        let open_id = open.and_then(|operation| operation["id"].as_u64());
        let kind = self.kind.operation_type();
        let id = open_id.unwrap_or(operation_id);
        let operation = self.operation(id, kind, status, result, now);
        if open_id.is_some() {
            self.operations.pop();
        }
        self.operations.push(operation);
    }

    fn operation(
        &self,
        id: u64,
        kind: &str,
        status: &str,
        result: Option<(&str, &str)>,
        now: i64,
    ) -> Value {
        let sum = self.sum();
        let mut operation = json!({
            "id": id,
            "type": kind,
            "status": status,
            "date": date(now),
            "created_date": date(now),
            "request_id": self.request_id,
            "sum_initial": sum,
            "sum_converted": sum,
            "provider": {"id": 1197, "payment_id": format!("99999{id}"), "auth_code": ""},
        });
        if let Some((code, message)) = result {
            operation["code"] = json!(code);
            operation["message"] = json!(message);
        }
        operation
    }

    fn describe(&self, status: &str, details: Value) -> Value {
        let mut body = details;
        body["payment"] = json!({
            "id": self.id,
            "type": self.kind.payment_type(),
            "status": status,
            "date": date(self.date),
            "method": self.kind.method(),
            "sum": self.sum(),
            "description": self.description,
        });
        body["customer"] = json!({"id": self.customer});
        // The published callbacks of payouts have no account.
        if self.kind != Kind::Payout {
            body["account"] = json!({"number": self.account});
        }
        body
    }

    fn sum(&self) -> Value {
        json!({"amount": self.minor_units, "currency": self.currency})
    }
}

/// Writes a time as the platform does: `2019-04-11T07:18:20+0000`.
fn date(milliseconds: i64) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]+0000");
    let date = OffsetDateTime::from_unix_timestamp(milliseconds / 1000);
    let date = date.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    date.format(&format).unwrap_or_default()
}
