//! The representations of deposits and payouts in the API and in webhooks.

use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use super::deposit::{self, Deposit};
use super::fact::Fact;
use super::payout::{self, Payout};
use crate::http::enumerations::open;

fn deposit_state() -> RefOr<Schema> {
    open(["reserved", "paid", "declined", "attention"])
}

fn payout_state() -> RefOr<Schema> {
    open(["processing", "paid", "declined", "attention"])
}

/// The state of a deposit. Amounts are in minor units: 2000 are 20.00 tenge.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = JetpayDeposit, example = json!({"paymentId": "5f6de2bb-1ee7-4c67-a4ec-5b7ae1b1bd4c",
    "customer": "customer-7", "amount": 2000, "currency": "KZT", "paymentMethod": "qiwi-kz", "state": "paid"}))]
pub(crate) struct DepositView {
    payment_id: String,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    /// The sum that was reserved, or of a deposit that was never reserved here, the sum that the platform reports.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<i64>,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_method: Option<String>,
    #[schema(schema_with = deposit_state)]
    state: &'static str,
    /// Why a person should look at it.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Why it was declined, as the provider calls it.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// The sum that the platform reports, if it is another one.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reported_amount: Option<i64>,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reported_currency: Option<String>,
}

impl DepositView {
    pub(super) fn new(deposit: &Deposit) -> Self {
        let outcome = &deposit.outcome;
        let success = outcome.success.as_ref();
        let reported = success.and_then(|fact| fact.amount);
        let reported_currency = success.and_then(|fact| fact.currency.clone());
        let is_known = deposit.amount.is_some();
        let amount = deposit.amount.or(reported);
        let currency = deposit.currency.clone().or(reported_currency.clone());
        let is_other = (reported, &reported_currency) != (amount, &currency);
        Self {
            payment_id: deposit.payment_id.clone(),
            customer: deposit.customer.clone(),
            amount,
            currency,
            payment_method: deposit.payment_method.clone(),
            state: deposit::state_name(outcome.state),
            reason: outcome.reason.clone(),
            code: outcome.code.clone(),
            message: outcome.message.clone(),
            reported_amount: reported.filter(|_| is_known && is_other),
            reported_currency: reported_currency.filter(|_| is_known && is_other),
        }
    }
}

/// The state of a payout. Amounts are in minor units: 10000 are 100.00 tenge.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = JetpayPayout, example = json!({"paymentId": "payout-7", "state": "paid", "account": "77011234567",
    "amount": 10000, "currency": "KZT"}))]
pub(crate) struct PayoutView {
    payment_id: String,
    #[schema(schema_with = payout_state)]
    state: &'static str,
    account: String,
    amount: i64,
    currency: &'static str,
    /// Why a person should look at it.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Why it was declined, as the provider calls it.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// The sum that the platform reports, if it is another one.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reported_amount: Option<i64>,
}

impl PayoutView {
    pub(super) fn new(payout: &Payout) -> Self {
        let outcome = &payout.outcome;
        let reported = outcome
            .success
            .as_ref()
            .and_then(|Fact { amount, .. }| *amount);
        Self {
            payment_id: payout.payment_id.clone(),
            state: payout::state_name(outcome.state),
            account: payout.account.clone(),
            amount: payout.amount,
            currency: payout::CURRENCY,
            reason: outcome.reason.clone(),
            code: outcome.code.clone(),
            message: outcome.message.clone(),
            reported_amount: reported.filter(|amount| *amount != payout.amount),
        }
    }
}
