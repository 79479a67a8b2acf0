//! A shop's back end for the tabs of the demo page: it holds the API key, knows who is logged in, and makes the calls
//! that no page may make.
//!
//! Each answer tells the call that was made, so that the page can explain it: `{call, status, answer}`.

mod api;
mod error;
mod id;
mod jetpay;
mod payin;
mod qiwi_pay;
mod same_origin;

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Query, State};
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use pantoken_core::{Random, SystemRandom};
use serde::Deserialize;
use serde_json::Value;

use self::api::Api;
use self::error::ShopError;
use self::same_origin::OwnOrigin;
use super::back_end::BackEnd;
use super::setup::Setup;
use crate::http::client::ClientError;

const MAX_BODY: usize = 4 * 1024;
/// What a page that asks for webhooks never gets. A back end keeps these for itself.
const SECRETS: [&str; 3] = ["paymentToken", "cardToken", "panToken"];

#[derive(Clone)]
struct Shop(Arc<Parts>);

struct Parts {
    api: Api,
    back_end: BackEnd,
    kiosk_url: String,
}

/// Returns the shop's routes, for pages of the server's own origin alone.
pub(super) fn routes(setup: &Setup, back_end: BackEnd) -> Result<Router, ClientError> {
    let shop = Shop(Arc::new(Parts {
        api: Api::new(setup.call_url(""))?,
        back_end,
        kiosk_url: setup.jetpay_url(),
    }));
    let own = OwnOrigin::new(&setup.url());
    Ok(Router::new()
        .route("/shop/payin/verifications", post(payin::verify))
        .route("/shop/payin/verifications/{id}", get(payin::verification))
        .route("/shop/payin/payments", post(payin::charge))
        .route("/shop/payin/payments/{id}/refund", post(payin::refund))
        .route("/shop/payin/tokens/{id}", delete(payin::delete_token))
        .route("/shop/jetpay/account", get(jetpay::account))
        .route("/shop/jetpay/payouts", post(jetpay::pay_out))
        .route("/shop/qiwi-pay/orders", post(qiwi_pay::order))
        .route("/shop/qiwi-pay/orders/{id}", get(qiwi_pay::payment))
        .route(
            "/shop/qiwi-pay/orders/{id}/capture",
            post(qiwi_pay::capture),
        )
        .route("/shop/qiwi-pay/orders/{id}/refund", post(qiwi_pay::refund))
        .route("/shop/webhooks", get(webhooks))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn_with_state(own, same_origin::check))
        .with_state(shop))
}

#[derive(Deserialize)]
struct Wanted {
    /// Ids of requests, payments, tokens, orders or customers, separated by commas.
    of: String,
}

/// Returns the webhooks about these, whose signatures were verified.
async fn webhooks(State(shop): State<Shop>, Query(wanted): Query<Wanted>) -> Json<Value> {
    let ids: Vec<_> = wanted.of.split(',').collect();
    let mut webhooks = Value::from(shop.0.back_end.webhooks_of(&ids));
    hide_secrets(&mut webhooks);
    Json(webhooks)
}

fn hide_secrets(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match SECRETS.contains(&name.as_str()) {
                    true => *value = "…".into(),
                    false => hide_secrets(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(hide_secrets),
        _ => {}
    }
}

/// Returns a new id for an order of the shop.
fn new_id(prefix: &str) -> Result<String, ShopError> {
    let mut bytes = [0; 8];
    SystemRandom.fill(&mut bytes)?;
    Ok(format!("{prefix}-{}", hex::encode(bytes)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_gets_no_token_of_a_card() {
        let mut webhooks = json!([{"type": "payin.verification.verified", "token": {"tokenId": "tok_1",
            "paymentToken": "secret-1", "name": "411111******1111"}}, {"panToken": "secret-2", "cardToken": "secret-3"}]);
        hide_secrets(&mut webhooks);
        let text = webhooks.to_string();
        assert!(!text.contains("secret"), "{text}");
        assert!(text.contains("tok_1") && text.contains("411111******1111"));
    }
}
