//! What the API and the webhooks say of operations.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::money::Money;
use super::part::{self, Part};
use super::payment::{self, Payment};
use super::verification::{self, Card, Token, Verification};
use crate::http::wire_time::to_rfc3339;

/// The state of a payment.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PayinPayment)]
pub(crate) struct PaymentView {
    payment_id: String,
    customer: String,
    state: payment::State,
    /// Why it was declined, as the provider calls it.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    amount: Money,
    captured_amount: Money,
    refunded_amount: Money,
}

impl PaymentView {
    pub(super) fn new(payment_id: &str, payment: &Payment) -> Self {
        Self {
            payment_id: payment_id.to_owned(),
            customer: payment.customer.clone(),
            state: payment.state,
            reason: payment.reason.clone(),
            amount: payment.amount.clone(),
            captured_amount: payment.amount.with_hundredths(payment.captured),
            refunded_amount: payment.amount.with_hundredths(payment.refunded),
        }
    }
}

/// The state of a capture or a refund, which has `captureId` or `refundId`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PayinPart)]
pub(crate) struct PartView {
    payment_id: String,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    capture_id: Option<String>,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_id: Option<String>,
    state: part::State,
    /// Why it was declined, as the provider calls it.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    amount: Money,
}

impl PartView {
    /// `key` is the payment's id, a slash and the part's own id.
    pub(super) fn new(kind: &str, key: &str, part: &Part) -> Self {
        let (payment_id, id) = key.split_once('/').unwrap_or_default();
        let id_if = |wanted| (kind == wanted).then(|| id.to_owned());
        Self {
            payment_id: payment_id.to_owned(),
            capture_id: id_if(part::CAPTURE),
            refund_id: id_if(part::REFUND),
            state: part.state,
            reason: part.reason.clone(),
            amount: part.amount.clone(),
        }
    }
}

/// The state of a card verification.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PayinVerification)]
pub(crate) struct VerificationView {
    verification_id: String,
    /// The same as `verificationId`.
    request_id: String,
    state: verification::State,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    is_valid_card: Option<bool>,
    /// `PASSED`, `NOT_PASSED` or `WITHOUT`.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    three_ds_status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    card: Option<Card>,
    /// The payment token of the customer, if there is a customer and the card is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token: Option<Token>,
    #[schema(value_type = String, format = "date-time")]
    expires_at: Option<String>,
}

impl VerificationView {
    pub(super) fn new(id: &str, verification: &Verification) -> Self {
        let outcome = verification.outcome.as_ref();
        Self {
            verification_id: id.to_owned(),
            request_id: id.to_owned(),
            state: verification.state,
            customer: verification.customer.clone(),
            is_valid_card: outcome.and_then(|outcome| outcome.is_valid_card),
            three_ds_status: outcome.and_then(|outcome| outcome.three_ds_status.clone()),
            card: outcome.map(|outcome| outcome.card.clone()),
            token: outcome.and_then(|outcome| outcome.token.clone()),
            expires_at: to_rfc3339(verification.expires_at),
        }
    }
}

/// Returns the fields of a view, which an event repeats.
pub(super) fn fields(view: impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(view) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}
