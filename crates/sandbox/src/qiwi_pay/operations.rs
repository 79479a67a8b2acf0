//! Sales, authorizations, payouts and questions about them.

use serde_json::{Value, json};

use super::card::Card;
use super::fields::Fields;
use super::outcome::{finish, wait};
use super::provider::Provider;
use super::refusal::Refusal;
use super::state::State;
use super::transaction::{Kind, Status, Transaction};
use super::{checks, three_ds};
use crate::control::HasClock;

/// Takes a payment. The notification is on its way before the answer.
pub(super) async fn pay(
    provider: &Provider,
    fields: &Fields,
    kind: Kind,
) -> Result<Value, Refusal> {
    let begun = begin(provider, &mut provider.state(), fields, kind)?;
    if begun.needs_3ds() {
        return Ok(three_ds::requirements(provider, &begun));
    }
    process(provider, begun.id).await
}

/// Stores a payment or payout, before the bank is asked.
pub(super) fn begin(
    provider: &Provider,
    state: &mut State,
    fields: &Fields,
    kind: Kind,
) -> Result<Transaction, Refusal> {
    let now = provider.now();
    let minor_units = checks::payment(state, fields, kind, now)?;
    let (card, card_token) = find_card(state, fields, now)?;
    checks::card(state, &card)?;
    state.today.count(now);
    let transaction = Transaction {
        id: state.next_id(),
        parent: None,
        deal: match kind {
            Kind::Payout => fields.integer("txn_id")?,
            _ => None,
        },
        kind,
        status: Status::Init,
        error_code: 0,
        minor_units,
        date: now,
        card_token,
        request: fields.clone().without_secrets(),
        card: Some(card),
    };
    state
        .transactions
        .insert(transaction.id, transaction.clone());
    if transaction.needs_3ds() {
        three_ds::schedule_expiry(provider, &transaction);
    }
    Ok(transaction)
}

/// Asks the bank about a payment or payout, and answers with what has become of it.
pub(super) async fn process(provider: &Provider, id: u64) -> Result<Value, Refusal> {
    let provider = provider.clone();
    // A caller that goes away does not stop what was begun.
    let task = tokio::spawn(async move {
        let begun = provider.state().transactions.get(&id).cloned();
        let begun = begun.ok_or(Refusal::Code(8022))?;
        let card = begun.card.ok_or(Refusal::Code(8022))?;
        let clock = provider.clock();
        clock.wait_until(clock.now() + card.delay()).await;
        let error = card.is_declined().then_some(8160);
        let (answer, told) = finish(&provider, &mut provider.state(), id, error)?;
        // Only payments are answered after their notification.
        if begun.kind != Kind::Payout {
            wait(told).await;
        }
        Ok(answer)
    });
    task.await.unwrap_or(Err(Refusal::Code(8001)))
}

/// Answers about a transaction and its children, or those of an order.
pub(super) fn status(provider: &Provider, fields: &Fields) -> Result<Value, Refusal> {
    let state = provider.state();
    let (id, order) = (fields.integer("txn_id")?, fields.get("order_id"));
    if id.is_none() && order.is_none() {
        return Err(Refusal::field("txn_id", "[txn_id] is required"));
    }
    let is_asked = |it: &Transaction| {
        let is_order = order.is_none_or(|order| it.request.get("order_id") == Some(order));
        it.parent.is_none() && is_order && id.is_none_or(|id| it.id == id)
    };
    let parents: Vec<u64> = state
        .transactions
        .values()
        .filter(|it| is_asked(it))
        .map(|it| it.id)
        .collect();
    if parents.is_empty() {
        return Err(Refusal::Code(8022));
    }
    let is_told = |it: &&Transaction| {
        let of = it.parent.or(it.deal);
        parents.contains(&it.id) || of.is_some_and(|of| parents.contains(&of))
    };
    let site = provider.settings().merchant_site.number();
    let transactions = state.transactions.values().filter(is_told);
    let transactions: Vec<_> = transactions.map(|it| it.details(site)).collect();
    Ok(json!({"transactions": transactions, "error_code": 0}))
}

pub(super) fn find_card(
    state: &State,
    fields: &Fields,
    now: i64,
) -> Result<(Card, Option<String>), Refusal> {
    if let Some(token) = fields.get("card_token") {
        let card = state.tokens.get(token).cloned();
        let unknown = || Refusal::field("card_token", "[card_token] is unknown");
        return Ok((card.ok_or_else(unknown)?, Some(token.to_owned())));
    }
    Ok((Card::read(fields, now)?, None))
}
