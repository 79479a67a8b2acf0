//! The element's events: their names, and the shapes of their details.
//! Source: design.md, "Contract: the element".

use js_sys::{Object, Reflect};
use pantoken_protocol::{Event, RequestId};
use wasm_bindgen::JsValue;

/// The name of the element's event.
pub(crate) fn name(event: &Event) -> &'static str {
    match event {
        Event::Ready(_) => "pantoken-ready",
        Event::Saved(_) => "pantoken-saved",
        Event::Error(_) => "pantoken-error",
        Event::Warning(_) => "pantoken-warning",
    }
}

/// The detail of the element's event.
pub(crate) fn detail(event: &Event) -> Object {
    let detail = Object::new();
    let set = |name: &str, value: &JsValue| {
        // It fails only on what is no object.
        let _ = Reflect::set(&detail, &name.into(), value);
    };
    let text = |name: &str, value: &str| set(name, &value.into());
    set("requestId", &digits(request_id(event)));
    match event {
        Event::Ready(_) => {}
        Event::Saved(saved) => text("panToken", saved.pan_token.as_str()),
        Event::Error(error) => {
            text("code", error.code.as_str());
            text("message", &error.message);
            text("source", error.source.as_str());
            set("recoverable", &error.recoverable.into());
        }
        Event::Warning(warning) => text("code", warning.code.as_str()),
    }
    detail
}

fn request_id(event: &Event) -> Option<RequestId> {
    match event {
        Event::Ready(ready) => Some(ready.request_id),
        Event::Saved(saved) => Some(saved.request_id),
        Event::Error(error) => error.request_id,
        Event::Warning(warning) => Some(warning.request_id),
    }
}

/// A string, because a JavaScript number would round an id above 2^53 − 1.
fn digits(request_id: Option<RequestId>) -> JsValue {
    request_id.map_or(JsValue::NULL, |id| id.to_text().into())
}
