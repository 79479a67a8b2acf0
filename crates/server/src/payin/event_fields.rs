use serde::Serialize;
use serde_json::{Map, Value};

/// Returns the fields of a view, which an event repeats.
pub(super) fn fields(view: impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(view) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}
