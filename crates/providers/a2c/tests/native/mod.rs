//! Decodes messages natively from `serde_json` values. Every other decoder must agree with it.

use pantoken_a2c::{Field, FormMessage, MessageError, RawMessage};
use serde_json::Value;

/// The longest text that a decoder reads, in bytes.
const LONGEST: usize = 16 * 1024;

pub fn decode(data: &Value) -> Result<FormMessage, MessageError> {
    match data {
        Value::String(text) if text.len() > LONGEST => Err(MessageError::Unreadable),
        Value::String(text) => match serde_json::from_str(text) {
            Ok(Value::Object(object)) => FormMessage::from_raw(&read(&object.into())),
            _ => FormMessage::from_raw(&RawMessage {
                status: Field::Text(text.clone()),
                ..RawMessage::default()
            }),
        },
        Value::Object(fields) => {
            let mut raw = read(data);
            // JSON has no BigInt, so the file writes one as {"$bigint": "digits"}.
            for (name, field) in fields {
                if let Some(digits) = field.get("$bigint").and_then(Value::as_str)
                    && let Some(slot) = raw.field_mut(name)
                {
                    *slot = digits.parse().map_or(Field::Unusable, Field::Integer);
                }
            }
            FormMessage::from_raw(&raw)
        }
        _ => Err(MessageError::Unreadable),
    }
}

fn read(object: &Value) -> RawMessage<String> {
    serde_json::from_value(object.clone()).unwrap()
}
