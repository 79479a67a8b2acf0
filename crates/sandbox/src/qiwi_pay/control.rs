//! The control API, which only a sandbox has: what a customer does on the form, faults, a clock that can be moved, and
//! what was executed.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::fault::{Fault, NextCall, NextNotification};
use super::fields::Fields;
use super::forms;
use super::provider::Provider;
use super::refusal::Refusal;
use super::switches::Changes;
use crate::control;

pub(super) fn routes() -> Router<Provider> {
    Router::new()
        .route("/forms", post(pay_form))
        .route("/executed", get(executed))
        .route("/notifications", get(notifications))
        .route("/faults", post(faults))
        .route(
            "/clock",
            get(control::clock::<Provider>).post(control::move_clock::<Provider>),
        )
        .route("/settings", post(settings))
}

#[derive(Deserialize)]
struct FormPayment {
    /// The signed fields of the form.
    fields: Value,
    pan: String,
    expiry: String,
    #[serde(default)]
    card_name: String,
}

/// `POST /sandbox/forms` with the fields of a form and a card: a customer pays the form. The answer is the payment.
async fn pay_form(
    State(provider): State<Provider>,
    Json(payment): Json<FormPayment>,
) -> Result<Json<Value>, Refusal> {
    let fields = Fields::of(&payment.fields)?;
    let token = forms::open(&provider, fields)?;
    let card = [
        ("pan", payment.pan.as_str()),
        ("expiry", &payment.expiry),
        ("card_name", &payment.card_name),
    ];
    forms::pay(&provider, &token, &card).await.map(Json)
}

/// `GET /sandbox/executed`: what was executed, in order.
async fn executed(State(provider): State<Provider>) -> Json<Value> {
    Json(json!({"executed": provider.state().executed}))
}

/// `GET /sandbox/notifications`: the notifications, each with the attempts to send it.
async fn notifications(State(provider): State<Provider>) -> Json<Value> {
    Json(json!({"notifications": provider.outbox().list()}))
}

/// `POST /sandbox/faults` with a list of faults: the next calls that change something, and the next notifications,
/// get one each.
async fn faults(
    State(provider): State<Provider>,
    body: Bytes,
) -> Result<StatusCode, (StatusCode, &'static str)> {
    let faults: Vec<Fault> = control::read_faults(&body)?;
    let mut state = provider.state();
    for fault in faults {
        let calls = &mut state.call_faults;
        match fault {
            Fault::Call(fault) => calls.push_back(NextCall::Answer(fault)),
            Fault::Refusal(super::fault::ErrorFault::Error { code }) => {
                calls.push_back(NextCall::Refusal(code));
            }
            Fault::Delivery(fault) => {
                let fault = NextNotification::Delivery(fault);
                state.notification_faults.push_back(fault);
            }
            Fault::Signature(_) => {
                let fault = NextNotification::WrongSignature;
                state.notification_faults.push_back(fault);
            }
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /sandbox/settings`: changes how the site is set up.
async fn settings(State(provider): State<Provider>, Json(changes): Json<Changes>) -> StatusCode {
    provider.state().switches.change(changes);
    StatusCode::NO_CONTENT
}
