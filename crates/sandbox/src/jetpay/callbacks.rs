//! What callbacks say, and what is unusual in them. Source: docs/jetpay.md, "Callbacks".

use pantoken_jetpay::{Body, LineOrder, NumberText, SecretKey, Variant};
use serde_json::{Value, json};

use super::content_fault::ContentFault;
use super::fault::CallbackFault;
use super::payments::{CallbackOptions, Payment};
use super::platform::Platform;
use super::state::State;
use crate::callback_address::NotificationUrl;
use crate::outbox::Message;

/// Sends what has happened to a payment, unless its request asked for no callbacks.
pub(super) fn send(platform: &Platform, state: &mut State, payment: &Payment, mut body: Value) {
    let options = &payment.callbacks;
    if options.are_disabled {
        return;
    }
    body["project_id"] = json!(platform.settings().project_id.get());
    let fault = state.callback_faults.pop_front();
    let (content, delivery) = match fault {
        Some(CallbackFault::Content(fault)) => (Some(fault), None),
        Some(CallbackFault::Delivery(fault)) => (None, Some(fault)),
        None => (None, None),
    };
    let url = address(platform, options, &body);
    let key = &platform.settings().secret_key;
    if content == Some(ContentFault::UnknownDecline) {
        let mut unknown = body.clone();
        rename(&mut unknown);
        unknown["payment"]["status"] = json!("decline");
        unknown["operation"]["status"] = json!("decline");
        unknown["operation"]["code"] = json!("20000");
        let text = write(key, unknown, None);
        let message = message(url.clone(), "decline", text, options.delay);
        platform.outbox().send(message, None);
    }
    let kind = body["payment"]["status"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let text = write(key, body, content);
    let message = message(url, &kind, text, options.delay);
    platform.outbox().send(message, delivery);
}

/// Sends any body, signed as callbacks are.
pub(super) fn send_any(platform: &Platform, state: &mut State, body: Value) {
    let (content, delivery) = match state.callback_faults.pop_front() {
        Some(CallbackFault::Content(fault)) => (Some(fault), None),
        Some(CallbackFault::Delivery(fault)) => (None, Some(fault)),
        None => (None, None),
    };
    let text = write(&platform.settings().secret_key, body, content);
    let url = platform.settings().callback_url.clone();
    platform
        .outbox()
        .send(message(url, "any", text, 0), delivery);
}

fn message(url: Option<NotificationUrl>, kind: &str, body: String, delay: i64) -> Message {
    Message {
        url,
        kind: kind.to_owned(),
        signature: None,
        body,
        delay,
    }
}

/// Returns where the callback goes. The more specific address wins.
fn address(
    platform: &Platform,
    options: &CallbackOptions,
    body: &Value,
) -> Option<NotificationUrl> {
    let specific = match body["payment"]["status"].as_str() {
        Some("success") => options.success_url.clone(),
        Some("decline" | "error") => options.decline_url.clone(),
        _ => None,
    };
    let url = specific.or_else(|| options.url.clone());
    url.or_else(|| platform.settings().callback_url.clone())
}

/// Writes a body with its signature, and what is unusual in it.
fn write(key: &SecretKey, mut body: Value, fault: Option<ContentFault>) -> String {
    change(&mut body, fault);
    let mut variant = Variant::PLATFORM;
    match fault {
        Some(ContentFault::SortedByBytes) => variant.order = LineOrder::Bytes,
        Some(ContentFault::FloatSum) => variant.numbers = NumberText::Php,
        _ => {}
    }
    let mut signature = sign(key, &body, variant);
    match fault {
        Some(ContentFault::WrongSignature) => signature = sign(key, &json!({}), variant),
        Some(ContentFault::SignatureWithBlanks) => signature = signature.replace('+', " "),
        _ => {}
    }
    if fault == Some(ContentFault::SignatureInGeneral) {
        body["general"] = json!({"signature": signature});
    } else {
        body["signature"] = json!(signature);
    }
    let text = body.to_string();
    match fault {
        Some(ContentFault::EscapedSlashes) => text.replace('/', r"\/"),
        Some(ContentFault::KazakhLetters) => text.replace('Ә', r"\u04d8"),
        _ => text,
    }
}

/// Adds the signature of the platform to an answer.
pub(super) fn signed(key: &SecretKey, mut body: Value, is_in_general: bool) -> Value {
    let signature = sign(key, &body, Variant::PLATFORM);
    if is_in_general {
        body["general"] = json!({"signature": signature});
    } else {
        body["signature"] = json!(signature);
    }
    body
}

/// Signs a body. One that cannot be read is not signed, so that it is refused.
pub(super) fn sign(key: &SecretKey, body: &Value, variant: Variant) -> String {
    let body = Body::parse(body.to_string().as_bytes());
    body.map(|body| key.sign_text(&body.signed_text(variant)))
        .unwrap_or_default()
}

fn change(body: &mut Value, fault: Option<ContentFault>) {
    let remove = |object: &mut Value, name: &str| {
        if let Some(members) = object.as_object_mut() {
            members.remove(name);
        }
    };
    let sums = [
        "/payment/sum",
        "/operation/sum_initial",
        "/operation/sum_converted",
    ];
    let amount = body["payment"]["sum"]["amount"]
        .as_i64()
        .unwrap_or_default();
    let set = |body: &mut Value, name: &str, value: Value| {
        for sum in sums {
            if let Some(sum) = body.pointer_mut(sum) {
                sum[name] = value.clone();
            }
        }
    };
    match fault {
        Some(ContentFault::WithoutAccount) => remove(body, "account"),
        Some(ContentFault::WithoutCustomer) => remove(body, "customer"),
        Some(ContentFault::WithoutOperation) => remove(body, "operation"),
        Some(ContentFault::WithoutSum) => remove(&mut body["payment"], "sum"),
        Some(ContentFault::FloatSum) => {
            // Amounts are far below 2^53.
            #[allow(clippy::cast_precision_loss)]
            set(body, "amount", json!(amount as f64));
        }
        Some(ContentFault::OtherSum) => set(body, "amount", json!(amount.saturating_mul(2))),
        Some(ContentFault::OtherCurrency) => set(body, "currency", json!("RUB")),
        Some(ContentFault::UnknownPayment) => rename(body),
        Some(ContentFault::ManyOperations | ContentFault::SortedByBytes) => {
            let operation = body["operation"].clone();
            body["operations"] = json!(vec![operation; 12]);
        }
        Some(ContentFault::KazakhLetters) => {
            body["payment"]["description"] = json!("Әсел Қонаева, шот №7");
        }
        Some(ContentFault::EscapedSlashes) => {
            body["payment"]["description"] = json!("https://shop.example/a/b");
        }
        _ => {}
    }
}

fn rename(body: &mut Value) {
    let id = body["payment"]["id"].as_str().unwrap_or_default();
    body["payment"]["id"] = json!(format!("unknown-{id}"));
}
