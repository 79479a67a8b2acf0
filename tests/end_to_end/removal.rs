//! Removes the element from its page at every stage. It emits nothing from then on, and a card that is
//! saved by then is reported nevertheless.

use pantoken_tests::{GOOD_NUMBER, Gate, PlannedResponse, Tab, TestContext};

use crate::stage;

/// The attributes of a form that would emit READY_TIMEOUT at once if it were still there.
const IMPATIENT: &str = "{ 'session-url': '/v1/sessions', 'ready-timeout': 1 }";

pub(crate) async fn removed_before_its_module_arrives_it_emits_nothing(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            let gate = Gate::closed();
            let module = stage::MODULE;
            site.proxy
                .plan(module, PlannedResponse::Delayed(gate.clone()));
            stage::open(tab, &site).await;
            stage::insert(tab, "form").await;
            site.proxy.wait_for(module, 1).await;
            tab.run("form.remove()").await;
            gate.open();
            assert_silent_after(tab, &[]).await;
            // The first has left while the module was on its way.
            assert_eq!(site.proxy.count("POST /v1/sessions"), 2);
        })
        .await;
}

pub(crate) async fn removed_while_its_session_is_made_it_emits_nothing(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            let gate = Gate::closed();
            site.proxy
                .plan("/v1/sessions", PlannedResponse::Delayed(gate.clone()));
            tab.run(&format!("insertForm('form', {IMPATIENT})")).await;
            site.proxy.wait_for("POST /v1/sessions", 1).await;
            tab.run("form.remove()").await;
            gate.open();
            assert_silent_after(tab, &[]).await;
        })
        .await;
}

pub(crate) async fn removed_while_its_frame_loads_it_emits_nothing(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            let removed_at_once = format!(
                "const form = makeForm('form', {IMPATIENT});
                const remove = () => form.shadowRoot.querySelector('iframe') && form.remove();
                new MutationObserver(remove).observe(form.shadowRoot, {{ childList: true, subtree: true }});
                window.removed = form;
                document.body.append(form);"
            );
            tab.run(&removed_at_once).await;
            tab.until("return !removed.isConnected").await;
            assert_silent_after(tab, &[]).await;
        })
        .await;
}

pub(crate) async fn removed_when_ready_it_emits_nothing_more(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open_ready(tab, &site).await;
            let state = tab
                .run("const removed = form; removed.remove(); return removed.state")
                .await;
            assert_eq!(state, "idle");
            assert_silent_after(tab, &["pantoken-ready"]).await;
        })
        .await;
}

pub(crate) async fn removed_by_its_own_event_it_emits_nothing_more(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            let removed_by_event = "
                const form = makeForm('form');
                form.addEventListener('pantoken-ready', () => form.remove());
                document.body.append(form);";
            tab.run(removed_by_event).await;
            stage::wait_for(tab, "form", "pantoken-ready", 1).await;
            assert_silent_after(tab, &["pantoken-ready"]).await;
        })
        .await;
}

pub(crate) async fn removed_when_saved_it_emits_nothing_more(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open_ready(tab, &site).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(tab, "form", "pantoken-saved", 1).await;
            let state = tab
                .run("const removed = form; removed.remove(); return removed.state")
                .await;
            assert_eq!(state, "idle");
            assert_silent_after(tab, &["pantoken-ready", "pantoken-saved"]).await;
            assert_eq!(site.proxy.count("/result"), 1);
        })
        .await;
}

pub(crate) async fn removed_while_it_reports_its_card_is_not_lost(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open_ready(tab, &site).await;
            let request_id = tab.request_id().await;
            let gate = stage::save_unreported(tab, &site).await;
            tab.run("form.remove()").await;
            gate.open();
            site.session_in_state(&request_id, "saved").await;
            assert_silent_after(tab, &["pantoken-ready"]).await;
        })
        .await;
}

pub(crate) async fn removed_before_a_report_is_repeated_its_card_is_not_lost(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open_ready(tab, &site).await;
            let request_id = tab.request_id().await;
            site.proxy.plan("/result", PlannedResponse::Disconnected);
            tab.save_in_frame(GOOD_NUMBER).await;
            site.proxy.wait_for("/result", 1).await;
            tab.run("form.remove()").await;
            site.session_in_state(&request_id, "saved").await;
            assert_silent_after(tab, &["pantoken-ready"]).await;
        })
        .await;
}

/// Checks that the removed form has emitted only these events by the time that another form is ready.
async fn assert_silent_after(tab: &Tab, events: &[&str]) {
    stage::insert_ready(tab, "another").await;
    assert_eq!(stage::emitted(tab, "form").await, events);
    assert_eq!(stage::frames(tab).await, 1);
}
