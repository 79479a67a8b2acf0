use pantoken_core::{Random, RandomError};

use super::cards;
use super::payment_body::PaymentBody;
use super::state::{OrderState, Outcome, State};

/// Decides the payments whose time has come.
pub(super) fn settle(state: &mut State, random: &dyn Random, now: i64) -> Result<(), RandomError> {
    let payments = state.payments.iter();
    let due = payments.filter(|(_, it)| it.outcome == Outcome::Waiting && it.decided_at <= now);
    let due: Vec<_> = due
        .map(|(transaction, it)| (*transaction, it.body.clone()))
        .collect();
    for (transaction, body) in due {
        let outcome = decide(state, random, now, &body)?;
        if let Some(payment) = state.payments.get_mut(&transaction) {
            payment.outcome = outcome;
        }
    }
    Ok(())
}

fn decide(
    state: &mut State,
    random: &dyn Random,
    now: i64,
    body: &PaymentBody,
) -> Result<Outcome, RandomError> {
    let order = body.fields.order_id.as_deref();
    if state.balance < body.sum {
        if let Some(order) = order {
            state.set_order(order, OrderState::PaymentRequired(body.sum));
        }
        return Ok(Outcome::TooLittleMoney);
    }
    let ordered = order.and_then(|id| Some((id, state.orders.get(id)?.card_type.clone())));
    match ordered {
        Some((id, card_type)) => {
            let card = cards::issue(state, random, now, &card_type)?;
            state.set_order(id, OrderState::Completed(card));
        }
        None => state.has_package = true,
    }
    state.balance -= body.sum;
    state.note("paid", &body.id);
    Ok(Outcome::Success)
}
