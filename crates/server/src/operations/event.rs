use pantoken_core::Secret;
use pantoken_store::{Digest, NewEvent, StoredOperation};
use serde_json::{Map, Value, json};

use crate::http::wire_time::to_rfc3339;

/// Creates the event of an operation. Its id depends on the operation, the type and the reason only, so that the
/// same event is never told twice.
pub(super) fn event(
    operation: &StoredOperation,
    kind: &str,
    reason: Option<&str>,
    fields: &Map<String, Value>,
    now: i64,
    is_live: bool,
) -> NewEvent {
    let id = event_id(operation, kind, reason);
    let mut body = Map::new();
    body.insert("id".to_owned(), json!(id));
    body.insert("type".to_owned(), json!(kind));
    body.insert("occurredAt".to_owned(), json!(to_rfc3339(now)));
    body.insert("live".to_owned(), json!(is_live));
    // What every event has cannot be another field.
    for (name, value) in fields {
        body.entry(name).or_insert_with(|| value.clone());
    }
    if let Some(reason) = reason {
        body.insert("reason".to_owned(), json!(reason));
    }
    NewEvent {
        id,
        kind: kind.to_owned(),
        body: Secret::new(&Value::Object(body).to_string()),
    }
}

fn event_id(operation: &StoredOperation, kind: &str, reason: Option<&str>) -> String {
    let StoredOperation {
        kind: of,
        key,
        created_at,
        ..
    } = operation;
    let parts = json!([of, key, created_at, kind, reason]).to_string();
    let digest = hex::encode(Digest::of(parts.as_bytes()).as_bytes());
    format!("evt_{digest}")
}
