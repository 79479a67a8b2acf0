//! The account that kiosks fill, and payouts from it.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::Called;
use super::error::ShopError;
use super::{Shop, new_id};
use crate::cli::dev::ledger::{CURRENCY, CUSTOMER};

/// 1,000.00 tenge, in minor units.
const PAYOUT: i64 = 100_000;
const MAX_DIGITS: usize = 15;

/// Returns the account as it is now, and where the kiosk is.
pub(super) async fn account(State(shop): State<Shop>) -> Json<Value> {
    Json(json!({
        "customer": CUSTOMER,
        "balance": shop.0.back_end.ledger().balance(),
        "currency": CURRENCY,
        "payout": PAYOUT,
        "kioskUrl": shop.0.kiosk_url,
    }))
}

#[derive(Deserialize)]
pub(super) struct Recipient {
    account: String,
}

/// Pays out to a wallet. The money is off the account before the server is asked, and on it again if nothing is paid.
pub(super) async fn pay_out(
    State(shop): State<Shop>,
    Json(Recipient { account }): Json<Recipient>,
) -> Result<Called, ShopError> {
    let is_number = account.bytes().all(|byte| byte.is_ascii_digit());
    if !(1..=MAX_DIGITS).contains(&account.len()) || !is_number {
        return Err(ShopError::Invalid("a wallet's number has 1 to 15 digits"));
    }
    let (api, ledger) = (&shop.0.api, shop.0.back_end.ledger());
    let id = new_id("payout")?;
    if !ledger.hold(&id, PAYOUT) {
        return Err(ShopError::BalanceTooLow);
    }
    let body = json!({
        "customer": {"id": CUSTOMER, "ipAddress": "127.0.0.1", "firstName": "Demo", "lastName": "Customer",
            "email": "customer-7@shop.example"},
        "account": account,
        "amount": PAYOUT,
    });
    // Without an answer the payout may have been made, so its money stays off the account.
    let called = api.put(&format!("/v1/jetpay/payouts/{id}"), &body).await?;
    if (400..500).contains(&called.status) {
        ledger.release(&id);
    }
    Ok(called)
}
