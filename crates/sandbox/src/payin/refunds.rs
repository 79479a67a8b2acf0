use serde_json::{Value, json};

use crate::payin::body::Body;
use crate::payin::notification;
use crate::payin::payments::settle;
use crate::payin::provider::Provider;
use crate::payin::refusal::Refusal;
use crate::payin::state::{Progress, State, amount, date};

/// Gives money back, or returns the refund of this id.
pub(crate) fn create(
    provider: &Provider,
    state: &mut State,
    payment_id: &str,
    refund_id: &str,
    body: &Body,
) -> Result<Value, Refusal> {
    body.check_url("callbackUrl", "/callbackUrl")?;
    settle(provider, state, payment_id)?;
    let payment = state
        .payments
        .get_mut(payment_id)
        .ok_or(Refusal::NotFound)?;
    if let Some(refund) = payment.refunds.get(refund_id) {
        return Ok(refund.clone());
    }
    let minor_units = body.amount_of_any_size()?;
    if payment.progress != Progress::Done(Ok(())) {
        return Err(Refusal::WrongState("The payment is not completed"));
    }
    if payment.refunded + minor_units > payment.minor_units {
        return Err(Refusal::Field(
            "amount",
            "Refund amount exceeds the payment's rest",
        ));
    }
    payment.refunded += minor_units;
    let flags = if payment.captured {
        json!([])
    } else {
        json!(["REVERSAL"])
    };
    let now = date(provider.now());
    let refund = json!({
        "refundId": refund_id,
        "createdDateTime": now,
        "amount": amount(minor_units, &json!("RUB")),
        "status": {"value": "COMPLETED", "changedDateTime": now},
        "flags": flags,
    });
    payment.refunds.insert(refund_id.to_owned(), refund.clone());
    state.execute("refund", refund_id, &refund["amount"]);
    let mut told = refund.clone();
    told["callbackUrl"] = body.json["callbackUrl"].clone();
    notification::of_payment(provider, state, payment_id, "REFUND", told);
    Ok(refund)
}

pub(crate) fn get(state: &State, payment_id: &str, refund_id: &str) -> Result<Value, Refusal> {
    let payment = state.payments.get(payment_id).ok_or(Refusal::NotFound)?;
    payment
        .refunds
        .get(refund_id)
        .cloned()
        .ok_or(Refusal::NotFound)
}

pub(crate) fn list(state: &State, payment_id: &str) -> Result<Value, Refusal> {
    let payment = state.payments.get(payment_id).ok_or(Refusal::NotFound)?;
    Ok(payment.refunds.values().cloned().collect())
}
