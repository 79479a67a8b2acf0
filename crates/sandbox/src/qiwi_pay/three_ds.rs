//! 3-D Secure: what the provider asks for, and the end of it.

use serde_json::{Value, json};

use super::card::Card;
use super::fields::Fields;
use super::outcome::{finish, wait};
use super::provider::Provider;
use super::refusal::Refusal;
use super::transaction::{Kind, Status, Transaction};
use crate::page::acs;

/// How long a customer has, in milliseconds.
const TIME: i64 = 15 * 60_000;
/// What the customer's browser posts to the issuer's page, around the number of the transaction. It has characters
/// that careless decoding changes.
const PAREQ: (&str, &str) = ("eJxVUm1zgjAM/is+", "==");

impl Transaction {
    pub(super) fn needs_3ds(&self) -> bool {
        self.kind != Kind::Payout && self.card.as_ref().is_some_and(|card| card.needs_3ds)
    }

    /// Returns what the customer's browser posts to the issuer's page.
    pub(super) fn pareq(&self) -> String {
        format!("{}{}{}", PAREQ.0, self.id, PAREQ.1)
    }
}

/// Reads the transaction out of what a browser posted to the issuer's page.
pub(super) fn transaction_of(pareq: &str) -> Option<u64> {
    let rest = pareq.strip_prefix(PAREQ.0)?;
    rest.strip_suffix(PAREQ.1)?.parse().ok()
}

/// Returns the answer to a payment that needs 3-D Secure.
pub(super) fn requirements(provider: &Provider, payment: &Transaction) -> Value {
    let origin = provider.settings().public_origin.as_str();
    json!({
        "txn_id": payment.id, "txn_status": 0, "txn_type": payment.kind.number(), "error_code": 0,
        "acs_url": format!("{origin}/acs"), "pareq": payment.pareq(), "is_test": "true",
    })
}

/// Declines a payment that nobody authenticates in time.
pub(super) fn schedule_expiry(provider: &Provider, payment: &Transaction) {
    let id = payment.id;
    provider.later(payment.date + TIME + 1, move |provider, state| {
        let payment = state.transactions.get(&id);
        if payment.is_some_and(|it| it.status == Status::Init) {
            // The transaction is there, and only a source of random bytes that fails is an error.
            let _ = finish(provider, state, id, Some(8023));
        }
    });
}

/// Ends 3-D Secure with the answer of the issuer's page (operation 2).
pub(super) async fn finish_3ds(provider: &Provider, fields: &Fields) -> Result<Value, Refusal> {
    let pares = fields.get("pares").unwrap_or_default();
    authenticate(provider, fields.parent_id()?, pares).await
}

/// Ends 3-D Secure of a payment with the answer of the issuer's page.
pub(super) async fn authenticate(
    provider: &Provider,
    id: u64,
    pares: &str,
) -> Result<Value, Refusal> {
    let wrong = || Refusal::field("pares", "[pares] is invalid");
    let is_authenticated = acs::is_authenticated(pares).ok_or_else(wrong)?;
    let (answer, told) = {
        let mut state = provider.state();
        let payment = state.transactions.get(&id).ok_or(Refusal::Code(8022))?;
        if payment.error_code == 8023 {
            return Ok(payment.answer());
        }
        if payment.status != Status::Init || !payment.needs_3ds() {
            return Err(Refusal::Code(8026));
        }
        let is_late = provider.now() - payment.date > TIME;
        let is_declined = payment.card.as_ref().is_some_and(Card::is_declined);
        let error = match () {
            () if is_late => Some(8023),
            () if !is_authenticated => Some(8151),
            () => is_declined.then_some(8160),
        };
        finish(provider, &mut state, id, error)?
    };
    wait(told).await;
    Ok(answer)
}
