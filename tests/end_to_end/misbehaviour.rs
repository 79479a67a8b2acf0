//! A form that misbehaves, as the sandbox's does on request: exactly which events come out.

use pantoken_tests::{Answer, Customer, GOOD_NUMBER, Gate, Scene, Shop, ShopOptions};
use serde_json::json;

use crate::iframe_flow::assert_saved;
use crate::late_form::{IMPATIENT_PAGE, PATIENT_PAGE};
use crate::timeline;

const PAGE: &str = "/?lang=en";

pub(crate) async fn never_ready_is_an_error_that_may_be_tried_again(scene: Scene) {
    let shop = shop(&scene, "never-ready");
    scene
        .browse(async |customer| {
            open(customer, &shop, IMPATIENT_PAGE).await;
            timeline::assert_all(customer, &["error READY_TIMEOUT"]).await;
            customer.find_state("failed").await;
            customer.press("Try again").await;
            timeline::wait_for(customer, 3).await;
            let events = timeline::events(customer).await;
            assert_eq!(events.last().unwrap(), "error READY_TIMEOUT");
        })
        .await;
}

pub(crate) async fn late_ready_lets_the_customer_go_on(scene: Scene) {
    let shop = shop(&scene, "late-ready");
    scene
        .browse(async |customer| {
            open(customer, &shop, IMPATIENT_PAGE).await;
            customer.find_state("failed").await;
            customer.find_state("ready").await;
            customer.save_in_frame(GOOD_NUMBER).await;
            timeline::assert_all(customer, &["error READY_TIMEOUT", "ready", "saved"]).await;
            assert_saved(customer, &shop).await;
        })
        .await;
}

pub(crate) async fn double_ready_is_answered_each_time_and_told_once(scene: Scene) {
    let shop = shop(&scene, "double-ready");
    scene
        .browse(async |customer| {
            customer.open_ready(&shop.url(PAGE)).await;
            customer.enter_form().await;
            // Its own second Ready may not have its answer yet.
            let again = "
                window.answers = 0;
                addEventListener('message', () => window.answers++);
                for (const time of [1, 2, 3]) parent.postMessage({ status: 'Ready' }, '*');";
            customer.run(again).await;
            customer.until("return window.answers >= 3").await;
            customer.save(GOOD_NUMBER).await;
            customer.leave_form().await;
            timeline::assert_all(customer, &["ready", "saved"]).await;
            assert_saved(customer, &shop).await;
        })
        .await;
}

pub(crate) async fn json_text_is_as_usual(scene: Scene) {
    is_as_usual(&scene, "json-text").await;
}

pub(crate) async fn numeric_request_id_is_as_usual(scene: Scene) {
    is_as_usual(&scene, "numeric-request-id").await;
}

pub(crate) async fn slow_load_is_as_usual(scene: Scene) {
    is_as_usual(&scene, "slow-load").await;
}

async fn is_as_usual(scene: &Scene, name: &str) {
    saves_with(scene, name, &["ready", "saved"]).await;
}

pub(crate) async fn wrong_request_id_is_a_warning_and_no_result(scene: Scene) {
    let shop = shop(&scene, "wrong-request-id");
    scene
        .browse(async |customer| {
            customer.open_ready(&shop.url(PAGE)).await;
            let request_id = customer.request_id().await;
            customer.save_in_frame(GOOD_NUMBER).await;
            timeline::assert_all(customer, &["ready", "warning REQUEST_MISMATCH"]).await;
            customer.find_state("ready").await;
            assert_eq!(shop.session(&request_id).await["state"], "created");
            assert_eq!(shop.front.asked("/result"), 0);
        })
        .await;
}

pub(crate) async fn wrong_origin_frame_is_not_heard(scene: Scene) {
    let shop = shop(&scene, "wrong-origin-frame");
    scene
        .browse(async |customer| {
            customer.open_ready(&shop.url(PAGE)).await;
            let heed = "addEventListener('message', ({ origin, data }) => {
                if (origin === 'null') window.stranger = Object.keys(data);
            });";
            customer.run(heed).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            customer.until("return 'stranger' in window").await;
            let stranger = customer.run("return stranger").await;
            assert_eq!(stranger, json!(["requestId", "panToken"]));
            timeline::assert_all(customer, &["ready"]).await;
            assert_eq!(shop.front.asked("/result"), 0);
        })
        .await;
}

pub(crate) async fn result_before_ready_is_a_warning_and_saved(scene: Scene) {
    let shop = shop(&scene, "result-before-ready");
    scene
        .browse(async |customer| {
            open(customer, &shop, PATIENT_PAGE).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            timeline::assert_all(customer, &["warning RESULT_BEFORE_READY", "saved"]).await;
            assert_saved(customer, &shop).await;
        })
        .await;
}

pub(crate) async fn duplicate_result_is_saved_once(scene: Scene) {
    let shop = saves_with(&scene, "duplicate-result", &["ready", "saved"]).await;
    assert_eq!(shop.front.asked("/result"), 1);
}

/// The page is told of the second token at once, and of the first when the shop's server has it.
pub(crate) async fn conflicting_result_is_saved_with_the_first_token(scene: Scene) {
    let shop = shop(&scene, "conflicting-result");
    scene
        .browse(async |customer| {
            customer.open_ready(&shop.url(PAGE)).await;
            let gate = Gate::shut();
            shop.front.plan("/result", Answer::Held(gate.clone()));
            customer.save_in_frame(GOOD_NUMBER).await;
            timeline::wait_for(customer, 2).await;
            gate.open();
            let expected = ["ready", "warning CONFLICTING_RESULT", "saved"];
            timeline::assert_all(customer, &expected).await;
            assert_saved(customer, &shop).await;
            let token = customer.text("#pan-token").await;
            assert!(!token.ends_with("-2"), "the second token: {token}");
            assert_eq!(shop.front.asked("/result"), 1);
        })
        .await;
}

pub(crate) async fn huge_message_is_a_warning_and_then_as_usual(scene: Scene) {
    let expected = ["warning UNREADABLE_MESSAGE", "ready", "saved"];
    saves_with(&scene, "huge-message", &expected).await;
}

pub(crate) async fn reload_is_ready_for_each_load(scene: Scene) {
    let shop = shop(&scene, "reload");
    scene
        .browse(async |customer| {
            open(customer, &shop, PAGE).await;
            timeline::wait_for(customer, 2).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            timeline::assert_all(customer, &["ready", "ready", "saved"]).await;
            assert_saved(customer, &shop).await;
        })
        .await;
}

pub(crate) async fn error_then_saved_is_both(scene: Scene) {
    let expected = ["ready", "error INVALID_PAN", "saved"];
    saves_with(&scene, "error-then-saved", &expected).await;
}

/// A card saved with a form of this name is told with these events, and in the store.
async fn saves_with(scene: &Scene, name: &str, expected: &[&str]) -> Shop {
    let shop = shop(scene, name);
    scene
        .browse(async |customer| {
            customer.open_ready(&shop.url(PAGE)).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            timeline::assert_all(customer, expected).await;
            assert_saved(customer, &shop).await;
        })
        .await;
    shop
}

fn shop(scene: &Scene, name: &str) -> Shop {
    Shop::open(ShopOptions {
        form_path: format!("/chaos/{name}"),
        ..scene.page.options()
    })
}

async fn open(customer: &Customer, shop: &Shop, page: &str) {
    customer.driver.goto(shop.url(page)).await.unwrap();
}
