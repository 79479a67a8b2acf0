//! Payouts to wallets. Source: docs/jetpay.md, "Payouts".

use pantoken_jetpay::Body;
use serde_json::{Value, json};

use super::gate_body::{Fields, check_signature};
use super::outcome::Outcome;
use super::payments::{CallbackOptions, Kind, Payment};
use super::platform::Platform;
use super::progress;
use super::refusal::Refusal;
use crate::callback_address::NotificationUrl;

/// Takes a payout. It is under way then, and not paid.
pub(super) fn create(platform: &Platform, body: &Body) -> Result<Value, Refusal> {
    let payment = read(platform, body)?;
    check_signature(platform, body)?;
    let mut state = platform.state();
    let key = payment.id.to_lowercase();
    if state.payments.contains_key(&key) {
        return Err(Refusal::Duplicate);
    }
    let answer = json!({
        "status": "success",
        "request_id": payment.request_id,
        "project_id": platform.settings().project_id.get(),
        "payment_id": payment.id,
    });
    let steps = Outcome::of_account(&payment.account).steps();
    state.execute("payout", &payment);
    state
        .requests
        .insert(payment.request_id.clone(), key.clone());
    state.payments.insert(key.clone(), payment);
    let time = platform.now() + i64::from(state.payout_time);
    progress::plan(platform, &mut state, &key, steps, time);
    Ok(answer)
}

fn read(platform: &Platform, body: &Body) -> Result<Payment, Refusal> {
    let mut fields = Fields::of(body);
    fields.project(platform, "general.project_id");
    let payment = Payment {
        id: fields.payment_id(),
        kind: Kind::Payout,
        status: "processing",
        minor_units: fields.amount(),
        currency: "KZT".to_owned(),
        description: fields
            .optional("payment.description", 255)
            .unwrap_or_default(),
        account: fields.text("account.number", 100),
        customer: fields.text("customer.id", 255),
        date: platform.now(),
        request_id: platform.uuid().map_err(|_| Refusal::Internal)?,
        operations: Vec::new(),
        errors: Vec::new(),
        callbacks: read_options(&mut fields),
    };
    fields.currency();
    for name in [
        "customer.first_name",
        "customer.last_name",
        "customer.email",
    ] {
        fields.text(name, 255);
    }
    let address = fields.text("customer.ip_address", 255);
    if !address.is_empty() && address.parse::<std::net::IpAddr>().is_err() {
        fields.refuse("customer.ip_address", "2004");
    }
    fields.finish()?;
    Ok(payment)
}

fn read_options(fields: &mut Fields<'_>) -> CallbackOptions {
    let mut url = |path: &'static str| {
        let text = fields.optional(path, 255)?;
        let url = NotificationUrl::parse(&text).ok();
        if url.is_none() {
            fields.refuse(path, "2004");
        }
        url
    };
    CallbackOptions {
        url: url("general.merchant_callback_url"),
        success_url: url("general.merchant_success_callback_url"),
        decline_url: url("general.merchant_decline_callback_url"),
        delay: fields.optional_number("callback.delay", 600) * 1_000,
        are_disabled: fields.flag("callback.force_disable"),
    }
}
