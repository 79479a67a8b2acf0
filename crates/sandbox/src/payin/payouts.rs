//! Payouts. Source: docs/payin.md, "Calls".

use axum::http::HeaderMap;
use pantoken_core::is_card_number;
use serde_json::{Value, json};

use crate::payin::body::Body;
use crate::payin::card::masked;
use crate::payin::notification;
use crate::payin::provider::Provider;
use crate::payin::refusal::Refusal;
use crate::payin::state::{Payout, PayoutProgress, State, amount, date, without_nulls};

/// How long a payout waits before its outcome, unless somebody asks for it before, in milliseconds.
const WAIT: i64 = 3_000;

/// Creates a payout, or returns the one of this id.
pub(crate) fn create(
    provider: &Provider,
    state: &mut State,
    (payment_id, id): (&str, &str),
    headers: &HeaderMap,
    body: &Body,
) -> Result<Value, Refusal> {
    let signature = headers.get("X-Digital-Sign");
    let key = provider.settings().payout_key.as_ref();
    let is_signed = match key {
        Some(key) => signature.is_some_and(|it| key.verifies(&body.bytes, it.as_bytes())),
        None => signature.is_some(),
    };
    if !is_signed {
        return Err(Refusal::Field(
            "X-Digital-Sign",
            "Invalid digital signature",
        ));
    }
    let key = (payment_id.to_owned(), id.to_owned());
    if !state.payouts.contains_key(&key) {
        let payout = new_payout(provider, state, id, body)?;
        state.execute("payout", id, &payout.object["amount"]);
        state.payouts.insert(key.clone(), payout);
        advance(provider, state, &key);
    }
    find(state, &key)
}

fn new_payout(
    provider: &Provider,
    state: &State,
    id: &str,
    body: &Body,
) -> Result<Payout, Refusal> {
    let minor_units = body.amount_of_any_size()?;
    body.check_url("callbackUrl", "/callbackUrl")?;
    let now = provider.now();
    let object = json!({
        "payoutId": id,
        "createdDateTime": date(now),
        "amount": amount(minor_units, &json!("RUB")),
        "receiverData": receiver(body)?,
        "comment": body.json["comment"],
        "callbackUrl": body.json["callbackUrl"],
        "flags": ["TEST"],
    });
    let (is_success, waits) = match minor_units {
        200 | 20_000 => (true, true),
        510 | 51_000 => (false, true),
        _ => (false, false),
    };
    Ok(Payout {
        object: without_nulls(object),
        progress: match state.two_step_payouts {
            true => PayoutProgress::Init { is_success, waits },
            false => PayoutProgress::confirmed(is_success, waits),
        },
        changed: now,
    })
}

/// Reads the receiver, and masks what must not be shown.
fn receiver(body: &Body) -> Result<Value, Refusal> {
    let mut receiver = body.json["receiverData"].clone();
    let text = |name: &str| receiver[name].as_str().unwrap_or_default().to_owned();
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match text("type").as_str() {
        "CARD" => {
            let pan = text("pan");
            if !is_card_number(&pan) || !is_number(&pan) {
                return Err(Refusal::Field("receiverData.pan", "Invalid card number"));
            }
            receiver["pan"] = json!(masked(&pan));
            Ok(receiver)
        }
        "SBP" => {
            let (phone, bank) = (text("phone"), text("bankMemberId"));
            if !(11..=13).contains(&phone.len()) || !is_number(&phone) {
                return Err(Refusal::Field("receiverData.phone", "Invalid phone"));
            }
            if bank.len() != 12 || !is_number(&bank) {
                return Err(Refusal::Field("receiverData.bankMemberId", "Invalid bank"));
            }
            Ok(receiver)
        }
        _ => Err(Refusal::Field("receiverData.type", "Unknown type")),
    }
}

/// Confirms a payout of two steps. A repetition changes nothing.
pub(crate) fn complete(
    provider: &Provider,
    state: &mut State,
    payment_id: &str,
    id: &str,
) -> Result<Value, Refusal> {
    let key = (payment_id.to_owned(), id.to_owned());
    if !state.two_step_payouts {
        return Err(Refusal::WrongState("The payout has one step"));
    }
    let payout = state.payouts.get_mut(&key).ok_or(Refusal::NotFound)?;
    if let PayoutProgress::Init { is_success, waits } = payout.progress {
        payout.changed = provider.now();
        payout.progress = PayoutProgress::confirmed(is_success, waits);
        state.execute("payout-completion", id, &Value::Null);
        advance(provider, state, &key);
    }
    find(state, &key)
}

/// Returns a payout. In test mode, one that waits has its outcome as soon as it is asked for.
pub(crate) fn get(
    provider: &Provider,
    state: &mut State,
    payment_id: &str,
    id: &str,
) -> Result<Value, Refusal> {
    let key = (payment_id.to_owned(), id.to_owned());
    settle(provider, state, &key);
    find(state, &key)
}

fn find(state: &State, key: &(String, String)) -> Result<Value, Refusal> {
    let payout = state.payouts.get(key);
    payout.map(describe).ok_or(Refusal::NotFound)
}

/// Tells the outcome, now or later.
fn advance(provider: &Provider, state: &mut State, key: &(String, String)) {
    match state.payouts.get(key).map(|payout| payout.progress) {
        Some(PayoutProgress::Done { .. }) => tell(provider, state, key),
        Some(PayoutProgress::Waiting { .. }) => {
            let key = key.clone();
            provider.later(provider.now() + WAIT, move |provider, state| {
                settle(provider, state, &key);
            });
        }
        _ => {}
    }
}

fn settle(provider: &Provider, state: &mut State, key: &(String, String)) {
    if let Some(payout) = state.payouts.get_mut(key)
        && let PayoutProgress::Waiting { is_success } = payout.progress
    {
        payout.progress = PayoutProgress::Done { is_success };
        payout.changed = provider.now();
        tell(provider, state, key);
    }
}

fn tell(provider: &Provider, state: &mut State, key: &(String, String)) {
    if let Some(payout) = state.payouts.get(key) {
        let told = describe(payout);
        notification::of_payment(provider, state, &key.0, "PAYOUT", told);
    }
}

fn describe(payout: &Payout) -> Value {
    let mut object = payout.object.clone();
    object["status"] = match payout.progress {
        PayoutProgress::Init { .. } => json!({"value": "INIT"}),
        PayoutProgress::Waiting { .. } => json!({"value": "WAITING"}),
        PayoutProgress::Done { is_success: true } => json!({"value": "COMPLETED"}),
        PayoutProgress::Done { is_success: false } => {
            json!({"value": "DECLINED", "reason": "DECLINED_BY_PAYOUT_GATEWAY"})
        }
    };
    object["status"]["changedDateTime"] = json!(date(payout.changed));
    object
}
