//! The control API, which only a sandbox has.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use pantoken_core::json::decimal;
use serde::Deserialize;
use serde_json::{Value, json};

use super::permission::Permission;
use super::refusal::Refusal;
use super::wallet::SharedWallet;
use crate::call_fault::CallFault;
use crate::control;

type Answer = Result<Json<Value>, Refusal>;
type Wallet = State<SharedWallet>;

pub(super) fn routes() -> Router<SharedWallet> {
    Router::new()
        .route("/executed", get(executed))
        .route("/faults", post(faults))
        .route(
            "/clock",
            get(control::clock::<SharedWallet>).post(control::move_clock::<SharedWallet>),
        )
        .route("/settings", post(settings))
}

/// `GET /sandbox/executed`: what was executed, in order, and the money that is left.
async fn executed(State(wallet): Wallet) -> Answer {
    let state = wallet.state()?;
    let balance = format!("{:.2}", state.balance);
    Ok(Json(
        json!({"executed": state.executed, "balance": balance}),
    ))
}

/// `POST /sandbox/faults` with a list of faults: the next calls that change something get one each.
async fn faults(State(wallet): Wallet, body: Bytes) -> Result<StatusCode, Refusal> {
    let text = "The body must be a list such as [{\"fault\": \"drop-answer\"}]";
    let faults: Vec<CallFault> =
        serde_json::from_slice(&body).map_err(|_| Refusal::Invalid(text))?;
    wallet.state()?.faults.extend(faults);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Switches {
    /// What the token may do from now on.
    permissions: Option<Vec<Permission>>,
    /// The money in the wallet, in roubles.
    balance: Option<String>,
}

/// `POST /sandbox/settings`: changes the permissions of the token, or the money in the wallet.
async fn settings(
    State(wallet): Wallet,
    Json(switches): Json<Switches>,
) -> Result<StatusCode, Refusal> {
    let mut state = wallet.state()?;
    if let Some(permissions) = switches.permissions {
        state.permissions = permissions;
    }
    if let Some(balance) = switches.balance {
        state.balance = decimal(&balance).ok_or(Refusal::Invalid("balance must be a decimal"))?;
    }
    Ok(StatusCode::NO_CONTENT)
}
