use alloc::string::String;
use js_sys::{BigInt, JSON, JsString, Object, Reflect};
use pantoken_protocol::{Field, FormMessage, MAX_MESSAGE_LENGTH, MessageError, RawMessage};
use wasm_bindgen::{JsCast, JsValue};

/// The largest integer that a JavaScript number holds exactly.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// Reads the data of a message event, field by field.
///
/// By hand and not by derived serde, which would more than double the element.
/// Source: protocol.md, "Iframe flow".
///
/// # Errors
/// [`MessageError`] when it is none of the form's messages.
pub fn decode(data: &JsValue) -> Result<FormMessage, MessageError> {
    if data.is_string() {
        let text = read_text(data).ok_or(MessageError::Unreadable)?;
        return FormMessage::from_text(&text, |text| {
            JSON::parse(text).ok().map(|object| read_object(&object))
        });
    }
    if !data.is_object() {
        return Err(MessageError::Unreadable);
    }
    FormMessage::from_raw(read_object(data))
}

fn read_object(object: &JsValue) -> RawMessage {
    let mut message = RawMessage::default();
    for name in RawMessage::NAMES {
        if let Some(field) = message.field_mut(name) {
            *field = read_field(object, name);
        }
    }
    message
}

/// An own property only: what a page put on `Object.prototype` is no word of the form's.
fn read_field(object: &JsValue, name: &str) -> Field {
    let name = JsValue::from_str(name);
    if !Object::has_own(object.unchecked_ref::<Object>(), &name) {
        return Field::Absent;
    }
    let Ok(value) = Reflect::get(object, &name) else {
        return Field::Unusable;
    };
    if value.is_undefined() || value.is_null() {
        Field::Absent
    } else if value.is_string() {
        read_text(&value).map_or(Field::Unusable, Field::Text)
    } else if value.is_bigint() {
        i64::try_from(value.unchecked_into::<BigInt>()).map_or(Field::Unusable, Field::Integer)
    } else {
        value
            .as_f64()
            .and_then(safe_integer)
            .map_or(Field::Unusable, Field::Integer)
    }
}

/// The text of a string that is not too long; its length is asked before it is copied.
fn read_text(value: &JsValue) -> Option<String> {
    let text: &JsString = value.unchecked_ref();
    let length = usize::try_from(text.length()).ok()?;
    (length <= MAX_MESSAGE_LENGTH).then(|| text.into())
}

#[allow(clippy::cast_possible_truncation)] // its range is checked
fn safe_integer(number: f64) -> Option<i64> {
    let integer = number as i64;
    (number.abs() <= MAX_SAFE_INTEGER && number == integer as f64).then_some(integer)
}
