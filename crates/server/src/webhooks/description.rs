//! The webhooks in the OpenAPI document.

use serde_json::{Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{OpenApi, ToSchema};

use super::SIGNATURE_HEADER;
use super::event::Event;
use crate::http::enumerations::open;

/// The schemas of what is sent.
#[derive(OpenApi)]
#[openapi(components(schemas(Event<'static>, OperationEvent)))]
pub(crate) struct Schemas;

/// What each event about an operation has, beside the fields that `GET` of the operation returns.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", example = json!({"id": "evt_5f6de2bb1ee74c67a4ec5b7ae1b1bd4c",
    "type": "jetpay.deposit.paid", "occurredAt": "2025-06-01T12:00:00Z", "live": true}))]
#[allow(dead_code)]
struct OperationEvent {
    /// The same whenever the event is sent again.
    id: String,
    #[schema(schema_with = operation_event_types)]
    r#type: String,
    #[schema(format = "date-time")]
    occurred_at: String,
    /// Whether the money is real.
    live: bool,
    /// Why a person should look at it, in an event whose type ends with `.attention`.
    #[schema(nullable = false)]
    reason: Option<String>,
}

fn operation_event_types() -> RefOr<Schema> {
    open([
        "jetpay.deposit.paid",
        "jetpay.deposit.declined",
        "jetpay.deposit.attention",
        "jetpay.payout.paid",
        "jetpay.payout.declined",
        "jetpay.payout.attention",
    ])
}

/// Returns what the server sends to the agent's back end.
pub(crate) fn describe() -> Value {
    let session = json!({"$ref": "#/components/schemas/SessionEvent"});
    let operation = |name: &str| {
        json!({"allOf": [
            {"$ref": "#/components/schemas/OperationEvent"},
            {"$ref": format!("#/components/schemas/{name}")},
        ]})
    };
    json!({
        "session": webhook("receiveSessionEvent", "a2c", "Tells the agent's back end that a result was recorded", &session),
        "jetpayDeposit": webhook(
            "receiveJetpayDepositEvent",
            "jetpay",
            "Tells the agent's back end what became of a deposit",
            &operation("JetpayDeposit"),
        ),
        "jetpayPayout": webhook(
            "receiveJetpayPayoutEvent",
            "jetpay",
            "Tells the agent's back end what became of a payout",
            &operation("JetpayPayout"),
        ),
    })
}

fn webhook(operation_id: &str, tag: &str, summary: &str, schema: &Value) -> Value {
    let text = json!({"type": "string"});
    let header = |name, description| {
        json!({
            "name": name, "in": "header", "required": true, "schema": text, "description": description
        })
    };
    json!({"post": {
        "operationId": operation_id,
        "summary": summary,
        "tags": [tag],
        "parameters": [
            header(SIGNATURE_HEADER, "`t=`, the time in Unix seconds, and `v1=`, the HMAC-SHA256 in hexadecimal."),
            header("webhook-id", "The `id` of the event."),
            header("webhook-timestamp", "The time in Unix seconds."),
            header("webhook-signature", "`v1,` and the HMAC-SHA256 in base64, by Standard Webhooks."),
        ],
        "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": schema}},
        },
        "responses": {"2XX": {"description": "The event is stored. Any other response makes the server send it again."}},
    }})
}
