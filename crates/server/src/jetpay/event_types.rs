//! The types of events that JetPay's operations send, for the OpenAPI document.

use serde_json::json;
use utoipa::ToSchema;

use super::describe::{DepositView, PayoutView};
use super::{deposit, payout};
use crate::webhooks::description::EventType;

/// Returns every type of event.
pub(crate) fn all() -> Vec<EventType> {
    let mut all = of_kind::<DepositView>(deposit::KIND);
    all.extend(of_kind::<PayoutView>(payout::KIND));
    all
}

fn of_kind<T: ToSchema>(kind: &str) -> Vec<EventType> {
    let states = ["paid", "declined", "attention"];
    let event = |state| {
        let fields = match state {
            "attention" => json!({"state": state, "reason": "AMOUNT_MISMATCH"}),
            _ => json!({"state": state}),
        };
        EventType::of::<T>("jetpay", &format!("{kind}.{state}"), &fields)
    };
    states.map(event).into()
}
