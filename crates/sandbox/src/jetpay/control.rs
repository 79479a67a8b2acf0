//! The control API, which only a sandbox has: deposits, faults, a clock that can be moved, and what was executed.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::deposits::{self, Paid};
use super::fault::Fault;
use super::outcome::Outcome;
use super::platform::Platform;
use super::state::Channel;
use super::{callbacks, progress};
use crate::control;

pub(super) fn routes() -> Router<Platform> {
    Router::new()
        .route("/deposit", post(deposit))
        .route("/deposits", get(list_deposits))
        .route("/payments/{id}", get(payment).post(decide))
        .route("/callbacks", get(list_callbacks).post(send_callback))
        .route("/executed", get(executed))
        .route("/calls", get(calls))
        .route("/faults", post(faults))
        .route(
            "/clock",
            get(control::clock::<Platform>).post(control::move_clock::<Platform>),
        )
        .route("/settings", post(settings))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewDeposit {
    #[serde(alias = "customerId")]
    customer_id: String,
    /// In minor units.
    amount: i64,
    #[serde(default)]
    channel: Channel,
    #[serde(default)]
    outcome: Outcome,
}

/// `POST /sandbox/deposit`: a customer deposits money. The merchant is asked for the account and the id; then the
/// payment is created, and a callback is sent.
async fn deposit(State(platform): State<Platform>, Json(new): Json<NewDeposit>) -> Response {
    if !(1..=10_000_000_000_000).contains(&new.amount) {
        let text = "amount must be an integer from 1 to 10000000000000, in minor units\n";
        return (StatusCode::BAD_REQUEST, text).into_response();
    }
    let (account, answer) = deposits::verify(&platform, &new.customer_id).await;
    let account = match account {
        Ok(account) => account,
        Err(refusal) => {
            let why = refusal.code();
            return Json(json!({"state": "refused", "reason": why, "answer": answer}))
                .into_response();
        }
    };
    let paid = Paid {
        customer_id: new.customer_id,
        account,
        minor_units: new.amount,
        channel: new.channel,
        outcome: new.outcome,
    };
    Json(deposits::pay(&platform, paid).await).into_response()
}

/// `GET /sandbox/deposits`: the deposits that were paid, in order.
async fn list_deposits(State(platform): State<Platform>) -> Json<Value> {
    Json(json!({"deposits": platform.state().deposits}))
}

/// `GET /sandbox/payments/{id}`: what the status of a payment or payout is, without a signature.
async fn payment(
    State(platform): State<Platform>,
    Path(id): Path<String>,
) -> Result<Json<Value>, StatusCode> {
    let state = platform.state();
    let payment = state.payments.get(&id.to_lowercase());
    let payment = payment.ok_or(StatusCode::NOT_FOUND)?;
    Ok(Json(payment.status_answer()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decision {
    outcome: Outcome,
}

/// `POST /sandbox/payments/{id}` with an outcome: it happens now, and is told in callbacks.
async fn decide(
    State(platform): State<Platform>,
    Path(id): Path<String>,
    Json(decision): Json<Decision>,
) -> Result<StatusCode, StatusCode> {
    let key = id.to_lowercase();
    let mut state = platform.state();
    if !state.payments.contains_key(&key) {
        return Err(StatusCode::NOT_FOUND);
    }
    for step in decision.outcome.steps() {
        progress::happen(&platform, &mut state, &key, *step);
    }
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /sandbox/callbacks`: the callbacks, each with the attempts to send it.
async fn list_callbacks(State(platform): State<Platform>) -> Json<Value> {
    Json(json!({"callbacks": platform.outbox().list()}))
}

/// `POST /sandbox/callbacks` with a body: it is signed as it is, and sent.
async fn send_callback(
    State(platform): State<Platform>,
    Json(body): Json<Value>,
) -> Result<StatusCode, StatusCode> {
    if !body.is_object() {
        return Err(StatusCode::BAD_REQUEST);
    }
    callbacks::send_any(&platform, &mut platform.state(), body);
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /sandbox/executed`: what was executed, in order.
async fn executed(State(platform): State<Platform>) -> Json<Value> {
    Json(json!({"executed": platform.state().executed}))
}

/// `GET /sandbox/calls`: the last calls to Gate and to the merchant, with their answers.
async fn calls(State(platform): State<Platform>) -> Json<Value> {
    Json(json!({"calls": platform.state().journal.calls()}))
}

/// `POST /sandbox/faults` with a list of faults: the next payouts, questions about a status and callbacks get one each.
async fn faults(
    State(platform): State<Platform>,
    body: Bytes,
) -> Result<StatusCode, (StatusCode, &'static str)> {
    let faults: Vec<Fault> = control::read_faults(&body)?;
    let mut state = platform.state();
    for fault in faults {
        match fault {
            Fault::Payout(fault) => state.payout_faults.push_back(fault),
            Fault::Callback(fault) => state.callback_faults.push_back(fault),
            Fault::Status(fault) => {
                let faults = std::iter::repeat_n(fault, fault.times());
                state.status_faults.extend(faults);
            }
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Switches {
    payout_milliseconds: u32,
}

/// `POST /sandbox/settings`: chooses how long payouts are under way.
async fn settings(State(platform): State<Platform>, Json(switches): Json<Switches>) -> StatusCode {
    platform.state().payout_time = switches.payout_milliseconds;
    StatusCode::NO_CONTENT
}
