//! The types of events that operations send.

use crate::webhooks::description::EventType;
use crate::{jetpay, payin, qiwi_pay};

/// Returns the types of every provider.
pub(crate) fn all() -> Vec<EventType> {
    let mut all = payin::event_types::all();
    all.extend(jetpay::event_types::all());
    all.extend(qiwi_pay::event_types::all());
    all
}
