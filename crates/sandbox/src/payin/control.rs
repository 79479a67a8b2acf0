//! The control API, which only a sandbox has: faults, a clock that can be moved, a list of what was executed, and
//! what a customer does.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Router, body::Bytes};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::control;
use crate::page::acs;
use crate::payin::body::has_flag;
use crate::payin::card::Card;
use crate::payin::fault::Fault;
use crate::payin::provider::Provider;
use crate::payin::refusal::Refusal;
use crate::payin::{checks, forms, payments, qr_codes};

pub(crate) fn routes() -> Router<Provider> {
    Router::new()
        .route("/executed", get(executed))
        .route("/notifications", get(notifications))
        .route("/faults", post(faults))
        .route(
            "/clock",
            get(control::clock::<Provider>).post(control::move_clock::<Provider>),
        )
        .route("/settings", post(settings))
        .route("/bills/{id}/card", post(type_card))
        .route("/bills/{id}/3ds", post(finish_3ds))
        .route("/qr-codes/{id}/scan", post(scan))
}

/// `GET /sandbox/executed`: what was executed, in order.
async fn executed(State(provider): State<Provider>) -> Json<Value> {
    Json(json!({"executed": provider.state().executed}))
}

/// `GET /sandbox/notifications`: the notifications, each with its signature and the attempts to send it.
async fn notifications(State(provider): State<Provider>) -> Json<Value> {
    Json(json!({"notifications": provider.outbox().list()}))
}

/// `POST /sandbox/faults` with a list of faults: the next calls that change something, and the next
/// notifications, get one each.
async fn faults(
    State(provider): State<Provider>,
    body: Bytes,
) -> Result<StatusCode, (StatusCode, &'static str)> {
    let faults: Vec<Fault> = control::read_faults(&body)?;
    let mut state = provider.state();
    for fault in faults {
        match fault {
            Fault::Call(fault) => state.faults.push_back(fault),
            Fault::Notification(fault) => state.notification_faults.push_back(fault),
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Switches {
    two_step_payouts: Option<bool>,
    strict_repeats: Option<bool>,
}

/// `POST /sandbox/settings`: chooses whether payouts have a second step, and whether a known id is
/// refused to another request.
async fn settings(State(provider): State<Provider>, Json(switches): Json<Switches>) -> StatusCode {
    let mut state = provider.state();
    if let Some(are_strict) = switches.strict_repeats {
        state.repeats.are_strict = are_strict;
    }
    if let Some(two_step_payouts) = switches.two_step_payouts {
        state.two_step_payouts = two_step_payouts;
    }
    StatusCode::NO_CONTENT
}

/// `POST /sandbox/bills/{billId}/card` with a card: the customer types it into the form. The answer is the check
/// or the payment.
async fn type_card(
    State(provider): State<Provider>,
    Path(bill_id): Path<String>,
    Json(fields): Json<Value>,
) -> Result<Json<Value>, Refusal> {
    let card = Card::read(&fields)?;
    forms::submit(&provider, &mut provider.state(), &bill_id, card)?;
    form_result(&provider, &bill_id)
}

#[derive(Deserialize)]
struct Authentication {
    authenticated: bool,
}

/// `POST /sandbox/bills/{billId}/3ds`: the customer confirms on the issuer's page, or fails to. The answer is the
/// check or the payment.
async fn finish_3ds(
    State(provider): State<Provider>,
    Path(bill_id): Path<String>,
    Json(answer): Json<Authentication>,
) -> Result<Json<Value>, Refusal> {
    let pares = if answer.authenticated {
        acs::CONFIRMED
    } else {
        acs::FAILED
    };
    forms::authenticate(&provider, &mut provider.state(), &bill_id, pares)?;
    form_result(&provider, &bill_id)
}

fn form_result(provider: &Provider, bill_id: &str) -> Result<Json<Value>, Refusal> {
    let mut state = provider.state();
    let bill = state.bills.get(bill_id).ok_or(Refusal::NotFound)?;
    let is_check = has_flag(&bill.object, "CHECK_CARD");
    let id = forms::pareq(&state, bill_id).ok_or(Refusal::NotFound)?;
    if is_check {
        return checks::get(provider, &mut state, &id).map(Json);
    }
    payments::get(provider, &mut state, &id).map(Json)
}

#[derive(Deserialize)]
struct Scan {
    #[serde(default = "agrees")]
    agrees: bool,
}

fn agrees() -> bool {
    true
}

/// `POST /sandbox/qr-codes/{qrCodeUid}/scan`: the customer scans the code with the app of a bank, and agrees or
/// refuses.
async fn scan(
    State(provider): State<Provider>,
    Path(id): Path<String>,
    Json(scan): Json<Scan>,
) -> Result<Json<Value>, Refusal> {
    qr_codes::scan(&provider, &mut provider.state(), &id, scan.agrees).map(Json)
}
