//! Verifies a card, charges its token, gives the money back and deletes the token.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::Called;
use super::error::ShopError;
use super::id::Id;
use super::{Shop, hide_secrets, new_id};
use crate::cli::dev::ledger::CUSTOMER;

type Answer = Result<Called, ShopError>;

#[derive(Deserialize)]
pub(super) struct Visitor {
    language: String,
}

/// Creates a verification for the customer who is logged in. Its answer is what the element's `session` takes.
pub(super) async fn verify(State(shop): State<Shop>, Json(visitor): Json<Visitor>) -> Answer {
    let body = json!({"customer": CUSTOMER, "language": visitor.language});
    shop.0.api.post("/v1/payin/verifications", &body).await
}

/// Returns a verification without its token, of which the page gets the name.
pub(super) async fn verification(State(shop): State<Shop>, id: Id) -> Answer {
    let path = format!("/v1/payin/verifications/{}", id.as_str());
    let mut called = shop.0.api.get(&path).await?;
    hide_secrets(&mut called.answer);
    Ok(called)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Token {
    token_id: String,
}

/// Charges a token. The price is the shop's: a page could name any.
pub(super) async fn charge(State(shop): State<Shop>, Json(token): Json<Token>) -> Answer {
    let token_id = Id::parse(&token.token_id)?;
    let path = format!("/v1/payin/payments/{}", new_id("order")?);
    let body = json!({"customer": CUSTOMER, "tokenId": token_id.as_str(), "amount": price()});
    shop.0.api.put(&path, &body).await
}

/// Gives back all of a payment, once.
pub(super) async fn refund(State(shop): State<Shop>, id: Id) -> Answer {
    let path = format!("/v1/payin/payments/{}/refunds/all", id.as_str());
    shop.0.api.put(&path, &json!({"amount": price()})).await
}

pub(super) async fn delete_token(State(shop): State<Shop>, id: Id) -> Answer {
    let path = format!("/v1/payin/customers/{CUSTOMER}/tokens/{}", id.as_str());
    shop.0.api.delete(&path).await
}

fn price() -> Value {
    json!({"value": "10.00", "currency": "RUB"})
}
