use serde_json::{Value, json};

use crate::payin::body::Body;
use crate::payin::notification;
use crate::payin::payments::settle;
use crate::payin::provider::Provider;
use crate::payin::refusal::Refusal;
use crate::payin::state::{Progress, State, date};

/// Captures the whole sum of a payment, or returns the capture of this id.
pub(crate) fn create(
    provider: &Provider,
    state: &mut State,
    payment_id: &str,
    capture_id: &str,
    body: &Body,
) -> Result<Value, Refusal> {
    body.check_url("callbackUrl", "/callbackUrl")?;
    settle(provider, state, payment_id)?;
    let payment = state
        .payments
        .get_mut(payment_id)
        .ok_or(Refusal::NotFound)?;
    if let Some(capture) = payment.captures.get(capture_id) {
        return Ok(capture.clone());
    }
    if payment.captured {
        let text = "Successful capture already done for this payment";
        return Err(Refusal::WrongState(text));
    }
    if payment.progress != Progress::Done(Ok(())) || payment.refunded > 0 {
        return Err(Refusal::WrongState("The payment is not authorized"));
    }
    payment.captured = true;
    let now = date(provider.now());
    let capture = json!({
        "captureId": capture_id,
        "createdDateTime": now,
        "amount": payment.object["amount"],
        "status": {"value": "COMPLETED", "changedDateTime": now},
    });
    payment
        .captures
        .insert(capture_id.to_owned(), capture.clone());
    state.execute("capture", capture_id, &capture["amount"]);
    let mut told = capture.clone();
    told["callbackUrl"] = body.json["callbackUrl"].clone();
    notification::of_payment(provider, state, payment_id, "CAPTURE", told);
    Ok(capture)
}

pub(crate) fn get(state: &State, payment_id: &str, capture_id: &str) -> Result<Value, Refusal> {
    let payment = state.payments.get(payment_id).ok_or(Refusal::NotFound)?;
    let capture = payment.captures.get(capture_id);
    capture.cloned().ok_or(Refusal::NotFound)
}
