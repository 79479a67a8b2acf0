//! The recorded sequences of inputs and orders, through the module's own machine. `tests/npm/sequences.js`
//! runs the same file through the built module, and `pantoken-widget`'s tests have both drivers perform
//! orders in a page.
#![allow(clippy::unwrap_used, clippy::panic)]

use pantoken_a2c::{Field, RawMessage};
use pantoken_element::ElementForm;
use pantoken_widget::{FormInput, RawSession, Timer};
use serde_json::Value;

const GOLDEN: &str = include_str!("golden/sequences.json");
const SCRIPT: &str = include_str!("../../../../web/element/element.js");

fn golden() -> Vec<Value> {
    serde_json::from_str(GOLDEN).unwrap()
}

fn form(attributes: &Value) -> ElementForm {
    ElementForm::with_attributes(&|name| attributes[name].as_str().map(ToOwned::to_owned))
}

fn handle(form: &mut ElementForm, input: &FormInput) -> Vec<Value> {
    serde_json::from_str(&form.handle_input(input)).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn number<Number: TryFrom<u64>>(value: &Value) -> Number {
    value.as_u64().unwrap().try_into().ok().unwrap()
}

fn field(value: &Value) -> Field<String> {
    match value {
        Value::Null => Field::Absent,
        Value::String(text) => Field::Text(text.clone()),
        Value::Number(number) => Field::Integer(number.as_i64().unwrap()),
        _ => Field::Unusable,
    }
}

/// Reads an input as the module reads it in a browser.
fn input(value: &Value) -> FormInput {
    match value["input"].as_str().unwrap() {
        "start" => FormInput::Start,
        "reload" => FormInput::Reload,
        "redirect" => FormInput::Redirect {
            page: text(&value["page"]),
        },
        "frameLoaded" => FormInput::FrameLoaded,
        "policyViolation" => FormInput::PolicyViolation {
            directive: text(&value["directive"]),
            disposition: text(&value["disposition"]),
            blocked_uri: text(&value["blockedUri"]),
        },
        "message" => FormInput::Message {
            origin: text(&value["origin"]),
            message: RawMessage::from_fields(
                RawMessage::<String>::NAMES.map(|name| field(&value["data"][name])),
            ),
        },
        "timerFired" => {
            let name = text(&value["timer"]);
            let mut timers = Timer::ALL.into_iter();
            FormInput::TimerFired {
                timer: timers.find(|timer| timer.as_str() == name).unwrap(),
            }
        }
        "answered" => {
            let body: Value = serde_json::from_str(&text(&value["body"])).unwrap_or_default();
            FormInput::Answered {
                request: number(&value["request"]),
                status: number(&value["status"]),
                session: RawSession {
                    form_url: field(&body["formUrl"]),
                    request_id: field(&body["requestId"]),
                    result_token: field(&body["resultToken"]),
                },
            }
        }
        "destroy" => FormInput::Destroy,
        other => panic!("no input is called {other}"),
    }
}

#[test]
fn gives_the_golden_orders() {
    let sequences = golden();
    assert!(sequences.len() >= 10);
    for sequence in &sequences {
        let mut form = form(&sequence["attributes"]);
        for step in sequence["steps"].as_array().unwrap() {
            let orders = handle(&mut form, &input(&step["input"]));
            let expected = step["orders"].as_array().unwrap();
            assert_eq!(&orders, expected, "{}: {}", sequence["name"], step["input"]);
        }
    }
}

#[test]
fn the_golden_sequences_hold_every_input_order_event_state_and_code() {
    for expected in [
        "start",
        "reload",
        "redirect",
        "frameLoaded",
        "policyViolation",
        "message",
        "timerFired",
        "answered",
        "destroy", // inputs
        "showFrame",
        "removeFrame",
        "postMessage",
        "setTimer",
        "clearTimer",
        "post",
        "navigate",
        "finish",
        "render",
        "dispatchEvent",
        "logError", // orders
        "ready",
        "saved",
        "error",
        "warning", // events
        "idle",
        "loading",
        "failed", // states
        "READY_TIMEOUT",
        "FRAME_BLOCKED",
        "SESSION_FAILED",
        "RESULT_REJECTED",
        "INVALID_FORM_URL",
        "REQUEST_MISMATCH",
        "UNREADABLE_MESSAGE",
        "CONFLICTING_RESULT",
        "RESULT_BEFORE_READY",
    ] {
        let text = format!("\"{expected}\"");
        assert!(
            GOLDEN.contains(&text),
            "{expected} is in no golden sequence"
        );
    }
}

#[test]
fn the_script_observes_every_attribute_of_the_golden_sequences() {
    let (_, after) = SCRIPT.split_once("const ATTRIBUTES = [").unwrap();
    let (names, _) = after.split_once(']').unwrap();
    let observed: Vec<&str> = names.split('"').skip(1).step_by(2).collect();
    for sequence in golden() {
        for name in sequence["attributes"].as_object().unwrap().keys() {
            assert!(observed.contains(&name.as_str()), "{name} is not observed");
        }
    }
}

#[test]
fn a_text_that_is_wrong_is_never_repeated() {
    let wrong = "https://a2c.qiwi.kz/form?requestId=4242424242424242";
    for name in [
        "form-url",
        "language",
        "ready-timeout",
        "form-origin",
        "flow",
    ] {
        let mut form = form(&serde_json::json!({ name: wrong }));
        let orders = form.handle_input(&FormInput::Start);
        assert!(
            orders.contains("logError") && !orders.contains("4242"),
            "{orders}"
        );
    }
}
