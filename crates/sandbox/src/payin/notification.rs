//! The notifications that the provider sends, in its words. Source: docs/payin.md, "Notifications".

use serde_json::{Value, json};

use crate::callback_address::NotificationUrl;
use crate::payin::delivery;
use crate::payin::provider::Provider;
use crate::payin::state::State;

pub(crate) fn payment(provider: &Provider, state: &mut State, mut payment: Value) {
    let url = url_of_payment(state, &payment);
    translate_status(&mut payment);
    if let Some(object) = payment.as_object_mut() {
        for only_in_answers in ["capturedAmount", "refundedAmount", "callbackUrl"] {
            object.remove(only_in_answers);
        }
        if let Some(mut token) = object.remove("createdToken") {
            let data = json!({
                "paymentToken": token["token"].take(), "expiredDate": token["expiredDate"].take(),
            });
            object.insert("tokenData".to_owned(), data);
        }
    }
    payment["type"] = json!("PAYMENT");
    add(provider, state, "PAYMENT", "payment", &payment, url);
}

/// Tells the outcome of a capture, a refund or a payout. `kind` is its type.
pub(crate) fn of_payment(
    provider: &Provider,
    state: &mut State,
    payment_id: &str,
    kind: &'static str,
    mut object: Value,
) {
    let own_url = object["callbackUrl"].take();
    object["paymentId"] = json!(payment_id);
    object["type"] = json!(kind);
    if let Some(members) = object.as_object_mut() {
        members.remove("callbackUrl");
    }
    if kind == "PAYOUT" {
        let is_completed = object["status"]["value"] == "COMPLETED";
        object["status"]["value"] = json!(if is_completed { "SUCCESS" } else { "DECLINED" });
    } else {
        translate_status(&mut object);
    }
    let payment = state.payments.get(payment_id);
    let payment = payment.map_or(Value::Null, |payment| payment.object.clone());
    let url = read_url(&own_url).or_else(|| url_of_payment(state, &payment));
    let member = match kind {
        "CAPTURE" => "capture",
        "REFUND" => "refund",
        _ => "payout",
    };
    add(provider, state, kind, member, &object, url);
}

pub(crate) fn check(provider: &Provider, state: &mut State, id: &str, check: &Value) {
    let url = url_of_bill(state, id);
    let mut check = check.clone();
    check["merchantSiteUid"] = json!(provider.settings().site_id.as_str());
    add(
        provider,
        state,
        "CHECK_CARD",
        "checkPaymentMethod",
        &check,
        url,
    );
}

/// Tells that a token of the faster payments system was issued or refused.
pub(crate) fn token(provider: &Provider, state: &mut State, mut token: Value) {
    token["merchantSiteUid"] = json!(provider.settings().site_id.as_str());
    add(provider, state, "TOKEN", "token", &token, None);
}

/// Writes a status as notifications do.
fn translate_status(object: &mut Value) {
    let is_declined = object["status"]["value"] == "DECLINED";
    object["status"]["value"] = json!(if is_declined { "DECLINE" } else { "SUCCESS" });
    if let Some(status) = object["status"].as_object_mut()
        && let Some(reason) = status.remove("reason")
    {
        status.insert("reasonCode".to_owned(), reason);
    }
}

fn read_url(url: &Value) -> Option<NotificationUrl> {
    NotificationUrl::parse(url.as_str()?).ok()
}

fn url_of_payment(state: &State, payment: &Value) -> Option<NotificationUrl> {
    let bill_id = payment["billId"].as_str().unwrap_or_default();
    read_url(&payment["callbackUrl"]).or_else(|| url_of_bill(state, bill_id))
}

fn url_of_bill(state: &State, bill_id: &str) -> Option<NotificationUrl> {
    let bill = state.bills.get(bill_id)?;
    read_url(&bill.object["customFields"]["invoice_callback_url"])
}

fn add(
    provider: &Provider,
    state: &mut State,
    kind: &'static str,
    member: &str,
    object: &Value,
    url: Option<NotificationUrl>,
) {
    let settings = provider.settings();
    let signature = settings.notification_key.sign(&signed_text(kind, object));
    let mut body = json!({member: object, "type": kind, "version": "1"});
    // In notifications the provider writes amounts as numbers, and not padded.
    let amount = object["amount"]["value"].as_str();
    if let Some(number) = amount.and_then(|text| serde_json::from_str::<Value>(text).ok()) {
        body[member]["amount"]["value"] = number;
    }
    let method = object["paymentMethod"]["type"].as_str().unwrap_or_default();
    // The provider's samples have this key twice.
    let once = r#""paymentMethod":{"#;
    let twice = format!(r#"{once}"type":"{method}","#);
    let body = body.to_string().replacen(once, &twice, 1);
    let url = url.or_else(|| settings.notification_url.clone());
    delivery::start(provider, state, kind, url, signature, body);
}

/// Source: docs/payin.md, "Notifications".
fn signed_text(kind: &str, object: &Value) -> String {
    let fields: &[&str] = match kind {
        "CHECK_CARD" => &["/requestUid", "/checkOperationDate"],
        "TOKEN" => &[
            "/merchantSiteUid",
            "/account",
            "/status/value",
            "/status/changedDateTime",
        ],
        "CAPTURE" => &["/captureId", "/createdDateTime", "/amount/value"],
        "REFUND" => &["/refundId", "/createdDateTime", "/amount/value"],
        "PAYOUT" => &["/payoutId", "/createdDateTime", "/amount/value"],
        _ => &["/paymentId", "/createdDateTime", "/amount/value"],
    };
    let text = |field: &&str| object.pointer(field).and_then(Value::as_str);
    let texts: Vec<_> = fields
        .iter()
        .map(|field| text(field).unwrap_or_default())
        .collect();
    texts.join("|")
}
