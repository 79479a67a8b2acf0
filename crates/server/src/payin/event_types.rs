//! The types of events that payin's operations send, for the OpenAPI document.

use serde_json::json;
use utoipa::{OpenApi, ToSchema};

use super::describe::{BillView, PartView, PaymentView, QrCodeView, VerificationView};
use super::payment::CONTRADICTION;
use super::token::Token;
use super::{bill, part, payment, qr_code, verification};
use crate::webhooks::description::EventType;

/// The schemas of events that no call returns.
#[derive(OpenApi)]
#[openapi(components(schemas(DeletedToken, RejectedToken)))]
pub(crate) struct Schemas;

/// A payment token that was deleted.
#[derive(ToSchema)]
#[schema(example = json!({"tokenId": "tok_30747e05edc6a931833378481131e49c", "customer": "customer-7",
    "state": "deleted"}))]
#[schema(as = DeletedPayinToken, rename_all = "camelCase")]
#[expect(
    dead_code,
    reason = "describes an event, which is written field by field"
)]
struct DeletedToken {
    token_id: String,
    customer: String,
    state: String,
}

/// A payment token that the customer or the bank refused to issue for a QR code.
#[derive(ToSchema)]
#[schema(example = json!({"qrCodeUid": "order-7", "customer": "customer-7", "state": "rejected"}))]
#[schema(as = RejectedPayinToken, rename_all = "camelCase")]
#[expect(
    dead_code,
    reason = "describes an event, which is written field by field"
)]
struct RejectedToken {
    qr_code_uid: String,
    customer: String,
    state: String,
}

const TAG: &str = "payin";

/// Returns every type of event.
pub(crate) fn all() -> Vec<EventType> {
    let mut all = Vec::new();
    for state in ["verified", "refused", "failed", "expired"] {
        let event = in_state::<VerificationView>(verification::KIND, state);
        all.push(match state {
            "verified" => event,
            _ => event.without("token"),
        });
    }
    all.push(in_state::<PaymentView>(payment::KIND, "captured"));
    for state in ["authorized", "declined"] {
        let nothing = json!({"value": "0.00", "currency": "RUB"});
        let fields = json!({"state": state, "capturedAmount": nothing});
        let kind = format!("{}.{state}", payment::KIND);
        all.push(EventType::of::<PaymentView>(TAG, &kind, &fields));
    }
    for state in ["completed", "declined"] {
        let fields = json!({"state": state, "captureId": "capture-1"});
        let kind = format!("{}.{state}", part::CAPTURE);
        all.push(EventType::of::<PartView>(TAG, &kind, &fields).without("refundId"));
        all.push(in_state::<PartView>(part::REFUND, state));
    }
    for state in ["paid", "expired", "declined"] {
        all.push(in_state::<BillView>(bill::KIND, state));
    }
    for state in ["paid", "declined", "expired"] {
        all.push(in_state::<QrCodeView>(qr_code::KIND, state));
    }
    all.extend(tokens());
    all.push(attention::<VerificationView>(verification::KIND).without("token"));
    all.push(attention::<PaymentView>(payment::KIND));
    all.push(attention::<PartView>(part::CAPTURE));
    all.push(attention::<PartView>(part::REFUND));
    all.push(attention::<BillView>(bill::KIND));
    all.push(attention::<QrCodeView>(qr_code::KIND));
    all
}

fn in_state<T: ToSchema>(kind: &str, state: &str) -> EventType {
    EventType::of::<T>(TAG, &format!("{kind}.{state}"), &json!({"state": state}))
}

fn attention<T: ToSchema>(kind: &str) -> EventType {
    let fields = json!({"reason": CONTRADICTION});
    EventType::of::<T>(TAG, &format!("{kind}.attention"), &fields)
}

fn tokens() -> [EventType; 3] {
    let issued = json!({"customer": "customer-7", "state": "active"});
    [
        EventType::of::<Token>(TAG, "payin.token.created", &issued),
        EventType::of::<RejectedToken>(TAG, "payin.token.rejected", &json!({})),
        EventType::of::<DeletedToken>(TAG, "payin.token.deleted", &json!({})),
    ]
}
