//! The form's frame in the hands of another script of the page, at each stage: taken out, or moved or
//! reloaded, which in a browser both load it anew. What it says is told all the same, and a saved card
//! once.

use pantoken_tests::{Answer, Customer, GOOD_NUMBER, Gate, Scene, Shop};

use crate::iframe_flow::assert_saved;
use crate::late_form::{self, IMPATIENT_PAGE, PATIENT_PAGE};
use crate::timeline;

const MOVE: &str = "const frame = document.querySelector('iframe'); frame.parentNode.append(frame)";
const RELOAD: &str = "const frame = document.querySelector('iframe'); frame.src = frame.src";
const TAKE_OUT: &str = "
    window.taken = document.querySelector('iframe');
    window.place = window.taken.parentNode;
    window.taken.remove();";
const PUT_BACK: &str = "window.place.append(window.taken)";

pub(crate) async fn taken_out_before_it_is_ready_it_may_be_tried_again(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            customer.go(&shop.url(IMPATIENT_PAGE)).await;
            timeline::wait_for(customer, 1).await;
            customer.run(TAKE_OUT).await;
            customer.press("Try again").await;
            timeline::wait_for(customer, 2).await;
            late_form::say_ready(customer).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            let timeout = "error READY_TIMEOUT";
            timeline::assert_all(customer, &[timeout, timeout, "ready", "saved"]).await;
            assert_saved(customer, &shop).await;
        })
        .await;
}

pub(crate) async fn moved_or_reloaded_before_it_is_ready_it_is_ready_once(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            for handle in [MOVE, RELOAD] {
                customer.go(&shop.url(PATIENT_PAGE)).await;
                late_form::wait_for(customer).await;
                load_anew(customer, handle).await;
                late_form::say_ready(customer).await;
                customer.save_in_frame(GOOD_NUMBER).await;
                timeline::assert_all(customer, &["ready", "saved"]).await;
                assert_saved(customer, &shop).await;
            }
        })
        .await;
}

pub(crate) async fn moved_or_reloaded_when_ready_it_is_ready_again(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            for handle in [MOVE, RELOAD] {
                open_ready(customer, &shop).await;
                load_anew(customer, handle).await;
                customer.find_state("loading").await;
                late_form::say_ready(customer).await;
                customer.save_in_frame(GOOD_NUMBER).await;
                timeline::assert_all(customer, &["ready", "ready", "saved"]).await;
                assert_saved(customer, &shop).await;
            }
        })
        .await;
}

/// In the language that the customer chooses then, there is another form.
pub(crate) async fn taken_out_when_ready_another_takes_the_card(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            open_ready(customer, &shop).await;
            customer.run(TAKE_OUT).await;
            customer.click("input[name=language][value=kz]").await;
            late_form::say_ready(customer).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            timeline::assert_all(customer, &["ready", "ready", "saved"]).await;
            assert_saved(customer, &shop).await;
        })
        .await;
}

pub(crate) async fn moved_or_reloaded_while_it_reports_its_card_is_told_once(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            for handle in [MOVE, RELOAD] {
                let gate = open_reporting(customer, &shop).await;
                load_anew(customer, handle).await;
                late_form::say_ready(customer).await;
                timeline::wait_for(customer, 2).await;
                gate.open();
                timeline::assert_all(customer, &["ready", "ready", "saved"]).await;
                assert_saved(customer, &shop).await;
            }
            assert_eq!(shop.front.asked("/result"), 2);
        })
        .await;
}

pub(crate) async fn taken_out_while_it_reports_its_card_is_told_once(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            let gate = open_reporting(customer, &shop).await;
            customer.run(TAKE_OUT).await;
            gate.open();
            customer.find_state("saved").await;
            customer.run(PUT_BACK).await;
            timeline::assert_all(customer, &["ready", "saved"]).await;
            assert_saved(customer, &shop).await;
            assert_eq!(shop.front.asked("/result"), 1);
        })
        .await;
}

pub(crate) async fn moved_or_reloaded_when_saved_it_stays_saved(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            for handle in [MOVE, RELOAD] {
                open_saved(customer, &shop).await;
                load_anew(customer, handle).await;
                late_form::say_ready(customer).await;
                timeline::assert_all(customer, &["ready", "saved", "ready"]).await;
                assert_saved(customer, &shop).await;
            }
            assert_eq!(shop.front.asked("/result"), 2);
        })
        .await;
}

pub(crate) async fn taken_out_when_saved_it_stays_saved(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            open_saved(customer, &shop).await;
            customer.run(TAKE_OUT).await;
            assert_saved(customer, &shop).await;
            customer.run(PUT_BACK).await;
            timeline::assert_all(customer, &["ready", "saved"]).await;
            assert_saved(customer, &shop).await;
        })
        .await;
}

async fn open_ready(customer: &Customer, shop: &Shop) {
    customer.go(&shop.url(PATIENT_PAGE)).await;
    late_form::say_ready(customer).await;
    timeline::wait_for(customer, 1).await;
}

/// The report is on its way until the gate is open.
async fn open_reporting(customer: &Customer, shop: &Shop) -> Gate {
    open_ready(customer, shop).await;
    let reported = shop.front.asked("/result");
    let gate = Gate::shut();
    shop.front.plan("/result", Answer::Held(gate.clone()));
    customer.save_in_frame(GOOD_NUMBER).await;
    shop.front.wait_for("/result", reported + 1).await;
    gate
}

async fn open_saved(customer: &Customer, shop: &Shop) {
    open_ready(customer, shop).await;
    customer.save_in_frame(GOOD_NUMBER).await;
    customer.find_state("saved").await;
}

/// Does to the frame what loads it anew, and waits until it has.
async fn load_anew(customer: &Customer, handle: &str) {
    let loaded = "
        window.loaded = false;
        document.querySelector('iframe').addEventListener('load', () => window.loaded = true);";
    customer.run(loaded).await;
    customer.run(handle).await;
    customer.until("return window.loaded").await;
}
