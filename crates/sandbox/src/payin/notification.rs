//! The notifications that the provider would send, in the order in which it would. The control API lists them.

use serde_json::{Value, json};

use crate::payin::provider::Provider;
use crate::payin::state::State;

pub(crate) fn payment(provider: &Provider, state: &mut State, mut payment: Value) {
    let url = payment["callbackUrl"].take();
    let declined = payment["status"]["value"] == "DECLINED";
    payment["status"]["value"] = json!(if declined { "DECLINE" } else { "SUCCESS" });
    if let Some(status) = payment["status"].as_object_mut()
        && let Some(reason) = status.remove("reason")
    {
        status.insert("reasonCode".to_owned(), reason);
    }
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
    add(provider, state, "PAYMENT", "payment", &payment, &url);
}

pub(crate) fn capture(provider: &Provider, state: &mut State, payment_id: &str, capture: &Value) {
    add_of_payment(
        provider,
        state,
        payment_id,
        "CAPTURE",
        "capture",
        capture.clone(),
    );
}

pub(crate) fn refund(provider: &Provider, state: &mut State, payment_id: &str, refund: &Value) {
    add_of_payment(
        provider,
        state,
        payment_id,
        "REFUND",
        "refund",
        refund.clone(),
    );
}

fn add_of_payment(
    provider: &Provider,
    state: &mut State,
    payment_id: &str,
    kind: &str,
    member: &str,
    mut object: Value,
) {
    object["paymentId"] = json!(payment_id);
    object["type"] = json!(kind);
    object["status"]["value"] = json!("SUCCESS");
    let payment = state.payments.get(payment_id);
    let url = payment.map_or(Value::Null, |payment| payment.object["callbackUrl"].clone());
    add(provider, state, kind, member, &object, &url);
}

pub(crate) fn check(provider: &Provider, state: &mut State, id: &str, check: &Value) {
    let bill = state.bills.get(id);
    let url = bill.map_or(Value::Null, |bill| {
        bill.object["customFields"]["invoice_callback_url"].clone()
    });
    add(
        provider,
        state,
        "CHECK_CARD",
        "checkPaymentMethod",
        check,
        &url,
    );
}

fn add(
    provider: &Provider,
    state: &mut State,
    kind: &str,
    member: &str,
    object: &Value,
    url: &Value,
) {
    let signature = provider
        .settings()
        .notification_key
        .sign(&signed_text(member, object));
    let mut body = json!({member: object, "type": kind, "version": "1"});
    // In notifications the provider writes amounts as numbers, and not padded.
    let amount = object["amount"]["value"].as_str();
    if let Some(number) = amount.and_then(|text| serde_json::from_str::<Value>(text).ok()) {
        body[member]["amount"]["value"] = number;
    }
    state.notifications.push(json!({
        "url": url,
        "signature": signature,
        "body": body.to_string(),
    }));
}

/// Source: docs/payin.md, "Notifications".
fn signed_text(member: &str, object: &Value) -> String {
    let text = |pointer| {
        object
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let id = match member {
        "checkPaymentMethod" => {
            return [text("/requestUid"), text("/checkOperationDate")].join("|");
        }
        "capture" => text("/captureId"),
        "refund" => text("/refundId"),
        _ => text("/paymentId"),
    };
    [id, text("/createdDateTime"), text("/amount/value")].join("|")
}
