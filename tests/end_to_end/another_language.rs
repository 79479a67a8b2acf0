//! The customer chooses another language at each stage, which starts a new form and a new session. A saved
//! card is reported nevertheless, and the page receives nothing more from the previous form.

use pantoken_tests::{GOOD_NUMBER, Gate, PlannedResponse, Tab, TestContext, TestSite};

use crate::iframe_flow::assert_saved;
use crate::late_form::{self, PATIENT_PAGE};
use crate::timeline;

const CREATE: &str = "POST /v1/sessions";

pub(crate) async fn chosen_while_its_session_is_made_it_has_another(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            let gate = Gate::closed();
            site.proxy
                .plan("/v1/sessions", PlannedResponse::Delayed(gate.clone()));
            tab.go(&site.url(PATIENT_PAGE)).await;
            site.proxy.wait_for(CREATE, 1).await;
            choose_kazakh(tab).await;
            kazakh_form(tab).await;
            gate.open();
            takes_a_card(tab, &site, &["ready", "saved"]).await;
        })
        .await;
}

pub(crate) async fn chosen_while_its_frame_loads_it_has_another(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            tab.go(&site.url(PATIENT_PAGE)).await;
            late_form::wait_for(tab).await;
            choose_kazakh(tab).await;
            kazakh_form(tab).await;
            takes_a_card(tab, &site, &["ready", "saved"]).await;
        })
        .await;
}

pub(crate) async fn chosen_when_ready_it_has_another(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            open_ready(tab, &site).await;
            choose_kazakh(tab).await;
            kazakh_form(tab).await;
            takes_a_card(tab, &site, &["ready", "ready", "saved"]).await;
        })
        .await;
}

pub(crate) async fn chosen_while_it_reports_its_card_is_not_lost(context: TestContext) {
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
            choose_kazakh(tab).await;
            kazakh_form(tab).await;
            gate.open();
            site.session_in_state(&request_id, "saved").await;
            takes_a_card(tab, &site, &["ready", "ready", "saved"]).await;
            assert_ne!(tab.text("#request-id").await, request_id);
        })
        .await;
}

pub(crate) async fn chosen_before_a_report_is_repeated_its_card_is_not_lost(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            open_ready(tab, &site).await;
            let request_id = tab.request_id().await;
            site.proxy.plan("/result", PlannedResponse::Disconnected);
            tab.save_in_frame(GOOD_NUMBER).await;
            site.proxy.wait_for("/result", 1).await;
            choose_kazakh(tab).await;
            kazakh_form(tab).await;
            site.session_in_state(&request_id, "saved").await;
            takes_a_card(tab, &site, &["ready", "ready", "saved"]).await;
            assert_ne!(tab.text("#request-id").await, request_id);
        })
        .await;
}

pub(crate) async fn chosen_when_saved_it_has_another(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            open_ready(tab, &site).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            tab.find_state("saved").await;
            choose_kazakh(tab).await;
            kazakh_form(tab).await;
            late_form::say_ready(tab).await;
            timeline::assert_all(tab, &["ready", "saved", "ready"]).await;
            assert_eq!(site.proxy.count(CREATE), 2);
        })
        .await;
}

async fn open_ready(tab: &Tab, site: &TestSite) {
    tab.go(&site.url(PATIENT_PAGE)).await;
    late_form::say_ready(tab).await;
    timeline::wait_for(tab, 1).await;
}

async fn choose_kazakh(tab: &Tab) {
    tab.click("input[name=language][value=kz]").await;
}

/// Waits until the only form is in the chosen language.
async fn kazakh_form(tab: &Tab) {
    let is_alone = "
        const frames = [...findAllDeep('iframe')];
        return frames.length === 1 && frames[0].src.includes('&language=kz')";
    tab.until(is_alone).await;
}

/// Saves a card in the new form, and checks the events since the page was opened.
async fn takes_a_card(tab: &Tab, site: &TestSite, expected: &[&str]) {
    late_form::say_ready(tab).await;
    tab.save_in_frame(GOOD_NUMBER).await;
    timeline::assert_all(tab, expected).await;
    assert_saved(tab, site).await;
    assert_eq!(site.proxy.count(CREATE), 2);
}
