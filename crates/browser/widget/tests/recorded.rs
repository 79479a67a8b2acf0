//! The recorded sequences of the element, performed by both drivers: each order has in the page the effect
//! that it names, whichever driver performs it. `pantoken-element` checks that the machine gives these
//! orders.
#![allow(unreachable_pub)] // the modules are private to the test
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(target_family = "wasm")]

mod drivers;
#[allow(dead_code)]
mod endpoint;
#[allow(dead_code)]
mod page;

use drivers::Tested;
use endpoint::Endpoint;
use pantoken_widget::{Order, Timer};
use serde_json::Value;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const GOLDEN: &str = include_str!("../../element/tests/golden/sequences.json");
/// The host of the recorded forms. The test shows forms of its own origin in their place.
const HOST: &str = "https://a2c-test.qiwi.kz";

/// The driver's orders of each sequence.
fn sequences() -> Vec<Vec<Value>> {
    let golden: Vec<Value> = serde_json::from_str(&GOLDEN.replace(HOST, &page::origin())).unwrap();
    let sequences = golden.iter().map(|sequence| {
        let steps = sequence["steps"].as_array().unwrap().iter();
        let orders = steps.flat_map(|step| step["orders"].as_array().unwrap());
        orders
            .filter(|order| is_of_driver(order))
            .cloned()
            .collect()
    });
    sequences.collect()
}

/// The others are the element's own, and to leave the page would end the test.
fn is_of_driver(order: &Value) -> bool {
    let name = order["order"].as_str().unwrap();
    ![
        "render",
        "dispatchEvent",
        "logError",
        "navigate",
        "submitForm",
    ]
    .contains(&name)
}

fn text(order: &Value, name: &str) -> String {
    order[name].as_str().expect(name).to_owned()
}

fn number(order: &Value, name: &str) -> u32 {
    order[name].as_u64().expect(name).try_into().unwrap()
}

/// A value of a recorded order lives as long as the test.
fn fixed(order: &Value, name: &str) -> &'static str {
    Box::leak(text(order, name).into_boxed_str())
}

fn timer(order: &Value) -> Timer {
    let name = text(order, "timer");
    let mut timers = Timer::ALL.into_iter();
    timers.find(|timer| timer.as_str() == name).unwrap()
}

fn order(recorded: &Value) -> Order {
    match text(recorded, "order").as_str() {
        "showFrame" => Order::ShowFrame {
            src: text(recorded, "src"),
            style: fixed(recorded, "style"),
            sandbox: fixed(recorded, "sandbox"),
            referrer_policy: fixed(recorded, "referrerPolicy"),
            allow: fixed(recorded, "allow"),
        },
        "removeFrame" => Order::RemoveFrame,
        "postMessage" => Order::PostMessage {
            message: fixed(recorded, "message"),
            target_origin: text(recorded, "targetOrigin"),
        },
        "setTimer" => Order::SetTimer {
            timer: timer(recorded),
            milliseconds: number(recorded, "milliseconds"),
        },
        "clearTimer" => Order::ClearTimer {
            timer: timer(recorded),
        },
        "post" => Order::Post {
            request: number(recorded, "request"),
            url: text(recorded, "url"),
            base: recorded["base"].as_str().map(ToOwned::to_owned),
            token: recorded["token"].as_str().map(ToOwned::to_owned),
            body: text(recorded, "body"),
            timeout: number(recorded, "timeout"),
            keepalive: recorded["keepalive"].as_bool().unwrap(),
        },
        "finish" => Order::Finish,
        other => panic!("no order is called {other}"),
    }
}

fn check_frame(driver: &Tested, recorded: &Value) {
    let frame = driver.iframe().expect("the frame");
    for (attribute, field) in [
        ("src", "src"),
        ("sandbox", "sandbox"),
        ("referrerpolicy", "referrerPolicy"),
        ("allow", "allow"),
    ] {
        let value = frame.get_attribute(attribute);
        let expected = recorded[field].as_str();
        assert_eq!(value.as_deref(), expected, "{}: {field}", driver.name);
    }
    let spaceless = |text: String| text.replace([' ', ';'], "");
    let style = spaceless(frame.get_attribute("style").unwrap());
    for declaration in text(recorded, "style").split(';') {
        if declaration.contains("min-") {
            assert!(style.contains(declaration), "{}: {style}", driver.name);
        }
    }
}

fn check_request(endpoint: &Endpoint, recorded: &Value, name: &str) {
    let asked = endpoint.asked();
    let last = asked.last().expect("a request");
    let (url, body) = (text(recorded, "url"), text(recorded, "body"));
    assert!(last.starts_with(&format!("POST {url} ")), "{name}: {last}");
    assert!(last.ends_with(&body), "{name}: {last}");
    let header = "pantoken-result-token";
    match recorded["token"].as_str() {
        Some(token) => {
            let header = format!(r#""{header}":"{token}""#);
            assert!(last.contains(&header), "{name}: {last}");
        }
        None => assert!(!last.contains(header), "{name}: {last}"),
    }
    assert!(endpoint.all_calls_are_kept_alive_and_limited(), "{name}");
}

fn perform(driver: &Tested, endpoint: &Endpoint, recorded: &Value) {
    let order = order(recorded);
    let written: Value = serde_json::from_str(&order.to_json()).unwrap();
    assert_eq!(&written, recorded);
    if let Order::Post { .. } = order {
        endpoint.answer(200, "{}");
    }
    driver.perform(&order);
    match order {
        Order::ShowFrame { .. } => check_frame(driver, recorded),
        Order::RemoveFrame => assert!(driver.iframe().is_none(), "{}", driver.name),
        Order::SetTimer { milliseconds, .. } => {
            let waits = endpoint.waits();
            assert_eq!(waits.last(), Some(&milliseconds), "{}", driver.name);
        }
        Order::Post { .. } => check_request(endpoint, recorded, driver.name),
        // Their effects need a form that hears them, or a time that passes: see orders.rs.
        _ => {}
    }
}

#[wasm_bindgen_test]
async fn both_drivers_perform_the_recorded_orders() {
    let sequences = sequences();
    assert!(sequences.len() >= 10);
    for orders in sequences {
        for driver in Tested::both().await {
            let endpoint = Endpoint::new();
            for recorded in &orders {
                perform(&driver, &endpoint, recorded);
            }
            // The answers have come before another `fetch` takes this one's place.
            page::turns(1).await;
        }
    }
}
