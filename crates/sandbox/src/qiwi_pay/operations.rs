//! Sales, authorizations, payouts and captures.

use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::card::Card;
use super::fields::Fields;
use super::notifications;
use super::provider::Provider;
use super::refusal::Refusal;
use super::state::State;
use super::transaction::{Kind, Status, Transaction};
use crate::control::HasClock;

/// The largest amount in test mode, in hundredths.
const MOST: i64 = 1_000;
/// What the customer's browser gets for the issuer's page. It has characters that careless decoding changes.
const PAREQ: &str = "eJxVUm1zgjAM/is+/ZY==";
/// What the issuer's page answers if the customer was not authenticated.
const FAILED: &str = "failed";

type Told = Option<oneshot::Receiver<()>>;

/// Takes a payment. The notification is on its way before the answer.
pub(super) async fn pay(
    provider: &Provider,
    fields: &Fields,
    kind: Kind,
) -> Result<Value, Refusal> {
    let minor_units = checked_amount(fields)?;
    let (card, token) = find_card(provider, fields)?;
    let clock = provider.clock();
    clock.wait_until(clock.now() + card.delay()).await;
    let (answer, told) = {
        let mut state = provider.state();
        if kind != Kind::Payout {
            check_order(&state, fields)?;
        }
        let id = state.next_id();
        let transaction = Transaction {
            id,
            parent: None,
            kind,
            status: Status::Init,
            error_code: 0,
            minor_units,
            date: provider.now(),
            card_token: token,
            request: fields.clone().without_secrets(),
            card: Some(card.clone()),
        };
        state.transactions.insert(id, transaction);
        if card.needs_3ds && kind != Kind::Payout {
            let answer = json!({
                "txn_id": id, "txn_status": 0, "txn_type": kind.number(), "error_code": 0,
                "acs_url": "https://acs.sandbox.example/", "pareq": PAREQ, "is_test": "true",
            });
            return Ok(answer);
        }
        finish(provider, &mut state, id, card.is_declined().then_some(8160))?
    };
    wait(told).await;
    Ok(answer)
}

/// Ends 3-D Secure with the answer of the issuer's page.
pub(super) async fn finish_3ds(provider: &Provider, fields: &Fields) -> Result<Value, Refusal> {
    let pares = fields.get("pares");
    let pares = pares.ok_or_else(|| Refusal::Fields(vec![("pares", "[pares] is required")]))?;
    let (answer, told) = {
        let mut state = provider.state();
        let id = parent_id(fields)?;
        let parent = state.transactions.get(&id).ok_or(Refusal::Code(8022))?;
        if parent.status != Status::Init {
            return Err(Refusal::Code(8026));
        }
        let is_late = provider.now() - parent.date > 15 * 60_000;
        let is_declined = parent.card.as_ref().is_some_and(Card::is_declined);
        let error = match () {
            () if is_late => Some(8023),
            () if pares == FAILED => Some(8151),
            () => is_declined.then_some(8160),
        };
        finish(provider, &mut state, id, error)?
    };
    wait(told).await;
    Ok(answer)
}

/// Takes the whole of a held sum.
pub(super) fn capture(provider: &Provider, fields: &Fields) -> Result<Value, Refusal> {
    let mut state = provider.state();
    let id = parent_id(fields)?;
    let is_deferred = state.is_deferred;
    let parent = state.transactions.get_mut(&id).ok_or(Refusal::Code(8022))?;
    match (parent.kind, parent.status) {
        (Kind::Auth, Status::Authorized) => {}
        (Kind::Auth, Status::Init) => return Err(Refusal::Code(8052)),
        (Kind::Auth, _) => return Err(Refusal::Code(8026)),
        _ => return Err(Refusal::Code(8027)),
    }
    parent.status = taken(is_deferred);
    let transaction = parent.clone();
    state.execute("capture", &id.to_string(), transaction.minor_units);
    notifications::send(provider, &mut state, &transaction);
    Ok(transaction.answer())
}

/// Answers about a transaction and its children, or those of an order.
pub(super) fn status(provider: &Provider, fields: &Fields) -> Result<Value, Refusal> {
    let state = provider.state();
    let (id, order) = (fields.integer("txn_id")?, fields.get("order_id"));
    if id.is_none() && order.is_none() {
        return Err(Refusal::Fields(vec![("txn_id", "[txn_id] is required")]));
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
    let is_told = |it: &&Transaction| parents.contains(&it.parent.unwrap_or(it.id));
    let site = provider.settings().merchant_site.number();
    let transactions = state.transactions.values().filter(is_told);
    let transactions: Vec<_> = transactions.map(|it| it.details(site)).collect();
    Ok(json!({"transactions": transactions, "error_code": 0}))
}

/// Returns the transaction that a request is about.
pub(super) fn parent_id(fields: &Fields) -> Result<u64, Refusal> {
    let id = fields.integer("txn_id")?;
    id.ok_or_else(|| Refusal::Fields(vec![("txn_id", "[txn_id] is required")]))
}

fn finish(
    provider: &Provider,
    state: &mut State,
    id: u64,
    error: Option<u32>,
) -> Result<(Value, Told), Refusal> {
    let is_deferred = state.is_deferred;
    let token = provider.uuid()?;
    let transaction = state.transactions.get_mut(&id).ok_or(Refusal::Code(8022))?;
    transaction.error_code = error.unwrap_or(0);
    transaction.status = match transaction.kind {
        _ if error.is_some() => Status::Declined,
        Kind::Auth => Status::Authorized,
        Kind::Payout => Status::Captured,
        _ => taken(is_deferred),
    };
    let is_new_token = error.is_none() && transaction.card_token.is_none();
    if is_new_token {
        transaction.card_token = Some(token.clone());
    }
    let transaction = transaction.clone();
    if let (true, Some(card)) = (is_new_token, &transaction.card) {
        state.tokens.insert(token, card.without_3ds());
    }
    if error.is_none() {
        let kind = match transaction.kind {
            Kind::Sale => "sale",
            Kind::Auth => "auth",
            _ => "payout",
        };
        let order = transaction.request.get("order_id").map(str::to_owned);
        let name = order.unwrap_or_else(|| id.to_string());
        state.execute(kind, &name, transaction.minor_units);
    }
    let told = notifications::send(provider, state, &transaction);
    Ok((transaction.answer(), told))
}

/// Waits until a notification was sent for the first time. An error means that it will not be sent.
async fn wait(told: Told) {
    if let Some(told) = told {
        let _ = told.await;
    }
}

fn taken(is_deferred: bool) -> Status {
    if is_deferred {
        Status::Captured
    } else {
        Status::Reconciled
    }
}

fn checked_amount(fields: &Fields) -> Result<i64, Refusal> {
    let amount = fields.amount()?;
    let amount = amount.ok_or_else(|| Refusal::Fields(vec![("amount", "[amount] is required")]))?;
    if fields.integer("currency")? != Some(643) {
        return Err(Refusal::Code(8059));
    }
    if amount > MOST {
        return Err(Refusal::Code(8070));
    }
    Ok(amount)
}

fn find_card(provider: &Provider, fields: &Fields) -> Result<(Card, Option<String>), Refusal> {
    if let Some(token) = fields.get("card_token") {
        let card = provider.state().tokens.get(token).cloned();
        let unknown = || Refusal::Fields(vec![("card_token", "[card_token] is unknown")]);
        return Ok((card.ok_or_else(unknown)?, Some(token.to_owned())));
    }
    let text = |name: &str| fields.get(name).unwrap_or_default();
    let card = Card::read(text("pan"), text("expiry"), text("card_name"));
    Ok((card.map_err(Refusal::Fields)?, None))
}

/// Refuses an order that is paid or being paid.
fn check_order(state: &State, fields: &Fields) -> Result<(), Refusal> {
    let Some(order) = fields.get("order_id") else {
        return Ok(());
    };
    let is_of_order = |it: &&Transaction| it.request.get("order_id") == Some(order);
    for transaction in state.transactions.values().filter(is_of_order) {
        match transaction.status {
            Status::Init => return Err(Refusal::Code(8056)),
            Status::Declined => {}
            _ => return Err(Refusal::Code(8055)),
        }
    }
    Ok(())
}
