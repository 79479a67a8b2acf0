//! What becomes of the money of a payment: it is held, captured, reconciled and settled.

use serde_json::Value;

use super::fields::Fields;
use super::notifications;
use super::provider::Provider;
use super::refusal::Refusal;
use super::state::State;
use super::transaction::{Kind, Status, Transaction};

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
    let captured = advance(provider, &mut state, id, Status::Authorized);
    let captured = captured.ok_or(Refusal::Code(8001))?;
    Ok(captured.answer())
}

/// Lets the money of a payment go its way when its time has come.
pub(super) fn schedule(provider: &Provider, payment: &Transaction) {
    let (id, from) = (payment.id, payment.status);
    let wait = match (payment.kind, from) {
        (Kind::Auth, Status::Authorized) => HOLD,
        (Kind::Sale | Kind::Auth, Status::Captured | Status::Reconciled) => DAY,
        _ => return,
    };
    provider.later(provider.now() + wait, move |provider, state| {
        advance(provider, state, id, from);
    });
}

/// Takes the money of a payment from one status to the next, unless it is there already.
fn advance(provider: &Provider, state: &mut State, id: u64, from: Status) -> Option<Transaction> {
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
        state.execute("capture", &id.to_string(), rest);
    }
    // When the merchant gets the money is told by the status alone.
    if next != Status::Settled {
        notifications::send(provider, state, &payment);
    }
    schedule(provider, &payment);
    Some(payment)
}
