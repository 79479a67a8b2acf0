//! The page that plays a kiosk, and what it asks the server.

use axum::extract::{Query, State};
use axum::middleware::map_response;
use axum::response::{Html, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::deposits::{self, Account, Paid};
use super::outcome::Outcome;
use super::page::{self, Language};
use super::platform::Platform;
use super::state::Channel;
use crate::page::{policy, set_headers};

/// The largest sum that a kiosk takes, in minor units.
const MAX_SUM: i64 = 50_000_000;

pub(super) fn routes() -> Router<Platform> {
    let assets = page::ASSETS.into_iter();
    let assets = assets.fold(Router::new(), |routes, asset| asset.add_to(routes));
    Router::new()
        .route("/", get(show))
        .route("/kiosk/verify", post(verify))
        .route("/kiosk/deposit", post(deposit))
        .nest("/assets", assets)
        .layer(map_response(async |mut response: Response| {
            set_headers(response.headers_mut(), policy("'self'", "*"));
            response
        }))
}

#[derive(Deserialize)]
struct KioskQuery {
    lang: Option<String>,
}

async fn show(State(platform): State<Platform>, Query(query): Query<KioskQuery>) -> Html<String> {
    let language = Language::read(query.lang.as_deref());
    Html(page::kiosk(language, &platform.settings().merchant_name))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Customer {
    customer_id: String,
}

/// Asks the merchant whether there is an account.
async fn verify(State(platform): State<Platform>, Json(customer): Json<Customer>) -> Json<Value> {
    let (account, answer) = deposits::verify(&platform, &customer.customer_id).await;
    Json(match account {
        Ok(account) => json!({
            "state": "confirmed",
            "currency": account.currency,
            "additionalCustomerId": account.additional_customer_id,
        }),
        Err(refusal) => json!({"state": "refused", "reason": refusal.code(), "answer": answer}),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cash {
    customer_id: String,
    currency: String,
    additional_customer_id: Option<String>,
    amount: i64,
}

/// Takes the notes, and makes the deposit.
async fn deposit(State(platform): State<Platform>, Json(cash): Json<Cash>) -> Json<Value> {
    if !(1..=MAX_SUM).contains(&cash.amount) {
        return Json(json!({"state": "refused", "reason": "AMOUNT"}));
    }
    let paid = Paid {
        customer_id: cash.customer_id,
        account: Account {
            currency: cash.currency,
            additional_customer_id: cash.additional_customer_id,
        },
        minor_units: cash.amount,
        channel: Channel::Kiosk,
        outcome: Outcome::Success,
    };
    Json(json!(deposits::pay(&platform, paid).await))
}
