//! Reads JavaScript values that other scripts made: the messages of a form and the answers of a session
//! endpoint. `web/element/exchange.js` does the same for the custom element, in fewer bytes.
//!
//! Only an object's own properties count, whatever a page put on `Object.prototype`, and no getter or
//! proxy can throw into the module. That is why this is not `serde-wasm-bindgen`, which reads inherited
//! properties too; a test compares the two.

use alloc::string::String;
use alloc::vec::Vec;

use pantoken_a2c::{Field, RawMessage};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::answer::RawAnswer;
use crate::policy::MAX_TEXT_LENGTH;

// Some functions by hand: js-sys exports its futures too, which the element has no use for.
#[wasm_bindgen]
extern "C" {
    // Not Object.hasOwn, which Safari has since 15.4.
    #[wasm_bindgen(catch, js_namespace = ["Object", "prototype", "hasOwnProperty"], js_name = call)]
    fn has_own(object: &JsValue, name: &str) -> Result<bool, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Reflect)]
    pub(crate) fn get(object: &JsValue, name: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    fn parse_json(text: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Object, js_name = keys)]
    fn keys(object: &JsValue) -> Result<Vec<String>, JsValue>;

    #[wasm_bindgen(js_namespace = Number, js_name = isSafeInteger)]
    fn is_safe_integer(value: &JsValue) -> bool;

    #[wasm_bindgen(js_namespace = Date, js_name = parse)]
    fn parse_date(text: &str) -> f64;

    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn now_by_the_clock() -> f64;

    type Text;

    #[wasm_bindgen(method, getter)]
    fn length(this: &Text) -> u32;
}

/// Reads the data of a `MessageEvent`.
#[must_use]
pub fn message(data: &JsValue) -> RawMessage<String> {
    let Some(object) = object(data) else {
        // A text that is not an object in JSON is a status.
        return RawMessage {
            status: field_of(data),
            ..RawMessage::default()
        };
    };
    RawMessage::from_fields(RawMessage::<String>::NAMES.map(|name| field(&object, name)))
}

/// Reads the text of a session endpoint's answer. `date` is the answer's header `Date`, if it can be read.
#[must_use]
pub fn answer(body: &JsValue, date: Option<&str>) -> RawAnswer {
    // A text that is not JSON has no fields.
    let object = object(body).unwrap_or(JsValue::FALSE);
    let text = |name: &str| text(&object, name);
    let mut answer = RawAnswer::read(&text);
    answer.fields = fields(&object).unwrap_or_default();
    if let Some(expires_at) = text("expiresAt") {
        let now = date.map_or(f64::NAN, parse_date);
        let now = if now.is_nan() {
            now_by_the_clock()
        } else {
            now
        };
        let left = parse_date(&expires_at) - now;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // it saturates
        let left = left as u32;
        answer.expires_in = Some(left).filter(|left| *left > 0);
    }
    answer
}

/// Reads the names of the answer's `fields`, and the values of those that are texts.
fn fields(object: &JsValue) -> Option<Vec<(String, Option<String>)>> {
    let fields = property(object, "fields")?;
    let names = keys(&fields).ok()?;
    let field = |name: String| {
        let value = text(&fields, &name);
        (name, value)
    };
    Some(names.into_iter().map(field).collect())
}

fn text(object: &JsValue, name: &str) -> Option<String> {
    match field(object, name) {
        Field::Text(text) => Some(text),
        _ => None,
    }
}

/// Returns the value itself, unless it is a text: then what the text holds in JSON, if anything.
/// What is not an object has no fields.
fn object(value: &JsValue) -> Option<JsValue> {
    if !value.is_string() {
        return Some(value.clone());
    }
    if is_too_long(value) {
        return None;
    }
    parse_json(value).ok()
}

/// A text of megabytes is not even copied.
fn is_too_long(text: &JsValue) -> bool {
    text.unchecked_ref::<Text>().length() > MAX_TEXT_LENGTH
}

fn field(object: &JsValue, name: &str) -> Field<String> {
    property(object, name).map_or(Field::Unusable, |value| field_of(&value))
}

/// Returns an own property, `undefined` if there is none, or `None` if it cannot be read.
fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    if has_own(object, name).ok()? {
        get(object, name).ok()
    } else {
        Some(JsValue::UNDEFINED)
    }
}

fn field_of(value: &JsValue) -> Field<String> {
    if value.loose_eq(&JsValue::NULL) {
        return Field::Absent;
    }
    if value.is_string() {
        let text = Some(value).filter(|text| !is_too_long(text));
        let text = text.and_then(JsValue::as_string);
        return text.map_or(Field::Unusable, Field::Text);
    }
    if is_safe_integer(value) {
        #[allow(clippy::cast_possible_truncation)] // a safe integer fits
        return value
            .as_f64()
            .map_or(Field::Unusable, |number| Field::Integer(number as i64));
    }
    // A BigInt that fits.
    i64::try_from(value.clone()).map_or(Field::Unusable, Field::Integer)
}
