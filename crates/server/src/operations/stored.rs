//! Reads and writes what is kept of an operation.

use pantoken_core::Secret;
use pantoken_store::StoredOperation;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Unreadable;

pub(crate) fn read<T: DeserializeOwned>(operation: &StoredOperation) -> Result<T, Unreadable> {
    serde_json::from_str(operation.progress.data.expose()).map_err(|error| {
        let kind = &operation.kind;
        tracing::error!(operation = %operation.id, kind, %error, "the data of an operation cannot be read");
        Unreadable
    })
}

pub(crate) fn write(data: &impl Serialize) -> Result<Secret, Unreadable> {
    let text = serde_json::to_string(data).map_err(|_| Unreadable)?;
    Ok(Secret::new(&text))
}

/// Returns the fields of a view, which an event repeats.
pub(crate) fn fields(view: impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(view) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}
