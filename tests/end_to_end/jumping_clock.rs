//! Runs the page with a clock that jumps, like that of a phone that slept. Timers run early, late, or after
//! they were cleared. The tests check exactly which events are emitted, and that no card is lost.

use pantoken_tests::{GOOD_NUMBER, PlannedResponse, Tab, TestContext};

use crate::iframe_flow::assert_saved;
use crate::late_form::{self, PATIENT_PAGE};
use crate::{tampered_page, timeline};

/// The milliseconds that [`PATIENT_PAGE`] waits for Ready.
const READY_TIMEOUT: u32 = 3_600_000;
/// The milliseconds before a report is repeated for the first time.
const REPORT_WAIT: u32 = 500;
const TIMEOUT: &str = "error READY_TIMEOUT";

pub(crate) async fn a_timeout_before_its_time_lets_the_customer_go_on(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            tampered_page::open(tab, &site, PATIENT_PAGE, &timers(READY_TIMEOUT)).await;
            late_form::wait_for(tab).await;
            run_timers(tab).await;
            tab.find_state("failed").await;
            late_form::say_ready(tab).await;
            tab.find_state("ready").await;
            tab.save_in_frame(GOOD_NUMBER).await;
            timeline::assert_all(tab, &[TIMEOUT, "ready", "saved"]).await;
            assert_saved(tab, &site).await;
        })
        .await;
}

/// Ready arrived while the phone slept, and the timeout was queued already.
pub(crate) async fn a_timeout_after_ready_is_none(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            tampered_page::open(tab, &site, PATIENT_PAGE, &timers(READY_TIMEOUT)).await;
            late_form::say_ready(tab).await;
            tab.find_state("ready").await;
            run_timers(tab).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            timeline::assert_all(tab, &["ready", "saved"]).await;
            assert_saved(tab, &site).await;
        })
        .await;
}

pub(crate) async fn a_timeout_after_saved_is_none(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            tampered_page::open(tab, &site, PATIENT_PAGE, &timers(READY_TIMEOUT)).await;
            late_form::say_ready(tab).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            tab.find_state("saved").await;
            run_timers(tab).await;
            timeline::assert_all(tab, &["ready", "saved"]).await;
            assert_saved(tab, &site).await;
        })
        .await;
}

/// The phone slept for any length of time between two reports.
pub(crate) async fn a_report_goes_on_when_its_wait_was_longer(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            tampered_page::open(tab, &site, "/?lang=en", &timers(REPORT_WAIT)).await;
            tab.find_state("ready").await;
            site.proxy.plan("/result", PlannedResponse::Disconnected);
            tab.save_in_frame(GOOD_NUMBER).await;
            tab.until("return window.timers.length === 1").await;
            timeline::assert_all(tab, &["ready"]).await;
            run_timers(tab).await;
            let expected = ["ready", "warning UNREADABLE_MESSAGE", "saved"];
            timeline::assert_all(tab, &expected).await;
            assert_saved(tab, &site).await;
            assert_eq!(site.proxy.count("/result"), 2);
        })
        .await;
}

/// Returns a script that holds timers of this many milliseconds until [`run_timers`] runs them.
fn timers(milliseconds: u32) -> String {
    let timers = include_str!("../pages/hostile/timers.js");
    timers.replace("HELD", &milliseconds.to_string())
}

/// Runs all timers that were set, including those that were cleared. There must be at least one.
async fn run_timers(tab: &Tab) {
    assert_eq!(tab.run("return window.timers.length > 0").await, true);
    tab.run_as_page("window.runTimers()").await;
}
