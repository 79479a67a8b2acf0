//! Another script of the page removes, moves or reloads the form's frame, at each stage. Browsers reload a
//! frame that is moved. The page still gets the events of the form, and a saved card is reported once.

use pantoken_tests::{GOOD_NUMBER, Gate, PlannedResponse, Tab, TestContext, TestSite};

use crate::iframe_flow::assert_saved;
use crate::late_form::{self, IMPATIENT_PAGE, PATIENT_PAGE};
use crate::timeline;

const MOVE: &str = "const frame = findDeep('iframe'); frame.parentNode.append(frame)";
const RELOAD: &str = "const frame = findDeep('iframe'); frame.src = frame.src";
const TAKE_OUT: &str = "
    window.taken = findDeep('iframe');
    window.place = window.taken.parentNode;
    window.taken.remove();";
const PUT_BACK: &str = "window.place.append(window.taken)";

pub(crate) async fn taken_out_before_it_is_ready_it_may_be_tried_again(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            tab.go(&site.url(IMPATIENT_PAGE)).await;
            timeline::wait_for(tab, 1).await;
            tab.run(TAKE_OUT).await;
            tab.press("Try again").await;
            timeline::wait_for(tab, 2).await;
            late_form::say_ready(tab).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            let timeout = "error READY_TIMEOUT";
            timeline::assert_all(tab, &[timeout, timeout, "ready", "saved"]).await;
            assert_saved(tab, &site).await;
        })
        .await;
}

pub(crate) async fn moved_or_reloaded_before_it_is_ready_it_is_ready_once(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            for handle in [MOVE, RELOAD] {
                tab.go(&site.url(PATIENT_PAGE)).await;
                late_form::wait_for(tab).await;
                reload_by(tab, handle).await;
                late_form::say_ready(tab).await;
                tab.save_in_frame(GOOD_NUMBER).await;
                timeline::assert_all(tab, &["ready", "saved"]).await;
                assert_saved(tab, &site).await;
            }
        })
        .await;
}

pub(crate) async fn moved_or_reloaded_when_ready_it_is_ready_again(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            for handle in [MOVE, RELOAD] {
                open_ready(tab, &site).await;
                reload_by(tab, handle).await;
                tab.find_state("loading").await;
                late_form::say_ready(tab).await;
                tab.save_in_frame(GOOD_NUMBER).await;
                timeline::assert_all(tab, &["ready", "ready", "saved"]).await;
                assert_saved(tab, &site).await;
            }
        })
        .await;
}

/// When the customer chooses another language afterwards, there is a new form.
pub(crate) async fn taken_out_when_ready_another_takes_the_card(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            open_ready(tab, &site).await;
            tab.run(TAKE_OUT).await;
            tab.click("input[name=language][value=kz]").await;
            late_form::say_ready(tab).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            timeline::assert_all(tab, &["ready", "ready", "saved"]).await;
            assert_saved(tab, &site).await;
        })
        .await;
}

pub(crate) async fn moved_or_reloaded_while_it_reports_its_card_is_told_once(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            for handle in [MOVE, RELOAD] {
                let gate = open_reporting(tab, &site).await;
                reload_by(tab, handle).await;
                late_form::say_ready(tab).await;
                timeline::wait_for(tab, 2).await;
                gate.open();
                timeline::assert_all(tab, &["ready", "ready", "saved"]).await;
                assert_saved(tab, &site).await;
            }
            assert_eq!(site.proxy.count("/result"), 2);
        })
        .await;
}

pub(crate) async fn taken_out_while_it_reports_its_card_is_told_once(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            let gate = open_reporting(tab, &site).await;
            tab.run(TAKE_OUT).await;
            gate.open();
            tab.find_state("saved").await;
            tab.run(PUT_BACK).await;
            timeline::assert_all(tab, &["ready", "saved"]).await;
            assert_saved(tab, &site).await;
            assert_eq!(site.proxy.count("/result"), 1);
        })
        .await;
}

pub(crate) async fn moved_or_reloaded_when_saved_it_stays_saved(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            for handle in [MOVE, RELOAD] {
                open_saved(tab, &site).await;
                reload_by(tab, handle).await;
                late_form::say_ready(tab).await;
                timeline::assert_all(tab, &["ready", "saved", "ready"]).await;
                assert_saved(tab, &site).await;
            }
            assert_eq!(site.proxy.count("/result"), 2);
        })
        .await;
}

pub(crate) async fn taken_out_when_saved_it_stays_saved(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            open_saved(tab, &site).await;
            tab.run(TAKE_OUT).await;
            assert_saved(tab, &site).await;
            tab.run(PUT_BACK).await;
            timeline::assert_all(tab, &["ready", "saved"]).await;
            assert_saved(tab, &site).await;
        })
        .await;
}

async fn open_ready(tab: &Tab, site: &TestSite) {
    tab.go(&site.url(PATIENT_PAGE)).await;
    late_form::say_ready(tab).await;
    timeline::wait_for(tab, 1).await;
}

/// Saves a card. The report of it is not answered until the gate is open.
async fn open_reporting(tab: &Tab, site: &TestSite) -> Gate {
    open_ready(tab, site).await;
    let reported = site.proxy.count("/result");
    let gate = Gate::closed();
    site.proxy
        .plan("/result", PlannedResponse::Delayed(gate.clone()));
    tab.save_in_frame(GOOD_NUMBER).await;
    site.proxy.wait_for("/result", reported + 1).await;
    gate
}

async fn open_saved(tab: &Tab, site: &TestSite) {
    open_ready(tab, site).await;
    tab.save_in_frame(GOOD_NUMBER).await;
    tab.find_state("saved").await;
}

/// Runs a script that reloads the frame, and waits until it has loaded.
async fn reload_by(tab: &Tab, handle: &str) {
    let loaded = "
        window.loaded = false;
        findDeep('iframe').addEventListener('load', () => window.loaded = true);";
    tab.run(loaded).await;
    tab.run(handle).await;
    tab.until("return window.loaded").await;
}
