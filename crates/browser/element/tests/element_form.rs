//! The recorded sequences of inputs and orders, through the module's own machine. `tests/npm/sequences.js`
//! runs the same file through the built module, and `pantoken-widget`'s tests have both drivers perform
//! orders in a page.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::cell::RefCell;
use std::str::FromStr;

use pantoken_a2c::{Field, RawMessage};
use pantoken_element::ElementForm;
use pantoken_widget::{FormInput, Order, RawAnswer, Timer};
use serde_json::Value;

const GOLDEN: &str = include_str!("golden/sequences.json");
const SCRIPT: &str = include_str!("../../../../web/element/pantoken-form.js");
const REDIRECT_SCRIPT: &str = include_str!("../../../../web/element/pantoken-redirect.js");

fn golden() -> Vec<Value> {
    serde_json::from_str(GOLDEN).unwrap()
}

fn form(attributes: &Value) -> ElementForm {
    let session: Value =
        serde_json::from_str(attributes["session"].as_str().unwrap_or("{}")).unwrap();
    ElementForm::new(
        &|name| attributes[name].as_str().map(ToOwned::to_owned),
        &|_| answer(&session),
    )
}

fn answer(value: &Value) -> RawAnswer {
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
    let fields = value["fields"].as_object().into_iter().flatten();
    RawAnswer {
        fields: fields
            .map(|(name, value)| (name.clone(), text(value)))
            .collect(),
        ..RawAnswer::read(&|name| text(&value[name]))
    }
}

fn handle(form: &mut ElementForm, input: &FormInput) -> Vec<Value> {
    let orders = RefCell::new(Vec::new());
    form.handle(Some(input), &|order| {
        orders
            .borrow_mut()
            .push(serde_json::from_str(order).unwrap());
    });
    orders.into_inner()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn number<Number: FromStr>(value: &Value) -> Option<Number> {
    value.as_str()?.parse().ok()
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
        "frameFocused" => FormInput::FrameFocused,
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
                request: number(&value["request"]).unwrap(),
                status: number(&value["status"]).unwrap(),
                answer: RawAnswer {
                    is_problem: value["type"] == "application/problem+json",
                    retry_after: number(&value["retryAfter"]),
                    expires_in: number(&value["expiresIn"]),
                    ..answer(&body)
                },
            }
        }
        "destroy" => FormInput::Destroy,
        other => panic!("no input is called {other}"),
    }
}

/// With `PANTOKEN_UPDATE_GOLDEN=1`, writes the orders into the golden file.
#[test]
fn gives_the_golden_orders() {
    let mut sequences = golden();
    if std::env::var_os("PANTOKEN_UPDATE_GOLDEN").is_some() {
        update(&mut sequences);
    }
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

fn update(sequences: &mut [Value]) {
    for sequence in &mut *sequences {
        let mut form = form(&sequence["attributes"]);
        for step in sequence["steps"].as_array_mut().unwrap() {
            step["orders"] = handle(&mut form, &input(&step["input"])).into();
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/sequences.json");
    let text = serde_json::to_string_pretty(sequences).unwrap();
    std::fs::write(path, text + "\n").unwrap();
}

#[test]
fn the_golden_sequences_hold_every_input_order_event_state_and_code() {
    for expected in [
        "start",
        "reload",
        "redirect",
        "frameLoaded",
        "frameFocused",
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
        "submitForm",
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
        "REPORT_DELAYED",
        "CARD_REFUSED",
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
    let observed = |script: &'static str| -> Vec<&str> {
        let (_, after) = script.split_once("const ATTRIBUTES = [").unwrap();
        let (names, _) = after.split_once(']').unwrap();
        names.split('"').skip(1).step_by(2).collect()
    };
    for sequence in golden() {
        let attributes = sequence["attributes"].as_object().unwrap();
        let observed = observed(match attributes.get("element") {
            None => SCRIPT,
            Some(_) => REDIRECT_SCRIPT,
        });
        // The script says itself which page it is on, and which element it is.
        let own = ["page", "element"];
        for name in attributes
            .keys()
            .filter(|name| !own.contains(&name.as_str()))
        {
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
        let orders = Value::from(handle(&mut form, &FormInput::Start)).to_string();
        assert!(
            orders.contains("logError") && !orders.contains("4242"),
            "{orders}"
        );
    }
}

#[test]
fn a_token_is_not_printed() {
    let mut form = form(&serde_json::json!({ "session": r#"{"resultToken":"secret"}"# }));
    handle(&mut form, &FormInput::Start);
    let answer = RawAnswer {
        result_token: "secret".to_owned(),
        ..RawAnswer::default()
    };
    let message = RawMessage {
        pan_token: Field::Text("secret".to_owned()),
        ..RawMessage::default()
    };
    let inputs = [
        FormInput::Answered {
            request: 1,
            status: 200,
            answer,
        },
        FormInput::Message {
            origin: String::new(),
            message,
        },
    ];
    let order = Order::Post {
        request: 1,
        url: String::new(),
        base: None,
        token: Some("secret".to_owned()),
        body: "secret".to_owned(),
        timeout: 1,
        keepalive: true,
    };
    let printed = format!("{form:?} {inputs:?} {order:?}");
    assert!(!printed.contains("secret"), "{printed}");
}
