//! Reads what `exchange.js` hands over: the attributes of the element, and what happened.

use alloc::borrow::ToOwned;
use alloc::string::String;

use pantoken_a2c::{Field, RawMessage};
use pantoken_core::decimal::{parse, parse_count};
use pantoken_core::text::{split_once, strip_prefix};
use pantoken_widget::{FormInput, MAX_TEXT_LENGTH, RawAnswer, Timer};
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(raw_module = "./exchange.js")]
extern "C" {
    /// Opens a field that somebody else made, for all that is read from now on. Texts that are longer are
    /// unusable.
    fn open(name: &str, longest: u32);

    /// Reads a field: `None` if it is absent, or else `s` and a text, `n` and an integer, `o` and the names of an
    /// object's fields with a line break after each, or nothing if it is unusable.
    fn field(name: &str) -> Option<String>;

    /// Gives an order, in JSON.
    pub(crate) fn order(json: &str);
}

/// Reads a field that is a text.
pub(crate) fn text(name: &str) -> Option<String> {
    match read_field(name) {
        Field::Text(text) => Some(text),
        _ => None,
    }
}

/// Reads what happened: an object whose property `input` names it. Returns `None` for a name that is
/// unknown.
pub(crate) fn read() -> Option<FormInput> {
    let text = |name| text(name).unwrap_or_default();
    Some(match text("input").as_str() {
        "start" => FormInput::Start,
        "reload" => FormInput::Reload,
        "redirect" => FormInput::Redirect { page: text("page") },
        "frameLoaded" => FormInput::FrameLoaded,
        "frameFocused" => FormInput::FrameFocused,
        "policyViolation" => FormInput::PolicyViolation {
            directive: text("directive"),
            disposition: text("disposition"),
            blocked_uri: text("blockedUri"),
        },
        "message" => FormInput::Message {
            origin: text("origin"),
            message: message("data"),
        },
        "timerFired" => {
            let name = text("timer");
            let timer = Timer::ALL.into_iter().find(|timer| timer.as_str() == name);
            FormInput::TimerFired { timer: timer? }
        }
        "answered" => FormInput::Answered {
            request: parse(&text("request"))?.try_into().ok()?,
            status: parse(&text("status"))?.try_into().ok()?,
            answer: RawAnswer {
                is_problem: strip_prefix(&text("type"), "application/problem+json").is_some(),
                retry_after: parse_count(&text("retryAfter")),
                expires_in: parse_count(&text("expiresIn")),
                ..answer("body")
            },
        },
        "destroy" => FormInput::Destroy,
        _ => return None,
    })
}

/// Reads the session of this name, or the answer of a session endpoint.
pub(crate) fn answer(name: &str) -> RawAnswer {
    open(name, MAX_TEXT_LENGTH);
    let mut answer = RawAnswer::read(&text);
    // Only a button posts them.
    if !cfg!(feature = "redirect") {
        return answer;
    }
    let fields = field("fields").unwrap_or_default();
    let Some(mut rest) = strip_prefix(&fields, "o") else {
        return answer;
    };
    open("fields", MAX_TEXT_LENGTH);
    while let Some((name, more)) = split_once(rest, b'\n') {
        answer.fields.push((name.to_owned(), text(name)));
        rest = more;
    }
    answer
}

fn message(name: &str) -> RawMessage<String> {
    open(name, MAX_TEXT_LENGTH);
    RawMessage::from_fields(RawMessage::<String>::NAMES.map(read_field))
}

fn read_field(name: &str) -> Field<String> {
    let Some(field) = field(name) else {
        return Field::Absent;
    };
    if let Some(text) = strip_prefix(&field, "s") {
        return Field::Text(text.to_owned());
    }
    let integer = strip_prefix(&field, "n").and_then(parse);
    let integer = integer.and_then(|integer| integer.try_into().ok());
    integer.map_or(Field::Unusable, Field::Integer)
}
