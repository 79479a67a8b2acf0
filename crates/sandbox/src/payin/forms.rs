//! The hosted form of a bill, as a state and what the customer does with it.

use serde::Serialize;

use crate::payin::body::has_flag;
use crate::payin::card::Card;
use crate::payin::payments::Details;
use crate::payin::provider::Provider;
use crate::payin::refusal::Refusal;
use crate::payin::state::{Progress, State};
use crate::payin::{checks, payments};

/// What the form shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FormState {
    /// The customer can type a card.
    Ready,
    /// The outcome is not known yet.
    Waiting,
    /// The customer has to finish 3-D Secure.
    ThreeDs,
    Succeeded,
    Failed,
    /// The time of the bill is over.
    Expired,
}

/// Returns what the form of a bill shows.
pub(crate) fn state_of(
    provider: &Provider,
    state: &mut State,
    bill_id: &str,
) -> Result<FormState, Refusal> {
    let bill = state.bills.get(bill_id).ok_or(Refusal::NotFound)?;
    if bill.is_paid {
        return Ok(FormState::Succeeded);
    }
    let is_expired = bill.is_expired(provider.now());
    let progress = if has_flag(&bill.object, "CHECK_CARD") {
        checks::get(provider, state, bill_id)?;
        state.checks.get(bill_id).map(|check| check.progress)
    } else if let Some(payment) = bill.form_payment.clone() {
        payments::settle(provider, state, &payment)?;
        state.payments.get(&payment).map(|payment| payment.progress)
    } else {
        None
    };
    Ok(match progress {
        Some(Progress::Waits3ds { .. }) => FormState::ThreeDs,
        Some(Progress::Decided(_)) => FormState::Waiting,
        Some(Progress::Done(Ok(()))) => FormState::Succeeded,
        Some(Progress::Done(Err(_))) => FormState::Failed,
        None if is_expired => FormState::Expired,
        None => FormState::Ready,
    })
}

/// The customer types a card. After a payment that failed, another card may be tried.
pub(crate) fn submit(
    provider: &Provider,
    state: &mut State,
    bill_id: &str,
    card: Card,
) -> Result<FormState, Refusal> {
    let now = state_of(provider, state, bill_id)?;
    let bill = state.bills.get(bill_id).ok_or(Refusal::NotFound)?;
    let is_check = has_flag(&bill.object, "CHECK_CARD");
    let is_over = bill.is_expired(provider.now());
    if now != FormState::Ready && (is_check || is_over || now != FormState::Failed) {
        return Ok(now);
    }
    if is_check {
        let account = bill.object["customer"]["account"].as_str();
        let account = account.filter(|_| has_flag(&bill.object, "BIND_PAYMENT_TOKEN"));
        let account = account.map(str::to_owned);
        checks::start(provider, state, bill_id, card, account);
    } else {
        let request = bill.object.clone();
        let id = provider.uuid()?;
        let details = Details {
            minor_units: bill.minor_units,
            kind: "CARD",
            bill_id,
            request: &request,
        };
        payments::start(provider, state, &id, &details, card);
        if let Some(bill) = state.bills.get_mut(bill_id) {
            bill.form_payment = Some(id);
        }
    }
    state_of(provider, state, bill_id)
}

/// Returns what the form asks the issuer's page for.
pub(crate) fn pareq(state: &State, bill_id: &str) -> Option<String> {
    let bill = state.bills.get(bill_id)?;
    if has_flag(&bill.object, "CHECK_CARD") {
        return Some(bill_id.to_owned());
    }
    bill.form_payment.clone()
}

/// Takes the answer of the issuer's page.
pub(crate) fn authenticate(
    provider: &Provider,
    state: &mut State,
    bill_id: &str,
    pares: &str,
) -> Result<FormState, Refusal> {
    let id = pareq(state, bill_id).ok_or(Refusal::NotFound)?;
    let bill = state.bills.get(bill_id).ok_or(Refusal::NotFound)?;
    if has_flag(&bill.object, "CHECK_CARD") {
        checks::authenticate(provider, state, &id, pares)?;
    } else {
        payments::authenticate(provider, state, &id, pares)?;
    }
    state_of(provider, state, bill_id)
}
