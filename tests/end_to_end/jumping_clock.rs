//! A clock that jumps, as a phone's does that slept: timers run before their time, after it, and when
//! they were cleared already. Exactly which events come out, and no card is lost.

use pantoken_tests::{Answer, Customer, GOOD_NUMBER, Scene};

use crate::iframe_flow::assert_saved;
use crate::late_form::{self, PATIENT_PAGE};
use crate::{tampered_page, timeline};

/// Of the form's Ready, as [`PATIENT_PAGE`] says it.
const READY_TIMEOUT: u32 = 3_600_000;
/// Before the first repetition of a report.
const REPORT_WAIT: u32 = 500;
const TIMEOUT: &str = "error READY_TIMEOUT";

pub(crate) async fn a_timeout_before_its_time_lets_the_customer_go_on(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            tampered_page::open(customer, &shop, PATIENT_PAGE, &timers(READY_TIMEOUT)).await;
            late_form::wait_for(customer).await;
            run_timers(customer).await;
            customer.find_state("failed").await;
            late_form::say_ready(customer).await;
            customer.find_state("ready").await;
            customer.save_in_frame(GOOD_NUMBER).await;
            timeline::assert_all(customer, &[TIMEOUT, "ready", "saved"]).await;
            assert_saved(customer, &shop).await;
        })
        .await;
}

/// Ready came while the phone slept, and its timeout was on its way already.
pub(crate) async fn a_timeout_after_ready_is_none(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            tampered_page::open(customer, &shop, PATIENT_PAGE, &timers(READY_TIMEOUT)).await;
            late_form::say_ready(customer).await;
            customer.find_state("ready").await;
            run_timers(customer).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            timeline::assert_all(customer, &["ready", "saved"]).await;
            assert_saved(customer, &shop).await;
        })
        .await;
}

pub(crate) async fn a_timeout_after_saved_is_none(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            tampered_page::open(customer, &shop, PATIENT_PAGE, &timers(READY_TIMEOUT)).await;
            late_form::say_ready(customer).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            customer.find_state("saved").await;
            run_timers(customer).await;
            timeline::assert_all(customer, &["ready", "saved"]).await;
            assert_saved(customer, &shop).await;
        })
        .await;
}

/// The phone slept between two reports, for however long.
pub(crate) async fn a_report_goes_on_when_its_wait_was_longer(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            tampered_page::open(customer, &shop, "/?lang=en", &timers(REPORT_WAIT)).await;
            customer.find_state("ready").await;
            shop.front.plan("/result", Answer::Cut);
            customer.save_in_frame(GOOD_NUMBER).await;
            customer.until("return window.timers.length === 1").await;
            timeline::assert_all(customer, &["ready"]).await;
            run_timers(customer).await;
            let expected = ["ready", "warning UNREADABLE_MESSAGE", "saved"];
            timeline::assert_all(customer, &expected).await;
            assert_saved(customer, &shop).await;
            assert_eq!(shop.front.asked("/result"), 2);
        })
        .await;
}

/// Timers of so many milliseconds wait until they are told to run.
fn timers(milliseconds: u32) -> String {
    let timers = include_str!("../pages/hostile/timers.js");
    timers.replace("HELD", &milliseconds.to_string())
}

/// All that were set run, also those that were cleared; there is one at least.
async fn run_timers(customer: &Customer) {
    assert_eq!(customer.run("return window.timers.length > 0").await, true);
    customer.run_as_page("window.runTimers()").await;
}
