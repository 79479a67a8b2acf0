//! What becomes of the money of a payment: it is held, captured, reconciled and settled.

use serde_json::Value;

use super::fields::Fields;
use super::provider::Provider;
use super::refusal::Refusal;
use super::state::State;
use super::switches::AfterHold;
use super::transaction::{Kind, Status, Transaction};
use super::{notifications, receipt, returns, safe_deal};

const HOUR: i64 = 3_600_000;
/// How long an amount is held.
const HOLD: i64 = 72 * HOUR;
/// How long it takes from captured to reconciled, and from reconciled to settled.
const DAY: i64 = 24 * HOUR;

/// Returns the status of money that has just been taken.
pub(super) fn taken(state: &State) -> Status {
    if state.switches.is_deferred {
        Status::Captured
    } else {
        Status::Reconciled
    }
}

/// Takes the whole of a held sum.
pub(super) fn capture(provider: &Provider, fields: &Fields) -> Result<Value, Refusal> {
    let mut state = provider.state();
    let id = fields.parent_id()?;
    let parent = state.transactions.get(&id).ok_or(Refusal::Code(8022))?;
    match (parent.kind, parent.status) {
        (Kind::Auth, Status::Authorized) if state.rest(parent) > 0 => {}
        (Kind::Auth, Status::Init | Status::Authorized) => return Err(Refusal::Code(8052)),
        (Kind::Auth, _) => return Err(Refusal::Code(8026)),
        _ => return Err(Refusal::Code(8027)),
    }
    safe_deal::check_capture(&state, parent, fields)?;
    receipt::check(fields, state.rest(parent))?;
    let captured = advance(provider, &mut state, id, Status::Authorized, fields);
    let captured = captured.ok_or(Refusal::Code(8001))?;
    Ok(captured.answer())
}

/// Lets the money of a payment go its way when its time has come.
pub(super) fn schedule(provider: &Provider, state: &State, payment: &Transaction) {
    let (id, from) = (payment.id, payment.status);
    let deal = safe_deal::after_hold(state, payment);
    let wait = match (payment.kind, from) {
        (Kind::Auth, Status::Authorized) if deal.is_some() => safe_deal::HOLD,
        (Kind::Auth, Status::Authorized) => HOLD,
        (Kind::Sale | Kind::Auth, Status::Captured | Status::Reconciled) => DAY,
        _ => return,
    };
    provider.later(provider.now() + wait, move |provider, state| {
        match from == Status::Authorized && deal == Some(AfterHold::Cancelled) {
            true => cancel(provider, state, id),
            false => {
                advance(provider, state, id, from, &Fields::default());
            }
        }
    });
}

/// Releases what is still held of a payment.
fn cancel(provider: &Provider, state: &mut State, id: u64) {
    let Some(payment) = state.transactions.get(&id) else {
        return;
    };
    let rest = state.rest(payment);
    if payment.status == Status::Authorized && rest > 0 {
        let what = (Kind::Reversal, rest);
        returns::execute(provider, state, id, what, &Fields::default());
    }
}

/// Takes the money of a payment from one status to the next, unless it is there already.
fn advance(
    provider: &Provider,
    state: &mut State,
    id: u64,
    from: Status,
    request: &Fields,
) -> Option<Transaction> {
    let payment = state.transactions.get(&id)?;
    let rest = state.rest(payment);
    let next = match from {
        Status::Authorized => taken(state),
        Status::Captured => Status::Reconciled,
        _ => Status::Settled,
    };
    let payment = state.transactions.get_mut(&id)?;
    // What was released is not captured.
    if payment.status != from || rest == 0 {
        return None;
    }
    payment.status = next;
    let payment = payment.clone();
    if from == Status::Authorized {
        state.execute("capture", &id.to_string(), rest, request);
    }
    // When the merchant gets the money is told by the status alone.
    if next != Status::Settled {
        notifications::send(provider, state, &payment);
    }
    schedule(provider, state, &payment);
    Some(payment)
}
