//! The hosted form, as a state and what the customer does with it.

use serde::Serialize;
use serde_json::Value;

use super::fields::Fields;
use super::hosted_form::HostedForm;
use super::provider::Provider;
use super::refusal::Refusal;
use super::state::State;
use super::transaction::{Kind, Status};
use super::{checks, operations, three_ds};

/// What the pages show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FormState {
    /// The customer can pay.
    Ready,
    /// The outcome is not known yet.
    Waiting,
    /// The customer has to finish 3-D Secure.
    ThreeDs,
    Paid,
    /// The amount is held.
    Held,
    Declined,
    /// The time of the order is over.
    Expired,
}

/// Opens the form with the fields that a merchant signed, and returns its token.
pub(super) fn open(provider: &Provider, fields: Fields) -> Result<String, Refusal> {
    let kind = match checks::request(provider, &fields)? {
        1 => Kind::Sale,
        3 => Kind::Auth,
        _ => return Err(Refusal::Code(8002)),
    };
    let token = provider.uuid()?;
    let mut state = provider.state();
    let minor_units = checks::payment(&state, &fields, kind, provider.now())?;
    if fields.get("card_token").is_some() {
        operations::find_card(&state, &fields, provider.now())?;
    }
    let form = HostedForm {
        kind,
        minor_units,
        expires_at: fields.expires_at()?,
        payment: None,
        fields,
    };
    state.forms.insert(token.clone(), form);
    Ok(token)
}

/// Returns what the pages of a form show.
pub(super) fn state_of(provider: &Provider, state: &State, form: &HostedForm) -> FormState {
    let payment = form.payment.and_then(|id| state.transactions.get(&id));
    let is_expired = form.expires_at.is_some_and(|time| time <= provider.now());
    match payment {
        Some(payment) => match payment.status {
            Status::Init if payment.needs_3ds() => FormState::ThreeDs,
            Status::Init => FormState::Waiting,
            Status::Declined => FormState::Declined,
            Status::Authorized => FormState::Held,
            Status::Captured | Status::Reconciled | Status::Settled => FormState::Paid,
        },
        None if is_expired => FormState::Expired,
        None => FormState::Ready,
    }
}

/// Returns whether the customer can pay, for the first time or again after a decline.
pub(super) fn is_payable(provider: &Provider, state: &State, form: &HostedForm) -> bool {
    let is_expired = form.expires_at.is_some_and(|time| time <= provider.now());
    let form_state = state_of(provider, state, form);
    !is_expired && matches!(form_state, FormState::Ready | FormState::Declined)
}

/// The customer types a card, or agrees to pay with the saved one. Returns the answer of the bank, which has the
/// fields of 3-D Secure if the issuer asks for it.
pub(super) async fn pay(
    provider: &Provider,
    token: &str,
    card: &[(&str, &str)],
) -> Result<Value, Refusal> {
    let begun = {
        let mut state = provider.state();
        let form = find(&state, token)?;
        if !is_payable(provider, &state, &form) {
            return Err(Refusal::Code(8055));
        }
        let fields = card.iter().fold(form.fields, |fields, (name, value)| {
            fields.with(name, value)
        });
        let begun = operations::begin(provider, &mut state, &fields, form.kind)?;
        if let Some(form) = state.forms.get_mut(token) {
            form.payment = Some(begun.id);
        }
        begun
    };
    if begun.needs_3ds() {
        return Ok(three_ds::requirements(provider, &begun));
    }
    operations::process(provider, begun.id).await
}

/// Takes the answer of the issuer's page.
pub(super) async fn authenticate(
    provider: &Provider,
    token: &str,
    pares: &str,
) -> Result<(), Refusal> {
    let payment = find(&provider.state(), token)?.payment;
    let payment = payment.ok_or(Refusal::Code(8022))?;
    three_ds::authenticate(provider, payment, pares).await?;
    Ok(())
}

pub(super) fn find(state: &State, token: &str) -> Result<HostedForm, Refusal> {
    state.forms.get(token).cloned().ok_or(Refusal::Code(8022))
}
