//! What becomes of a payment or payout, and who is told.

use serde_json::Value;
use tokio::sync::oneshot;

use super::provider::Provider;
use super::refusal::Refusal;
use super::state::State;
use super::transaction::{Kind, Status};
use super::{notifications, settlement};

type Told = Option<oneshot::Receiver<()>>;

/// Stores the outcome of a payment or payout, and sends the notification.
pub(super) fn finish(
    provider: &Provider,
    state: &mut State,
    id: u64,
    error: Option<u32>,
) -> Result<(Value, Told), Refusal> {
    let taken = settlement::taken(state);
    let token = state.switches.gives_tokens.then(|| provider.uuid());
    let token = token.transpose()?;
    let transaction = state.transactions.get_mut(&id).ok_or(Refusal::Code(8022))?;
    transaction.error_code = error.unwrap_or(0);
    transaction.status = match transaction.kind {
        _ if error.is_some() => Status::Declined,
        Kind::Auth => Status::Authorized,
        Kind::Payout => Status::Captured,
        _ => taken,
    };
    let new_token = token.filter(|_| error.is_none() && transaction.card_token.is_none());
    if new_token.is_some() {
        transaction.card_token.clone_from(&new_token);
    }
    let transaction = transaction.clone();
    if let (Some(token), Some(card)) = (new_token, &transaction.card) {
        state.tokens.insert(token, card.without_3ds());
    }
    if error.is_none() {
        let kind = match transaction.kind {
            Kind::Sale => "sale",
            Kind::Auth => "auth",
            _ => "payout",
        };
        let request = &transaction.request;
        let order = request.get("order_id").map(str::to_owned);
        let name = order.unwrap_or_else(|| id.to_string());
        state.execute(kind, &name, transaction.minor_units, request);
    }
    let told = notifications::send(provider, state, &transaction);
    settlement::schedule(provider, state, &transaction);
    Ok((transaction.answer(), told))
}

/// Waits until a notification was sent for the first time. An error means that it will not be sent.
pub(super) async fn wait(told: Told) {
    if let Some(told) = told {
        let _ = told.await;
    }
}
