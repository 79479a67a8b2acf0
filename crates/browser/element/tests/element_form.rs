//! The form of an element, as its script tells it what happened and takes its orders: in lines. What
//! becomes of them in a page is tested end to end.
#![allow(clippy::unwrap_used)]

use pantoken_element::ElementForm;
use serde_json::Value;

const GOLDEN: &str = include_str!("golden/lines.json");
const SCRIPT: &str = include_str!("../../../../web/element/element.js");

fn golden() -> Vec<Value> {
    serde_json::from_str(GOLDEN).unwrap()
}

/// The names of the attributes, in the script's order.
fn attribute_names() -> Vec<&'static str> {
    let (_, after) = SCRIPT.split_once("const ATTRIBUTES = [").unwrap();
    let (names, _) = after.split_once(']').unwrap();
    names.split('"').skip(1).step_by(2).collect()
}

fn attributes(of: &Value) -> String {
    let names = attribute_names();
    for name in of.as_object().unwrap().keys() {
        assert!(names.contains(&name.as_str()), "{name} is no attribute");
    }
    let values = names.iter().map(|name| of[*name].as_str().unwrap_or(""));
    values.collect::<Vec<_>>().join("\n")
}

fn lines(of: &Value) -> Vec<&str> {
    let lines = of.as_array().unwrap().iter();
    lines.map(|line| line.as_str().unwrap()).collect()
}

#[test]
fn gives_the_golden_orders() {
    let scenes = golden();
    assert!(scenes.len() >= 10);
    for scene in &scenes {
        let mut form = ElementForm::new(&attributes(&scene["attributes"]));
        for step in scene["steps"].as_array().unwrap() {
            let happened = lines(&step["happened"]);
            let orders = form.input(&happened.join("\n"));
            let orders: Vec<&str> = orders.lines().collect();
            let expected = lines(&step["orders"]);
            assert_eq!(orders, expected, "{}: {happened:?}", scene["name"]);
        }
    }
}

/// The events that a page hears, by the orders to emit them.
#[test]
fn the_golden_orders_hold_each_event_state_and_code() {
    for expected in [
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
        let line = format!("\"{expected}\"");
        assert!(GOLDEN.contains(&line), "{expected} is in no golden order");
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
        let given = serde_json::json!({ name: wrong });
        let orders = ElementForm::new(&attributes(&given)).input("start");
        assert!(
            orders.contains("complain") && !orders.contains("4242"),
            "{orders}"
        );
    }
}

#[test]
fn what_happened_in_no_words_that_are_known_ends_the_form() {
    let mut form = ElementForm::new("");
    assert_eq!(form.input(""), form.input("start"));
}
