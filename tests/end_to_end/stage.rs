//! A page on which a test makes its own forms.

use pantoken_tests::{Answer, Customer, GOOD_NUMBER, Gate, Shop};
use serde_json::Value;

/// Opens it.
pub(crate) async fn open(customer: &Customer, shop: &Shop) {
    open_at(customer, &shop.url("/stage.html")).await;
}

/// Opens it, and puts a form with a session there that is ready.
pub(crate) async fn open_ready(customer: &Customer, shop: &Shop) {
    open(customer, shop).await;
    insert_ready(customer, "form").await;
}

/// Opens it at this address.
pub(crate) async fn open_at(customer: &Customer, url: &str) {
    customer.go(url).await;
    customer.until("return 'makeForm' in window").await;
}

/// Puts a form with a session there.
pub(crate) async fn insert(customer: &Customer, id: &str) {
    customer.run(&format!("insertForm({id:?})")).await;
}

/// Puts a form with a session there, and waits until it is ready.
pub(crate) async fn insert_ready(customer: &Customer, id: &str) {
    insert(customer, id).await;
    wait_for(customer, id, "pantoken-ready", 1).await;
}

/// Saves a card in the page's form; the report of it is on its way until the gate is open.
pub(crate) async fn save_unreported(customer: &Customer, shop: &Shop) -> Gate {
    let gate = Gate::shut();
    shop.front.plan("/result", Answer::Held(gate.clone()));
    customer.save_in_frame(GOOD_NUMBER).await;
    shop.front.wait_for("/result", 1).await;
    gate
}

/// Waits until the form has emitted so many of these events.
pub(crate) async fn wait_for(customer: &Customer, id: &str, event: &str, times: usize) {
    let came = format!(
        "return emitted.filter(({{ id, type }}) => id === {id:?} && type === {event:?}).length >= {times}"
    );
    customer.until(&came).await;
}

/// The names of what the form has emitted.
pub(crate) async fn emitted(customer: &Customer, id: &str) -> Vec<String> {
    let events = events(customer, id).await;
    let name = |event: &Value| event["type"].as_str().unwrap().to_owned();
    events.iter().map(name).collect()
}

/// The details of what the form has emitted, each with its event's name as `type`.
pub(crate) async fn events(customer: &Customer, id: &str) -> Vec<Value> {
    let of_form = format!("return emitted.filter((event) => event.id === {id:?})");
    customer.run(&of_form).await.as_array().unwrap().clone()
}

/// How many iframes the page has.
pub(crate) async fn frames(customer: &Customer) -> u64 {
    let frames = "return document.querySelectorAll('iframe').length";
    customer.run(frames).await.as_u64().unwrap()
}
