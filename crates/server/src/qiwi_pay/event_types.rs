//! The types of events that qiwi-pay's operations send, for the OpenAPI document.

use serde_json::json;
use utoipa::ToSchema;

use super::described::{PartView, PaymentView, PayoutView};
use super::{part, payment};
use crate::webhooks::description::EventType;

/// Returns every type of event.
pub(crate) fn all() -> Vec<EventType> {
    let mut all = of_kind::<PaymentView>(payment::KIND, &["authorized", "captured", "declined"]);
    for kind in [part::CAPTURE, part::REVERSAL, part::REFUND] {
        all.extend(of_kind::<PartView>(kind, &["completed", "declined"]));
    }
    all.extend(of_kind::<PayoutView>(
        part::PAYOUT,
        &["completed", "declined"],
    ));
    all
}

fn of_kind<T: ToSchema>(kind: &str, states: &[&str]) -> Vec<EventType> {
    let event = |state: &&str| {
        let fields = json!({"state": state});
        EventType::of::<T>("qiwi-pay", &format!("{kind}.{state}"), &fields)
    };
    let attention = json!({"reason": "AMOUNT_MISMATCH"});
    let attention = EventType::of::<T>("qiwi-pay", &format!("{kind}.attention"), &attention);
    states.iter().map(event).chain([attention]).collect()
}
