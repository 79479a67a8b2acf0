//! The webhooks in the OpenAPI document.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{OpenApi, PartialSchema, ToSchema};

use super::SIGNATURE_HEADER;
use super::event::Event;

/// The schemas of what is sent.
#[derive(OpenApi)]
#[openapi(components(schemas(Event<'static>, OperationEvent)))]
pub(crate) struct Schemas;

/// What every event about an operation has. The other fields are those that `GET` of the operation returns.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"id": "evt_6ad7ef3e0e0cb1a6c8f3ff7ffa6ce2a4b2be67ba92da0b9e1a1f5aee8b2c0c4f",
    "type": "payin.payment.captured", "occurredAt": "2025-06-01T12:00:03Z", "live": true}))]
struct OperationEvent {
    /// The id of the event. It is the same when the event is sent again.
    id: String,
    /// What happened. Later versions may send others.
    r#type: String,
    #[schema(format = "date-time")]
    occurred_at: String,
    /// Whether real money is moved.
    live: bool,
    /// Of `….attention`: a stable code that says why a person should look at it. Otherwise why the operation was
    /// declined, as the provider calls it.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// A type of event that tells about an operation.
pub(crate) struct EventType {
    kind: String,
    tag: &'static str,
    /// The name of the schema of its other fields.
    schema: String,
    example: Value,
}

impl EventType {
    /// Describes an event that has the fields of `T`. Its example is that of `T` with other values for these fields.
    pub(crate) fn of<T: ToSchema>(tag: &'static str, kind: &str, fields: &Value) -> Self {
        let mut example = example_of::<OperationEvent>();
        for more in [&example_of::<T>(), &json!({"type": kind}), fields] {
            if let (Some(example), Some(more)) = (example.as_object_mut(), more.as_object()) {
                example.extend(more.clone());
            }
        }
        Self {
            kind: kind.to_owned(),
            tag,
            schema: T::name().into_owned(),
            example,
        }
    }

    /// Returns the name of the type.
    pub(crate) fn kind(&self) -> &str {
        &self.kind
    }

    /// Returns an event of the type.
    pub(crate) fn example(&self) -> &Value {
        &self.example
    }

    /// Leaves a field out of the example.
    pub(crate) fn without(mut self, field: &str) -> Self {
        if let Some(example) = self.example.as_object_mut() {
            example.remove(field);
        }
        self
    }
}

fn example_of<T: PartialSchema>() -> Value {
    match T::schema() {
        RefOr::T(Schema::Object(object)) => object.example.unwrap_or_default(),
        _ => Value::Null,
    }
}

/// Returns what the server sends to the agent's back end: events about sessions, and these about operations.
pub(crate) fn describe(operations: &[EventType]) -> Value {
    let mut webhooks = json!({"session": {"post": webhook(
        "receiveSessionEvent",
        "Tells the agent's back end that a result was recorded",
        "a2c",
        &json!({"schema": {"$ref": "#/components/schemas/SessionEvent"}}),
    )}});
    for event in operations {
        let schema = format!("#/components/schemas/{}", event.schema);
        let content = json!({
            "schema": {"allOf": [{"$ref": "#/components/schemas/OperationEvent"}, {"$ref": schema}]},
            "example": event.example,
        });
        let name = format!("receive {}", event.kind);
        let summary = format!("Tells the agent's back end of `{}`", event.kind);
        webhooks[&event.kind] =
            json!({"post": webhook(&operation_id(&name), &summary, event.tag, &content)});
    }
    webhooks
}

/// Returns the words of a name in camel case.
fn operation_id(name: &str) -> String {
    let mut words = name.split(|character: char| !character.is_ascii_alphanumeric());
    let mut id = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(word.len().min(1));
        id += &first.to_ascii_uppercase();
        id += rest;
    }
    id
}

fn webhook(operation_id: &str, summary: &str, tag: &str, content: &Value) -> Value {
    let text = json!({"type": "string"});
    let header = |name, description| {
        json!({
            "name": name, "in": "header", "required": true, "schema": text, "description": description
        })
    };
    json!({
        "operationId": operation_id,
        "summary": summary,
        "tags": [tag],
        "parameters": [
            header(SIGNATURE_HEADER, "`t=`, the time in Unix seconds, and `v1=`, the HMAC-SHA256 in hexadecimal."),
            header("webhook-id", "The `id` of the event."),
            header("webhook-timestamp", "The time in Unix seconds."),
            header("webhook-signature", "`v1,` and the HMAC-SHA256 in base64, by Standard Webhooks."),
        ],
        "requestBody": {"required": true, "content": {"application/json": content}},
        "responses": {"2XX": {"description": "The event is stored. Any other response makes the server send it again."}},
    })
}
