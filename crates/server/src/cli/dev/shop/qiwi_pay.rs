//! An order that is paid on the provider's form in two steps, captured, and given back in part.

use axum::extract::State;
use serde_json::{Value, json};

use super::api::Called;
use super::error::ShopError;
use super::id::Id;
use super::{Shop, new_id};
use crate::cli::dev::ledger::CUSTOMER;

type Answer = Result<Called, ShopError>;

/// Signs the form of a new order. Its answer is what the button's `session` takes.
pub(super) async fn order(State(shop): State<Shop>) -> Answer {
    let body = json!({
        "operation": "auth",
        "orderId": new_id("order")?,
        "amount": amount("10.00"),
        "customer": CUSTOMER,
        "receipt": receipt(INCOME, &[("Tea", "6.00"), ("Book", "4.00")]),
    });
    shop.0.api.post("/v1/qiwi-pay/forms", &body).await
}

pub(super) async fn payment(State(shop): State<Shop>, id: Id) -> Answer {
    let path = format!("/v1/qiwi-pay/payments/{}", id.as_str());
    let mut called = shop.0.api.get(&path).await?;
    super::hide_secrets(&mut called.answer);
    Ok(called)
}

/// Takes the money that the payment holds.
pub(super) async fn capture(State(shop): State<Shop>, id: Id) -> Answer {
    let path = format!("/v1/qiwi-pay/payments/{}/captures/all", id.as_str());
    shop.0.api.put(&path, &json!({})).await
}

/// Gives back the second position of the receipt, with a receipt of its own.
pub(super) async fn refund(State(shop): State<Shop>, id: Id) -> Answer {
    let path = format!("/v1/qiwi-pay/payments/{}/refunds/book", id.as_str());
    let receipt = receipt(INCOME_RETURN, &[("Book", "4.00")]);
    let body = json!({"amount": amount("4.00"), "receipt": receipt});
    shop.0.api.put(&path, &body).await
}

fn amount(value: &str) -> Value {
    json!({"value": value, "currency": "RUB"})
}

/// The customer pays.
const INCOME: u32 = 1;
/// The customer gets money back.
const INCOME_RETURN: u32 = 2;

/// A fiscal receipt of goods with their prices. Their sum is what moves.
fn receipt(cheque_type: u32, goods: &[(&str, &str)]) -> Value {
    let position = |(description, price): &(&str, &str)| {
        json!({"quantity": "1", "price": price, "tax": 6, "description": description, "paymentMethod": 4,
            "paymentSubject": 1})
    };
    json!({
        "sellerId": "3123011520",
        "chequeType": cheque_type,
        "customerContact": "customer-7@shop.example",
        "taxSystem": 1,
        "positions": goods.iter().map(position).collect::<Vec<_>>(),
    })
}
