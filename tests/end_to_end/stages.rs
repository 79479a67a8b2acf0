//! Moves or reloads the element at each stage. A move starts a new session, and so does a reload until a
//! card is saved. `removal` contains the same tests for an element that is removed.

use pantoken_tests::{GOOD_NUMBER, Gate, PlannedResponse, Tab, TestContext};

use crate::{late_form, stage};

const CREATE: &str = "POST /v1/sessions";
const MOVE: &str = "document.body.append(form)";
const RELOAD: &str = "form.reload()";
const READY: &str = "pantoken-ready";
const SAVED: &str = "pantoken-saved";

pub(crate) async fn moved_while_its_session_is_made_it_has_another(context: TestContext) {
    again_while_its_session_is_made(&context, MOVE).await;
}

pub(crate) async fn reloaded_while_its_session_is_made_it_has_another(context: TestContext) {
    again_while_its_session_is_made(&context, RELOAD).await;
}

async fn again_while_its_session_is_made(context: &TestContext, again: &str) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            let gate = Gate::closed();
            site.proxy
                .plan("/v1/sessions", PlannedResponse::Delayed(gate.clone()));
            stage::insert(tab, "form").await;
            site.proxy.wait_for(CREATE, 1).await;
            tab.run(again).await;
            stage::wait_for(tab, "form", READY, 1).await;
            gate.open();
            tab.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(tab, "form", SAVED, 1).await;
            assert_emitted(tab, &[READY, SAVED]).await;
            assert_eq!(site.proxy.count(CREATE), 2);
        })
        .await;
}

pub(crate) async fn moved_while_its_frame_loads_it_has_another(context: TestContext) {
    again_while_its_frame_loads(&context, MOVE).await;
}

pub(crate) async fn reloaded_while_its_frame_loads_it_has_another(context: TestContext) {
    again_while_its_frame_loads(&context, RELOAD).await;
}

async fn again_while_its_frame_loads(context: &TestContext, again: &str) {
    let site = late_form::site(context);
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            stage::insert(tab, "form").await;
            let first = tab.form_url().await.request().request_id();
            tab.run(again).await;
            site.proxy.wait_for(CREATE, 2).await;
            let is_another = format!(
                "const frame = form.shadowRoot.querySelector('iframe');
                 return frame !== null && !frame.src.includes('requestId={first}&')"
            );
            tab.until(&is_another).await;
            late_form::say_ready(tab).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(tab, "form", SAVED, 1).await;
            assert_emitted(tab, &[READY, SAVED]).await;
        })
        .await;
}

pub(crate) async fn moved_while_it_reports_its_card_is_not_lost(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open_ready(tab, &site).await;
            let request_id = tab.request_id().await;
            let gate = stage::save_unreported(tab, &site).await;
            tab.run(MOVE).await;
            stage::wait_for(tab, "form", READY, 2).await;
            gate.open();
            site.session_in_state(&request_id, "saved").await;
            assert_emitted(tab, &[READY, READY]).await;
        })
        .await;
}

pub(crate) async fn reloaded_while_it_reports_it_goes_on(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open_ready(tab, &site).await;
            let gate = stage::save_unreported(tab, &site).await;
            tab.run(RELOAD).await;
            gate.open();
            stage::wait_for(tab, "form", SAVED, 1).await;
            assert_emitted(tab, &[READY, SAVED]).await;
            assert_eq!(site.proxy.count(CREATE), 1);
        })
        .await;
}

pub(crate) async fn moved_when_saved_it_has_another_session(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open_ready(tab, &site).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(tab, "form", SAVED, 1).await;
            tab.run(MOVE).await;
            stage::wait_for(tab, "form", READY, 2).await;
            assert_emitted(tab, &[READY, SAVED, READY]).await;
            let events = stage::events(tab, "form").await;
            assert_ne!(events[1]["requestId"], events[2]["requestId"]);
        })
        .await;
}

pub(crate) async fn without_its_frame_a_reload_brings_another(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open_ready(tab, &site).await;
            tab.run("findDeep('iframe').remove()").await;
            tab.run(RELOAD).await;
            stage::wait_for(tab, "form", READY, 2).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(tab, "form", SAVED, 1).await;
            assert_emitted(tab, &[READY, READY, SAVED]).await;
        })
        .await;
}

/// Checks that the form has emitted only these events by the time that its last message is handled.
async fn assert_emitted(tab: &Tab, expected: &[&str]) {
    let warning = "pantoken-warning";
    tab.find("iframe").await.enter_frame().await.unwrap();
    tab.find("#message").await;
    tab.run("parent.postMessage('the end', '*')").await;
    tab.leave_form().await;
    stage::wait_for(tab, "form", warning, 1).await;
    assert_eq!(
        stage::emitted(tab, "form").await,
        [expected, &[warning]].concat()
    );
    assert_eq!(stage::frames(tab).await, 1);
}
