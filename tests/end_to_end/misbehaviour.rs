//! Opens forms that misbehave, which the sandbox provides on request, and checks exactly which events are
//! emitted.

use pantoken_tests::{GOOD_NUMBER, Gate, PlannedResponse, SiteOptions, Tab, TestContext, TestSite};
use serde_json::json;

use crate::iframe_flow::assert_saved;
use crate::late_form::{IMPATIENT_PAGE, PATIENT_PAGE};
use crate::{tampered_page, timeline};

const PAGE: &str = "/?lang=en";
const OVERHEAR: &str = include_str!("../pages/hostile/overhear.js");
/// The record of the form's usual Ready.
const READY: &str = "object Ready";

pub(crate) async fn never_ready_is_an_error_that_may_be_tried_again(context: TestContext) {
    let site = site(&context, "never-ready");
    let timeout = "error READY_TIMEOUT";
    context
        .browse(async |tab| {
            open(tab, &site, IMPATIENT_PAGE).await;
            tab.find_state("failed").await;
            timeline::assert_all(tab, &[timeout]).await;
            assert_overheard(tab, &[]).await;
            open(tab, &site, IMPATIENT_PAGE).await;
            tab.press("Try again").await;
            timeline::assert_all(tab, &[timeout, timeout]).await;
            assert_overheard(tab, &[]).await;
        })
        .await;
}

pub(crate) async fn late_ready_lets_the_customer_go_on(context: TestContext) {
    let site = site(&context, "late-ready");
    context
        .browse(async |tab| {
            open(tab, &site, IMPATIENT_PAGE).await;
            tab.find_state("failed").await;
            tab.find_state("ready").await;
            tab.save_in_frame(GOOD_NUMBER).await;
            timeline::assert_all(tab, &["error READY_TIMEOUT", "ready", "saved"]).await;
            assert_saved(tab, &site).await;
        })
        .await;
}

pub(crate) async fn double_ready_is_answered_each_time_and_told_once(context: TestContext) {
    let site = site(&context, "double-ready");
    context
        .browse(async |tab| {
            open(tab, &site, PAGE).await;
            tab.find_state("ready").await;
            tab.until("return window.overheard.length === 2").await;
            tab.enter_form().await;
            let count = "
                window.answers = window.reached = 0;
                addEventListener('message', ({ data }) => {
                    if (data === 'here') window.reached++;
                    else window.answers++;
                });";
            tab.run(count).await;
            reach_form(tab, 1).await;
            // The form's own messages have been answered by now.
            let again = "
                window.answers = 0;
                for (const time of [1, 2, 3]) parent.postMessage({ status: 'Ready' }, '*');";
            tab.run(again).await;
            tab.leave_form().await;
            tab.until("return window.overheard.length === 5").await;
            tab.enter_form().await;
            reach_form(tab, 2).await;
            assert_eq!(tab.run("return window.answers").await, 3);
            tab.save(GOOD_NUMBER).await;
            tab.leave_form().await;
            timeline::assert_all(tab, &["ready", "saved"]).await;
            assert_saved(tab, &site).await;
            let result = format!("object string {}", tab.text("#pan-token").await);
            assert_overheard(tab, &[&[READY; 5][..], &[&result]].concat()).await;
        })
        .await;
}

/// Waits until the form has received everything that the page has posted so far.
async fn reach_form(tab: &Tab, times: u32) {
    tab.leave_form().await;
    tab.run("findDeep('iframe').contentWindow.postMessage('here', '*')")
        .await;
    tab.enter_form().await;
    let reached = format!("return window.reached === {times}");
    tab.until(&reached).await;
}

pub(crate) async fn json_text_is_as_usual(context: TestContext) {
    let (_, said) = saves_with(&context, "json-text", &["ready", "saved"]).await;
    let [ready, result] = &said[..] else {
        panic!("{said:?}");
    };
    assert_eq!(ready, "string Ready");
    assert!(result.starts_with("string string "), "{result}");
}

pub(crate) async fn numeric_request_id_is_as_usual(context: TestContext) {
    let (_, said) = saves_with(&context, "numeric-request-id", &["ready", "saved"]).await;
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

/// The sandbox waits for two seconds, which a browser may measure less exactly.
pub(crate) async fn slow_load_is_as_usual(context: TestContext) {
    let site = site(&context, "slow-load");
    context
        .browse(async |tab| {
            open(tab, &site, PAGE).await;
            tab.find_state("ready").await;
            tab.enter_form().await;
            let waited = "
                const [load] = performance.getEntriesByType('navigation');
                return Math.floor(load.domInteractive);";
            let waited = tab.run(waited).await.as_u64().unwrap();
            assert!(waited >= 1900, "the form came after {waited} ms");
            tab.save(GOOD_NUMBER).await;
            tab.leave_form().await;
            timeline::assert_all(tab, &["ready", "saved"]).await;
            assert_saved(tab, &site).await;
        })
        .await;
}

pub(crate) async fn wrong_request_id_is_a_warning_and_no_result(context: TestContext) {
    let site = site(&context, "wrong-request-id");
    context
        .browse(async |tab| {
            tab.open_ready(&site.url(PAGE)).await;
            let request_id = tab.request_id().await;
            tab.save_in_frame(GOOD_NUMBER).await;
            timeline::assert_all(tab, &["ready", "warning REQUEST_MISMATCH"]).await;
            tab.find_state("ready").await;
            assert_eq!(site.session(&request_id).await["state"], "created");
            assert_eq!(site.proxy.count("/result"), 0);
        })
        .await;
}

pub(crate) async fn wrong_origin_frame_is_not_heard(context: TestContext) {
    let site = site(&context, "wrong-origin-frame");
    context
        .browse(async |tab| {
            tab.open_ready(&site.url(PAGE)).await;
            let listen = "addEventListener('message', ({ origin, data }) => {
                if (origin === 'null') window.foreign = Object.keys(data);
            });";
            tab.run(listen).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            tab.until("return 'foreign' in window").await;
            let fields = tab.run("return foreign").await;
            assert_eq!(fields, json!(["requestId", "panToken"]));
            timeline::assert_all(tab, &["ready"]).await;
            assert_eq!(site.proxy.count("/result"), 0);
        })
        .await;
}

pub(crate) async fn result_before_ready_is_a_warning_and_saved(context: TestContext) {
    let site = site(&context, "result-before-ready");
    context
        .browse(async |tab| {
            open(tab, &site, PATIENT_PAGE).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            timeline::assert_all(tab, &["warning RESULT_BEFORE_READY", "saved"]).await;
            assert_saved(tab, &site).await;
        })
        .await;
}

pub(crate) async fn duplicate_result_is_saved_once(context: TestContext) {
    let (site, said) = saves_with(&context, "duplicate-result", &["ready", "saved"]).await;
    let [ready, result, again] = &said[..] else {
        panic!("{said:?}");
    };
    assert_eq!(ready, READY);
    assert!(result.starts_with("object string "), "{result}");
    assert_eq!(result, again);
    assert_eq!(site.proxy.count("/result"), 1);
}

/// The page gets a warning about the second token at once, and the first token when the server has stored it.
pub(crate) async fn conflicting_result_is_saved_with_the_first_token(context: TestContext) {
    let site = site(&context, "conflicting-result");
    context
        .browse(async |tab| {
            tab.open_ready(&site.url(PAGE)).await;
            let gate = Gate::closed();
            site.proxy
                .plan("/result", PlannedResponse::Delayed(gate.clone()));
            tab.save_in_frame(GOOD_NUMBER).await;
            timeline::wait_for(tab, 2).await;
            gate.open();
            let expected = ["ready", "warning CONFLICTING_RESULT", "saved"];
            timeline::assert_all(tab, &expected).await;
            assert_saved(tab, &site).await;
            let token = tab.text("#pan-token").await;
            assert!(!token.ends_with("-2"), "the second token: {token}");
            assert_eq!(site.proxy.count("/result"), 1);
        })
        .await;
}

pub(crate) async fn huge_message_is_a_warning_and_then_as_usual(context: TestContext) {
    let expected = ["warning UNREADABLE_MESSAGE", "ready", "saved"];
    saves_with(&context, "huge-message", &expected).await;
}

pub(crate) async fn reload_is_ready_for_each_load(context: TestContext) {
    let site = site(&context, "reload");
    context
        .browse(async |tab| {
            open(tab, &site, PAGE).await;
            timeline::wait_for(tab, 2).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            timeline::assert_all(tab, &["ready", "ready", "saved"]).await;
            assert_saved(tab, &site).await;
        })
        .await;
}

pub(crate) async fn error_then_saved_is_both(context: TestContext) {
    let expected = ["ready", "error INVALID_PAN", "saved"];
    saves_with(&context, "error-then-saved", &expected).await;
}

/// Saves a card in the form with this misbehaviour, and checks the events and the stored token. Returns the
/// messages that the form posted.
async fn saves_with(
    context: &TestContext,
    name: &str,
    expected: &[&str],
) -> (TestSite, Vec<String>) {
    let site = site(context, name);
    let said = context.browse(async |tab| {
        open(tab, &site, PAGE).await;
        tab.find_state("ready").await;
        tab.save_in_frame(GOOD_NUMBER).await;
        timeline::assert_all(tab, expected).await;
        assert_saved(tab, &site).await;
        overheard(tab).await
    });
    let said = said.await;
    (site, said)
}

fn site(context: &TestContext, name: &str) -> TestSite {
    TestSite::open(SiteOptions {
        form_path: format!("/chaos/{name}"),
        ..context.page.options()
    })
}

/// Opens a page that records the messages of its form.
async fn open(tab: &Tab, site: &TestSite, page: &str) {
    tampered_page::open(tab, site, page, OVERHEAR).await;
}

async fn assert_overheard(tab: &Tab, expected: &[&str]) {
    assert_eq!(overheard(tab).await, expected);
}

/// Returns the messages that the form posted before the last one, which `timeline` has it post.
async fn overheard(tab: &Tab) -> Vec<String> {
    let said = tab.run("return window.overheard").await;
    let said = said.as_array().unwrap().iter();
    let mut said: Vec<String> = said
        .map(|message| message.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(said.pop().as_deref(), Some("string"), "the end");
    said
}
