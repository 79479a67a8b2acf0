//! The golden messages, decoded natively; `pantoken-frame` decodes the same file in a browser.

#![allow(unreachable_pub)] // the module is private to the test
#![allow(clippy::unwrap_used)]

mod describe;

use describe::describe;
use pantoken_protocol::{Field, FormMessage, MessageError, RawMessage};
use serde_json::Value;

/// The longest text that a decoder reads, in bytes.
const LONGEST: usize = 16 * 1024;

#[test]
fn the_golden_messages_mean_what_they_say() {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("golden/messages.json")).unwrap();
    assert!(vectors.len() > 50);
    for vector in vectors {
        assert_eq!(
            describe(&decode(&vector["data"])),
            vector["expect"],
            "{}",
            vector["name"]
        );
    }
}

fn decode(data: &Value) -> Result<FormMessage, MessageError> {
    match data {
        Value::String(text) if text.len() > LONGEST => Err(MessageError::Unreadable),
        Value::String(text) => FormMessage::from_raw(&match serde_json::from_str(text) {
            Ok(Value::Object(object)) => serde_json::from_value(object.into()).unwrap(),
            _ => RawMessage {
                status: Field::Text(text.clone()),
                ..RawMessage::default()
            },
        }),
        Value::Object(fields) => {
            let mut raw: RawMessage<String> = serde_json::from_value(data.clone()).unwrap();
            // JSON has no BigInt, so the file writes one as {"$bigint": "digits"}.
            for (name, field) in fields {
                if let Some(digits) = field.get("$bigint").and_then(Value::as_str) {
                    let integer = digits.parse().map_or(Field::Unusable, Field::Integer);
                    *raw.field_mut(name).unwrap() = integer;
                }
            }
            FormMessage::from_raw(&raw)
        }
        _ => Err(MessageError::Unreadable),
    }
}
