//! What only a sandbox has: faults, what was executed, and what a customer does on the form.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::payin::card::Card;
use crate::payin::checks;
use crate::payin::fault::Fault;
use crate::payin::provider::Provider;
use crate::payin::refusal::Refusal;

/// `GET /sandbox/executed`: what was executed, in order.
pub(crate) async fn executed(State(provider): State<Provider>) -> Json<Value> {
    Json(json!({"executed": provider.state().executed}))
}

/// `GET /sandbox/notifications`: the notifications that the provider would send, each with its signature.
pub(crate) async fn notifications(State(provider): State<Provider>) -> Json<Value> {
    Json(json!({"notifications": provider.state().notifications}))
}

/// `POST /sandbox/faults` with a list of faults: the next calls that change something fail with them, one each.
pub(crate) async fn faults(
    State(provider): State<Provider>,
    Json(faults): Json<Vec<Fault>>,
) -> StatusCode {
    provider.state().faults.extend(faults);
    StatusCode::NO_CONTENT
}

/// `POST /sandbox/bills/{billId}/card` with a card: the customer types it into the form of a card check.
pub(crate) async fn type_card(
    State(provider): State<Provider>,
    Path(bill_id): Path<String>,
    Json(fields): Json<Value>,
) -> Result<Json<Value>, Refusal> {
    let card = Card::read(&fields)?;
    let mut state = provider.state();
    let bill = state.bills.get(&bill_id).ok_or(Refusal::NotFound)?;
    let has_flag = |flag: &str| {
        let flags = bill.object["flags"].as_array();
        flags.is_some_and(|flags| flags.iter().any(|it| it == flag))
    };
    if !has_flag("CHECK_CARD") {
        return Err(Refusal::WrongState("The bill is not a card check"));
    }
    let account = bill.object["customer"]["account"].as_str();
    let account = account.filter(|_| has_flag("BIND_PAYMENT_TOKEN"));
    let account = account.map(str::to_owned);
    if !state.checks.contains_key(&bill_id) {
        checks::start(&provider, &mut state, &bill_id, card, account);
    }
    checks::get(&provider, &mut state, &bill_id).map(Json)
}
