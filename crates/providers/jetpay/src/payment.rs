//! What callbacks and answers about a status say of a payment.

use crate::amount::Amount;
use crate::gate_error::GateError;
use crate::json::{Body, Json, Unreadable, text_or_number};
use crate::status::{OperationKind, PaymentKind, PaymentStatus, Phase};

/// A payment or payout as the platform reports it. Which fields there are can be configured for each project, so
/// all but the id and the status are optional.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Payment {
    /// The id, as you or your answer to `check_deposit` chose it. It may also be one that you never gave; compare
    /// it with [`crate::PaymentId::is`].
    pub id: String,
    /// The status. [`Payment::phase`] says what it means together with the operations.
    pub status: PaymentStatus,
    /// Whether a customer pays or is paid.
    pub kind: Option<PaymentKind>,
    /// How much, if a positive integer is there. It may differ from what was asked for.
    pub sum: Option<Amount>,
    /// When, as the platform writes it: `2019-04-11T07:18:20+0000`.
    pub date: Option<String>,
    /// The name of the method. It differs between kiosks and wallets, so do not decide by it.
    pub method: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The number of the customer's account.
    pub account_number: Option<String>,
    /// Your id of the customer.
    pub customer_id: Option<String>,
    /// The attempts.
    pub operations: Vec<Operation>,
    /// What was wrong with the request.
    pub errors: Vec<GateError>,
}

/// One attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// The platform's id, as its digits.
    pub id: Option<String>,
    /// What was attempted.
    pub kind: Option<OperationKind>,
    /// What became of it.
    pub status: Option<String>,
    /// The code of the result. `0` is success.
    pub code: Option<String>,
    /// The words of the result.
    pub message: Option<String>,
    /// The id of the request to the platform.
    pub request_id: Option<String>,
    /// When it ended.
    pub date: Option<String>,
    /// The id of the payment at the provider, as on the receipt of a kiosk.
    pub provider_payment_id: Option<String>,
}

impl Payment {
    pub(crate) fn read(body: &Body) -> Result<Self, Unreadable> {
        let payment = body.get("payment").filter(|json| json.is_object());
        let payment = payment.ok_or(Unreadable::Field("payment"))?;
        let id = text(payment, "id").ok_or(Unreadable::Field("payment.id"))?;
        let status = text(payment, "status").ok_or(Unreadable::Field("payment.status"))?;
        Ok(Self {
            id,
            status: PaymentStatus::read(&status),
            kind: text(payment, "type").map(|kind| PaymentKind::parse(&kind)),
            sum: payment.get("sum").and_then(Amount::read),
            date: text(payment, "date"),
            method: text(payment, "method"),
            description: text(payment, "description"),
            account_number: body
                .get("account")
                .and_then(|json| text_or_number(json, "number")),
            customer_id: body
                .get("customer")
                .and_then(|json| text_or_number(json, "id")),
            operations: Operation::read_all(body),
            errors: GateError::read_list(body.get("errors")),
        })
    }

    /// Returns what the status means together with the operations. Money counts as moved only if an operation of
    /// a success has the code `0` or no code, and as returned if an operation that returns it succeeded.
    #[must_use]
    pub fn phase(&self) -> Phase {
        if self.operations.iter().any(Operation::has_returned_money) {
            return Phase::Returned;
        }
        match self.status.phase() {
            Phase::Succeeded if !self.has_success_code() => Phase::Contradictory,
            phase => phase,
        }
    }

    /// Returns the operation that came last.
    #[must_use]
    pub fn last_operation(&self) -> Option<&Operation> {
        self.operations.last()
    }

    /// Returns the code that explains the status, and its words: of the last operation, or of the first error.
    #[must_use]
    pub fn reason(&self) -> Option<(&str, Option<&str>)> {
        if let Some(operation) = self.last_operation()
            && let Some(code) = &operation.code
        {
            return Some((code, operation.message.as_deref()));
        }
        let error = self.errors.first()?;
        Some((error.code.as_deref()?, error.message.as_deref()))
    }

    fn has_success_code(&self) -> bool {
        let codes = || {
            self.operations
                .iter()
                .map(|operation| operation.code.as_deref())
        };
        self.operations.is_empty() || codes().any(|code| matches!(code, None | Some("0")))
    }
}

impl Operation {
    /// Callbacks have one operation, answers about a status have all of them.
    fn read_all(body: &Body) -> Vec<Self> {
        let listed = match body.get("operations") {
            Some(Json::List(items)) => items.as_slice(),
            _ => &[],
        };
        let single = body.get("operation").filter(|json| json.is_object());
        let all = listed.iter().chain(single);
        all.map(Self::read).collect()
    }

    fn read(json: &Json) -> Self {
        Self {
            id: text_or_number(json, "id"),
            kind: text(json, "type").map(|kind| OperationKind::parse(&kind)),
            status: text(json, "status"),
            code: text_or_number(json, "code"),
            message: text(json, "message"),
            request_id: text(json, "request_id"),
            date: text(json, "date"),
            provider_payment_id: json
                .get("provider")
                .and_then(|provider| text_or_number(provider, "payment_id")),
        }
    }

    fn has_returned_money(&self) -> bool {
        let returns = matches!(
            self.kind,
            Some(OperationKind::Refund | OperationKind::Reversal | OperationKind::PayoutReversal)
        );
        returns && self.status.as_deref() == Some("success")
    }
}

fn text(json: &Json, name: &str) -> Option<String> {
    json.get(name)?.text().map(str::to_owned)
}
