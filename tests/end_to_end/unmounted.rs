//! Unmounts the Yew component at each stage, by choosing another flow on the demo page. It emits nothing from
//! then on, and a card that is saved by then is reported nevertheless. `removal` contains the same tests for
//! the element.

use pantoken_tests::{GOOD_NUMBER, Gate, PlannedResponse, Tab, TestContext, TestSite};
use serde_json::json;

use crate::late_form::{self, PATIENT_PAGE};
use crate::timeline;

pub(crate) async fn unmounted_while_its_session_is_made_it_tells_nothing(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            let gate = Gate::closed();
            site.proxy
                .plan("/v1/sessions", PlannedResponse::Delayed(gate.clone()));
            tab.go(&site.url(PATIENT_PAGE)).await;
            site.proxy.wait_for("POST /v1/sessions", 1).await;
            unmount(tab).await;
            gate.open();
            assert_silent(tab).await;
        })
        .await;
}

pub(crate) async fn unmounted_while_its_frame_loads_it_tells_nothing(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            tab.go(&site.url(PATIENT_PAGE)).await;
            late_form::wait_for(tab).await;
            unmount(tab).await;
            assert_silent(tab).await;
        })
        .await;
}

pub(crate) async fn unmounted_when_ready_it_tells_nothing_more(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            open_ready(tab, &site).await;
            unmount(tab).await;
            assert_silent(tab).await;
        })
        .await;
}

pub(crate) async fn unmounted_while_it_reports_its_card_is_not_lost(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            open_ready(tab, &site).await;
            let request_id = tab.request_id().await;
            let gate = Gate::closed();
            site.proxy
                .plan("/result", PlannedResponse::Delayed(gate.clone()));
            tab.save_in_frame(GOOD_NUMBER).await;
            site.proxy.wait_for("/result", 1).await;
            unmount(tab).await;
            gate.open();
            site.session_in_state(&request_id, "saved").await;
            assert_silent(tab).await;
        })
        .await;
}

pub(crate) async fn unmounted_before_a_report_is_repeated_its_card_is_not_lost(
    context: TestContext,
) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            open_ready(tab, &site).await;
            let request_id = tab.request_id().await;
            site.proxy.plan("/result", PlannedResponse::Disconnected);
            tab.save_in_frame(GOOD_NUMBER).await;
            site.proxy.wait_for("/result", 1).await;
            unmount(tab).await;
            site.session_in_state(&request_id, "saved").await;
            assert_silent(tab).await;
        })
        .await;
}

pub(crate) async fn unmounted_when_saved_it_tells_nothing_more(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            open_ready(tab, &site).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            tab.find_state("saved").await;
            unmount(tab).await;
            assert_silent(tab).await;
        })
        .await;
}

async fn open_ready(tab: &Tab, site: &TestSite) {
    tab.go(&site.url(PATIENT_PAGE)).await;
    late_form::say_ready(tab).await;
    timeline::wait_for(tab, 1).await;
}

/// Chooses the flow without a frame, which empties the timeline, and records each step that appears in it
/// from then on.
async fn unmount(tab: &Tab) {
    tab.click("input[name=flow][value=redirect]").await;
    let is_gone = "return !document.querySelector('iframe, #timeline [data-step]')";
    tab.until(is_gone).await;
    let note = "
        window.shown = [];
        const note = () => {
            for (const { dataset } of document.querySelectorAll('#timeline [data-step]'))
                if (!window.shown.includes(dataset.step)) window.shown.push(dataset.step);
        };
        new MutationObserver(note).observe(
            document.querySelector('#timeline'), { childList: true, subtree: true, attributes: true });";
    tab.run(note).await;
}

/// Checks that nothing has appeared in the timeline by the time that the next form is ready and its last
/// message is handled.
async fn assert_silent(tab: &Tab) {
    tab.click("input[name=flow][value=iframe]").await;
    late_form::say_ready(tab).await;
    timeline::assert_all(tab, &["ready"]).await;
    let shown = tab.run("return window.shown").await;
    assert_eq!(shown, json!(["session", "ready", "warning"]));
}
