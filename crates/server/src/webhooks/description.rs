//! The webhooks in the OpenAPI document.

use serde_json::{Value, json};
use utoipa::OpenApi;

use super::SIGNATURE_HEADER;
use super::event::Event;

/// The schemas of what is sent.
#[derive(OpenApi)]
#[openapi(components(schemas(Event<'static>)))]
pub(crate) struct Schemas;

/// Returns what the server sends to the agent's back end.
pub(crate) fn describe() -> Value {
    let text = json!({"type": "string"});
    let header = |name, description| {
        json!({
            "name": name, "in": "header", "required": true, "schema": text, "description": description
        })
    };
    json!({"session": {"post": {
        "operationId": "receiveSessionEvent",
        "summary": "Tells the agent's back end that a result was recorded",
        "tags": ["a2c"],
        "parameters": [
            header(SIGNATURE_HEADER, "`t=`, the time in Unix seconds, and `v1=`, the HMAC-SHA256 in hexadecimal."),
            header("webhook-id", "The `id` of the event."),
            header("webhook-timestamp", "The time in Unix seconds."),
            header("webhook-signature", "`v1,` and the HMAC-SHA256 in base64, by Standard Webhooks."),
        ],
        "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/SessionEvent"}}},
        },
        "responses": {"2XX": {"description": "The event is stored. Any other response makes the server send it again."}},
    }}})
}
