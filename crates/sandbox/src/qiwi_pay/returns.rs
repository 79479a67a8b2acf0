//! Reversals and refunds.

use serde_json::Value;

use super::fields::Fields;
use super::provider::Provider;
use super::refusal::Refusal;
use super::state::State;
use super::transaction::{Kind, Status, Transaction};
use super::{notifications, receipt, safe_deal};

/// Gives back all of a payment, or a part of it.
pub(super) fn give_back(
    provider: &Provider,
    fields: &Fields,
    kind: Kind,
) -> Result<Value, Refusal> {
    let mut state = provider.state();
    let id = fields.parent_id()?;
    let parent = state
        .transactions
        .get(&id)
        .ok_or(Refusal::Code(8022))?
        .clone();
    if !matches!(parent.kind, Kind::Sale | Kind::Auth) {
        return Err(Refusal::Code(8027));
    }
    let is_possible = match kind {
        Kind::Reversal => matches!(parent.status, Status::Authorized | Status::Captured),
        _ => matches!(parent.status, Status::Reconciled | Status::Settled),
    };
    if !is_possible {
        return Err(Refusal::Code(8026));
    }
    // A deal that was paid out cannot be refunded.
    if state.paid_out(id) > 0 {
        return Err(Refusal::Code(8026));
    }
    let rest = state.rest(&parent);
    let minor_units = fields.amount()?.unwrap_or(rest);
    if minor_units > rest || minor_units == 0 {
        return Err(Refusal::Code(8020));
    }
    safe_deal::check_return(&state, &parent, fields, (kind, minor_units))?;
    receipt::check(fields, minor_units)?;
    let child = execute(provider, &mut state, id, (kind, minor_units), fields);
    Ok(child.answer())
}

/// Gives back a sum of a payment.
pub(super) fn execute(
    provider: &Provider,
    state: &mut State,
    parent: u64,
    (kind, minor_units): (Kind, i64),
    request: &Fields,
) -> Transaction {
    let child = Transaction {
        id: state.next_id(),
        parent: Some(parent),
        deal: None,
        kind,
        status: Status::Captured,
        error_code: 0,
        minor_units,
        date: provider.now(),
        card: None,
        card_token: None,
        request: Fields::default(),
    };
    state.transactions.insert(child.id, child.clone());
    let name = if kind == Kind::Reversal {
        "reversal"
    } else {
        "refund"
    };
    state.execute(name, &parent.to_string(), minor_units, request);
    notifications::send(provider, state, &child);
    child
}
