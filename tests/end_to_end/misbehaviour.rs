//! A form that misbehaves, as the sandbox's does on request: exactly which events come out.

use pantoken_tests::{Answer, Customer, GOOD_NUMBER, Gate, Scene, Shop, ShopOptions};
use serde_json::json;

use crate::iframe_flow::assert_saved;
use crate::late_form::{IMPATIENT_PAGE, PATIENT_PAGE};
use crate::{tampered_page, timeline};

const PAGE: &str = "/?lang=en";
const OVERHEAR: &str = include_str!("../pages/hostile/overhear.js");
/// How the form's usual Ready is overheard.
const READY: &str = "object Ready";

pub(crate) async fn never_ready_is_an_error_that_may_be_tried_again(scene: Scene) {
    let shop = shop(&scene, "never-ready");
    let timeout = "error READY_TIMEOUT";
    scene
        .browse(async |customer| {
            open(customer, &shop, IMPATIENT_PAGE).await;
            customer.find_state("failed").await;
            timeline::assert_all(customer, &[timeout]).await;
            assert_overheard(customer, &[]).await;
            open(customer, &shop, IMPATIENT_PAGE).await;
            customer.press("Try again").await;
            timeline::assert_all(customer, &[timeout, timeout]).await;
            assert_overheard(customer, &[]).await;
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
            open(customer, &shop, PAGE).await;
            customer.find_state("ready").await;
            customer.until("return window.overheard.length === 2").await;
            customer.enter_form().await;
            let count = "
                window.answers = window.reached = 0;
                addEventListener('message', ({ data }) => {
                    if (data === 'here') window.reached++;
                    else window.answers++;
                });";
            customer.run(count).await;
            reach_form(customer, 1).await;
            // The form's own have their answers by now.
            let again = "
                window.answers = 0;
                for (const time of [1, 2, 3]) parent.postMessage({ status: 'Ready' }, '*');";
            customer.run(again).await;
            customer.leave_form().await;
            customer.until("return window.overheard.length === 5").await;
            customer.enter_form().await;
            reach_form(customer, 2).await;
            assert_eq!(customer.run("return window.answers").await, 3);
            customer.save(GOOD_NUMBER).await;
            customer.leave_form().await;
            timeline::assert_all(customer, &["ready", "saved"]).await;
            assert_saved(customer, &shop).await;
            let result = format!("object string {}", customer.text("#pan-token").await);
            assert_overheard(customer, &[&[READY; 5][..], &[&result]].concat()).await;
        })
        .await;
}

/// Waits until all that the page has posted to the form so far is there.
async fn reach_form(customer: &Customer, times: u32) {
    customer.leave_form().await;
    customer
        .run("document.querySelector('iframe').contentWindow.postMessage('here', '*')")
        .await;
    customer.enter_form().await;
    let reached = format!("return window.reached === {times}");
    customer.until(&reached).await;
}

pub(crate) async fn json_text_is_as_usual(scene: Scene) {
    let (_, said) = saves_with(&scene, "json-text", &["ready", "saved"]).await;
    let [ready, result] = &said[..] else {
        panic!("{said:?}");
    };
    assert_eq!(ready, "string Ready");
    assert!(result.starts_with("string string "), "{result}");
}

pub(crate) async fn numeric_request_id_is_as_usual(scene: Scene) {
    let (_, said) = saves_with(&scene, "numeric-request-id", &["ready", "saved"]).await;
    let [ready, result] = &said[..] else {
        panic!("{said:?}");
    };
    assert_eq!(ready, READY);
    let numeric = ["object number ", "object bigint "];
    assert!(
        numeric.iter().any(|start| result.starts_with(start)),
        "{result}"
    );
}

/// The sandbox waits for two seconds, and a browser may tell them less exactly.
pub(crate) async fn slow_load_is_as_usual(scene: Scene) {
    let shop = shop(&scene, "slow-load");
    scene
        .browse(async |customer| {
            open(customer, &shop, PAGE).await;
            customer.find_state("ready").await;
            customer.enter_form().await;
            let waited = "
                const [load] = performance.getEntriesByType('navigation');
                return Math.floor(load.domInteractive);";
            let waited = customer.run(waited).await.as_u64().unwrap();
            assert!(waited >= 1900, "the form came after {waited} ms");
            customer.save(GOOD_NUMBER).await;
            customer.leave_form().await;
            timeline::assert_all(customer, &["ready", "saved"]).await;
            assert_saved(customer, &shop).await;
        })
        .await;
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
    let (shop, said) = saves_with(&scene, "duplicate-result", &["ready", "saved"]).await;
    let [ready, result, again] = &said[..] else {
        panic!("{said:?}");
    };
    assert_eq!(ready, READY);
    assert!(result.starts_with("object string "), "{result}");
    assert_eq!(result, again);
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

/// A card saved with a form of this name is told with these events, and in the store. Gives what the
/// form said.
async fn saves_with(scene: &Scene, name: &str, expected: &[&str]) -> (Shop, Vec<String>) {
    let shop = shop(scene, name);
    let said = scene.browse(async |customer| {
        open(customer, &shop, PAGE).await;
        customer.find_state("ready").await;
        customer.save_in_frame(GOOD_NUMBER).await;
        timeline::assert_all(customer, expected).await;
        assert_saved(customer, &shop).await;
        overheard(customer).await
    });
    let said = said.await;
    (shop, said)
}

fn shop(scene: &Scene, name: &str) -> Shop {
    Shop::open(ShopOptions {
        form_path: format!("/chaos/{name}"),
        ..scene.page.options()
    })
}

/// Opens a page that overhears what its form says.
async fn open(customer: &Customer, shop: &Shop, page: &str) {
    tampered_page::open(customer, shop, page, OVERHEAR).await;
}

async fn assert_overheard(customer: &Customer, expected: &[&str]) {
    assert_eq!(overheard(customer).await, expected);
}

/// What the form said until the end that `timeline` has it say.
async fn overheard(customer: &Customer) -> Vec<String> {
    let said = customer.run("return window.overheard").await;
    let said = said.as_array().unwrap().iter();
    let mut said: Vec<String> = said.map(|word| word.as_str().unwrap().to_owned()).collect();
    assert_eq!(said.pop().as_deref(), Some("string"), "the end");
    said
}
