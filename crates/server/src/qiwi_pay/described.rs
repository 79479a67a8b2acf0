//! The representations of operations in the API and in webhooks.

use serde::Serialize;
use utoipa::ToSchema;

use super::heard::Card;
use super::money::Money;
use super::part::{self, Part};
use super::payment::Payment;
use super::schemas;

/// The state of a payment.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"orderId": "order-7", "operation": "sale", "state": "captured", "txnId": "806930407050",
    "amount": {"value": "10.00", "currency": "RUB"}, "capturedAmount": {"value": "10.00", "currency": "RUB"},
    "refundedAmount": {"value": "0.00", "currency": "RUB"}, "card": {"maskedPan": "411111******1111"}}))]
#[schema(as = QiwiPayPayment)]
pub(crate) struct PaymentView {
    order_id: String,
    #[schema(schema_with = schemas::told_operation)]
    operation: &'static str,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    #[schema(schema_with = schemas::payment_state)]
    state: &'static str,
    /// The provider's error code of a decline, or why a person should look at the payment.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The provider's number of the transaction, as a text because it may exceed 2^53.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    txn_id: Option<String>,
    amount: Money,
    captured_amount: Money,
    /// What reversals and refunds have given back.
    refunded_amount: Money,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<Card>,
    /// The token of the card, if the site issues tokens.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    card_token: Option<String>,
    /// Until when the token is valid, as the provider writes it.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    card_token_expires_at: Option<String>,
    /// The issuer's page for 3-D Secure. Post `PaReq`, `MD` and `TermUrl` to it from the payer's browser.
    #[schema(nullable = false, format = "uri")]
    #[serde(skip_serializing_if = "Option::is_none")]
    acs_url: Option<String>,
    /// `PaReq`, to be posted unchanged.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pareq: Option<String>,
    /// `MD`, which comes back with `PaRes`.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    md: Option<String>,
}

impl PaymentView {
    pub(super) fn new(order_id: &str, payment: &Payment) -> Self {
        let amount = &payment.order.amount;
        let three_ds = payment.three_ds.as_ref();
        Self {
            order_id: order_id.to_owned(),
            operation: match payment.order.is_auth {
                true => "auth",
                false => "sale",
            },
            customer: payment.order.customer.clone(),
            state: payment.state_name(),
            reason: payment.attention.clone().or_else(|| payment.reason.clone()),
            txn_id: payment.txn_id.map(|txn_id| txn_id.to_string()),
            amount: amount.clone(),
            captured_amount: amount.with_hundredths(payment.captured),
            refunded_amount: amount.with_hundredths(payment.returned),
            card: payment.card.clone(),
            card_token: payment.card_token.clone(),
            card_token_expires_at: payment.card_token_expires.clone(),
            acs_url: three_ds.map(|three_ds| three_ds.acs_url.clone()),
            pareq: three_ds.map(|three_ds| three_ds.pareq.clone()),
            md: three_ds.map(|three_ds| three_ds.md.clone()),
        }
    }
}

/// The state of a capture, a reversal or a refund, which has `captureId`, `reversalId` or `refundId`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"orderId": "order-7", "refundId": "return-1", "state": "completed",
    "txnId": "806930407051", "amount": {"value": "4.00", "currency": "RUB"}}))]
#[schema(as = QiwiPayPart)]
pub(crate) struct PartView {
    order_id: String,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    capture_id: Option<String>,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reversal_id: Option<String>,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_id: Option<String>,
    #[schema(schema_with = schemas::part_state)]
    state: part::State,
    /// The provider's error code, if it was declined.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The provider's number of the transaction: for a capture, that of the payment.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    txn_id: Option<String>,
    amount: Money,
}

impl PartView {
    /// The key is the order, `/` and the part's own id.
    pub(super) fn new(kind: &str, key: &str, part: &Part) -> Self {
        let (order_id, id) = key.split_once('/').unwrap_or((key, ""));
        let id_of = |own: &str| (kind == own).then(|| id.to_owned());
        Self {
            order_id: order_id.to_owned(),
            capture_id: id_of(part::CAPTURE),
            reversal_id: id_of(part::REVERSAL),
            refund_id: id_of(part::REFUND),
            state: part.state,
            reason: part.reason.clone(),
            txn_id: part.txn_id.map(|txn_id| txn_id.to_string()),
            amount: part.amount.clone(),
        }
    }
}

/// The state of a payout.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"orderId": "payout-7", "state": "completed", "txnId": "806930407052",
    "amount": {"value": "10.00", "currency": "RUB"}}))]
#[schema(as = QiwiPayPayout)]
pub(crate) struct PayoutView {
    order_id: String,
    #[schema(schema_with = schemas::part_state)]
    state: part::State,
    /// The provider's error code, if it was declined.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The provider's number of the transaction.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    txn_id: Option<String>,
    amount: Money,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    /// The transaction of the safe deal that is paid out.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    deal_txn_id: Option<String>,
}

impl PayoutView {
    pub(super) fn new(order_id: &str, part: &Part) -> Self {
        Self {
            order_id: order_id.to_owned(),
            state: part.state,
            reason: part.reason.clone(),
            txn_id: part.txn_id.map(|txn_id| txn_id.to_string()),
            amount: part.amount.clone(),
            customer: part.customer.clone(),
            deal_txn_id: part.parent_txn_id.map(|txn_id| txn_id.to_string()),
        }
    }
}
