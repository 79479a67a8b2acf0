//! The Yew component unmounted at each stage, by the demo page's choice of a flow: nothing is told of its
//! form from then on, and a card that is saved by then is reported all the same. `removal` has the same
//! of the element.

use pantoken_tests::{Answer, Customer, GOOD_NUMBER, Gate, Scene, Shop};
use serde_json::json;

use crate::late_form::{self, PATIENT_PAGE};
use crate::timeline;

pub(crate) async fn unmounted_while_its_session_is_made_it_tells_nothing(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            let gate = Gate::shut();
            shop.front.plan("/v1/sessions", Answer::Held(gate.clone()));
            customer.go(&shop.url(PATIENT_PAGE)).await;
            shop.front.wait_for("POST /v1/sessions", 1).await;
            unmount(customer).await;
            gate.open();
            assert_silent(customer).await;
        })
        .await;
}

pub(crate) async fn unmounted_while_its_frame_loads_it_tells_nothing(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            customer.go(&shop.url(PATIENT_PAGE)).await;
            late_form::wait_for(customer).await;
            unmount(customer).await;
            assert_silent(customer).await;
        })
        .await;
}

pub(crate) async fn unmounted_when_ready_it_tells_nothing_more(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            open_ready(customer, &shop).await;
            unmount(customer).await;
            assert_silent(customer).await;
        })
        .await;
}

pub(crate) async fn unmounted_while_it_reports_its_card_is_not_lost(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            open_ready(customer, &shop).await;
            let request_id = customer.request_id().await;
            let gate = Gate::shut();
            shop.front.plan("/result", Answer::Held(gate.clone()));
            customer.save_in_frame(GOOD_NUMBER).await;
            shop.front.wait_for("/result", 1).await;
            unmount(customer).await;
            gate.open();
            shop.session_in_state(&request_id, "saved").await;
            assert_silent(customer).await;
        })
        .await;
}

pub(crate) async fn unmounted_before_a_report_is_repeated_its_card_is_not_lost(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            open_ready(customer, &shop).await;
            let request_id = customer.request_id().await;
            shop.front.plan("/result", Answer::Cut);
            customer.save_in_frame(GOOD_NUMBER).await;
            shop.front.wait_for("/result", 1).await;
            unmount(customer).await;
            shop.session_in_state(&request_id, "saved").await;
            assert_silent(customer).await;
        })
        .await;
}

pub(crate) async fn unmounted_when_saved_it_tells_nothing_more(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            open_ready(customer, &shop).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            customer.find_state("saved").await;
            unmount(customer).await;
            assert_silent(customer).await;
        })
        .await;
}

async fn open_ready(customer: &Customer, shop: &Shop) {
    customer.go(&shop.url(PATIENT_PAGE)).await;
    late_form::say_ready(customer).await;
    timeline::wait_for(customer, 1).await;
}

/// Chooses the flow without a frame, which empties the timeline, and from then on notes each step that
/// comes into it.
async fn unmount(customer: &Customer) {
    customer.click("input[name=flow][value=redirect]").await;
    let is_gone = "return !document.querySelector('iframe, #timeline [data-step]')";
    customer.until(is_gone).await;
    let note = "
        window.shown = [];
        const note = () => {
            for (const { dataset } of document.querySelectorAll('#timeline [data-step]'))
                if (!window.shown.includes(dataset.step)) window.shown.push(dataset.step);
        };
        new MutationObserver(note).observe(
            document.querySelector('#timeline'), { childList: true, subtree: true, attributes: true });";
    customer.run(note).await;
}

/// Nothing came into the timeline, by when the next form is ready and has said its last.
async fn assert_silent(customer: &Customer) {
    customer.click("input[name=flow][value=iframe]").await;
    late_form::say_ready(customer).await;
    timeline::assert_all(customer, &["ready"]).await;
    let shown = customer.run("return window.shown").await;
    assert_eq!(shown, json!(["session", "ready", "warning"]));
}
