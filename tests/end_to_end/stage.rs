//! An empty page to which tests add forms.

use pantoken_tests::{GOOD_NUMBER, Gate, PlannedResponse, Tab, TestSite};
use serde_json::Value;

/// The form's module.
pub(crate) const MODULE: &str = concat!("/pantoken-", env!("CARGO_PKG_VERSION"), ".wasm");
/// The button's module.
pub(crate) const REDIRECT_MODULE: &str =
    concat!("/pantoken-redirect-", env!("CARGO_PKG_VERSION"), ".wasm");

/// Opens the page.
pub(crate) async fn open(tab: &Tab, site: &TestSite) {
    open_at(tab, &site.url("/stage.html")).await;
}

/// Opens the page, whose script asks for the module and gets this answer. The next form asks for it again.
pub(crate) async fn open_with_module(tab: &Tab, site: &TestSite, answer: PlannedResponse) {
    site.proxy.plan(MODULE, answer);
    open(tab, site).await;
    let has_answer = "return performance.getEntriesByType('resource')
        .some(({ name, responseEnd }) => name.endsWith('.wasm') && responseEnd > 0)";
    tab.until(has_answer).await;
}

/// Opens the page, adds a form with a session, and waits until it is ready.
pub(crate) async fn open_ready(tab: &Tab, site: &TestSite) {
    open(tab, site).await;
    insert_ready(tab, "form").await;
}

/// Opens the page at this address.
pub(crate) async fn open_at(tab: &Tab, url: &str) {
    tab.go(url).await;
    tab.until("return 'makeForm' in window").await;
}

/// Adds a form with a session.
pub(crate) async fn insert(tab: &Tab, id: &str) {
    tab.run(&format!("insertForm({id:?})")).await;
}

/// Adds a form with a session, and waits until it is ready.
pub(crate) async fn insert_ready(tab: &Tab, id: &str) {
    insert(tab, id).await;
    wait_for(tab, id, "pantoken-ready", 1).await;
}

/// Saves a card in the page's form. The report of it is not answered until the gate is open.
pub(crate) async fn save_unreported(tab: &Tab, site: &TestSite) -> Gate {
    let gate = Gate::closed();
    site.proxy
        .plan("/result", PlannedResponse::Delayed(gate.clone()));
    tab.save_in_frame(GOOD_NUMBER).await;
    site.proxy.wait_for("/result", 1).await;
    gate
}

/// Waits until the form has emitted this many events of this name.
pub(crate) async fn wait_for(tab: &Tab, id: &str, event: &str, times: usize) {
    let came = format!(
        "return emitted.filter(({{ id, type }}) => id === {id:?} && type === {event:?}).length >= {times}"
    );
    tab.until(&came).await;
}

/// Returns the names of the events that the form has emitted.
pub(crate) async fn emitted(tab: &Tab, id: &str) -> Vec<String> {
    let events = events(tab, id).await;
    let name = |event: &Value| event["type"].as_str().unwrap().to_owned();
    events.iter().map(name).collect()
}

/// Returns the details of the events that the form has emitted, each with the event's name as `type`.
pub(crate) async fn events(tab: &Tab, id: &str) -> Vec<Value> {
    let of_form = format!("return emitted.filter((event) => event.id === {id:?})");
    tab.run(&of_form).await.as_array().unwrap().clone()
}

/// Returns the number of iframes on the page.
pub(crate) async fn frames(tab: &Tab) -> u64 {
    let frames = "return findAllDeep('iframe').length";
    tab.run(frames).await.as_u64().unwrap()
}

/// Presses the button that is offered where the form did not open, and waits for the provider's page.
pub(crate) async fn continue_on_the_providers_page(tab: &Tab) {
    tab.press("Continue on the payment page").await;
    tab.find("body[data-state=ready]").await;
}

/// Saves a card on the provider's page, which leads back to the shop.
pub(crate) async fn save_and_return(tab: &Tab) {
    tab.save(GOOD_NUMBER).await;
    tab.until("return location.search.includes('status=saved')")
        .await;
}
