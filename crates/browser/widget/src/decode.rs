//! Reads JavaScript values that other scripts made: the messages of a form, the answers of a session
//! endpoint, the inputs of `driver.js`.
//!
//! Only an object's own properties count, whatever a page put on `Object.prototype`, and no getter or
//! proxy can throw into the module. That is why this is not `serde-wasm-bindgen`, which reads inherited
//! properties too; a test compares the two.

use alloc::string::String;

use pantoken_a2c::{Field, RawMessage};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::form_input::FormInput;
use crate::order::Timer;
use crate::policy::MAX_TEXT_LENGTH;
use crate::session::RawSession;

// Four functions by hand: js-sys exports its futures too, which the element has no use for.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Object, js_name = hasOwn)]
    fn has_own(object: &JsValue, name: &str) -> Result<bool, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Reflect)]
    fn get(object: &JsValue, name: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    fn parse_json(text: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = Number, js_name = isSafeInteger)]
    fn is_safe_integer(value: &JsValue) -> bool;

    #[wasm_bindgen(js_name = Number)]
    fn to_number(value: &JsValue) -> f64;

    type Text;

    #[wasm_bindgen(method, getter)]
    fn length(this: &Text) -> u32;
}

/// Reads what `driver.js` says has happened: an object whose property `input` names it. Returns `None`
/// for a name that is unknown.
#[must_use]
pub fn input(value: &JsValue) -> Option<FormInput> {
    let text = |name| text(value, name).unwrap_or_default();
    Some(match text("input").as_str() {
        "start" => FormInput::Start,
        "reload" => FormInput::Reload,
        "redirect" => FormInput::Redirect { page: text("page") },
        "frameLoaded" => FormInput::FrameLoaded,
        "policyViolation" => FormInput::PolicyViolation {
            directive: text("directive"),
            disposition: text("disposition"),
            blocked_uri: text("blockedUri"),
        },
        "message" => FormInput::Message {
            origin: text("origin"),
            message: message(&property(value, "data")?),
        },
        "timerFired" => {
            let name = text("timer");
            let timer = Timer::ALL.into_iter().find(|timer| timer.as_str() == name);
            FormInput::TimerFired { timer: timer? }
        }
        "answered" => FormInput::Answered {
            request: integer(value, "request")?.try_into().ok()?,
            status: integer(value, "status")?.try_into().ok()?,
            session: session(&property(value, "body")?),
        },
        "destroy" => FormInput::Destroy,
        _ => return None,
    })
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
    let field = |name| field(&object, name);
    RawMessage {
        status: field("status"),
        request_id: field("requestId"),
        pan_token: field("panToken"),
        error_code: field("errorCode"),
        error_message: field("errorMessage"),
    }
}

/// Reads the text of a session endpoint's answer.
#[must_use]
pub fn session(body: &JsValue) -> RawSession<String> {
    // A text that is not JSON has no fields.
    let object = object(body).unwrap_or(JsValue::FALSE);
    let field = |name| field(&object, name);
    RawSession {
        form_url: field("formUrl"),
        request_id: field("requestId"),
        result_token: field("resultToken"),
    }
}

/// Reads an own property that is a text.
#[must_use]
pub fn text(object: &JsValue, name: &str) -> Option<String> {
    match field(object, name) {
        Field::Text(text) => Some(text),
        _ => None,
    }
}

fn integer(object: &JsValue, name: &str) -> Option<i64> {
    match field(object, name) {
        Field::Integer(value) => Some(value),
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
