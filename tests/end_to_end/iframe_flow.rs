//! Saves a card on the shop's page.

use thirtyfour::prelude::*;

use pantoken_tests::{BAD_NUMBER, GOOD_NUMBER, Tab, TestContext, TestSite};

use crate::{late_form, timeline};

pub(crate) async fn a_saved_card_is_a_token_in_the_page_and_in_the_store(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            tab.open_ready(&site.url("/?lang=en")).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            assert_saved(tab, &site).await;
            assert_eq!(timeline::events(tab).await, ["ready", "saved"]);
        })
        .await;
}

pub(crate) async fn a_wrong_number_is_corrected_in_the_same_form(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            tab.open_ready(&site.url("/?lang=en")).await;
            tab.save_in_frame(BAD_NUMBER).await;
            tab.find("#timeline [data-code=INVALID_PAN]").await;
            tab.find_state("ready").await;
            tab.enter_form().await;
            assert_eq!(
                tab.find("#message")
                    .await
                    .attr("data-code")
                    .await
                    .unwrap()
                    .as_deref(),
                Some("INVALID_PAN")
            );
            tab.save(GOOD_NUMBER).await;
            tab.leave_form().await;
            assert_saved(tab, &site).await;
        })
        .await;
}

pub(crate) async fn another_card_gets_a_session_of_its_own(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            tab.open_ready(&site.url("/?lang=en")).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            let first = tab.text("#request-id").await;
            tab.click("#again").await;
            tab.find_state("ready").await;
            tab.save_in_frame(GOOD_NUMBER).await;
            let second = tab.text("#request-id").await;
            assert_ne!(first, second);
            assert_saved(tab, &site).await;
        })
        .await;
}

pub(crate) async fn a_token_is_not_lost_while_the_server_is_down(context: TestContext) {
    let mut site = context.site();
    context
        .browse(async |tab| {
            tab.open_ready(&site.url("/?lang=en")).await;
            site.kill_server();
            tab.save_in_frame(GOOD_NUMBER).await;
            site.proxy.wait_for("/result", 1).await;
            let shown = tab
                .run("return document.querySelector('#pan-token') !== null")
                .await;
            assert_eq!(shown, false);
            site.start_server();
            assert_saved(tab, &site).await;
        })
        .await;
}

pub(crate) async fn a_customer_needs_no_mouse(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            tab.open_ready(&site.url("/?lang=en")).await;
            tab_to(tab, "IFRAME").await;
            // Firefox sends the keys to the driver's current window.
            tab.enter_form().await;
            tab_to(tab, "INPUT").await;
            tab.type_keys(GOOD_NUMBER).await;
            tab.type_keys(Key::Enter).await;
            tab.leave_form().await;
            assert_saved(tab, &site).await;
        })
        .await;
}

/// Presses Tab until an element with this tag has the focus.
async fn tab_to(tab: &Tab, tag: &str) {
    for _ in 0..20 {
        let focused = "let focused = document.activeElement;
            focused = focused.shadowRoot?.activeElement ?? focused;
            return focused.tagName";
        if tab.run(focused).await == tag {
            return;
        }
        tab.type_keys(Key::Tab).await;
    }
    panic!("the keyboard does not reach the {tag}");
}

pub(crate) async fn a_page_on_a_host_that_is_not_registered_is_shown_no_form(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            let form_url = site.sign_form_url("1").await;
            // The same server has another name, which is not registered with the provider.
            let unregistered = site.url("/").replace("localhost", "127.0.0.1");
            tab.go(&unregistered).await;
            tab.find("#timeline [data-code=SESSION_FAILED]").await;
            let frame = format!(
                "const frame = document.createElement('iframe');
             frame.id = 'smuggled';
             frame.onload = () => frame.dataset.loaded = '';
             frame.src = {form_url:?};
             document.body.append(frame);"
            );
            tab.run(&frame).await;
            tab.find("#smuggled[data-loaded]")
                .await
                .enter_frame()
                .await
                .unwrap();
            let fields = "return document.querySelectorAll('#card-number').length";
            assert_eq!(tab.run(fields).await, 0);
        })
        .await;
}

/// Checks that the page shows a token, and that the server has stored the same one for the same request.
pub(crate) async fn assert_saved(tab: &Tab, site: &TestSite) {
    tab.find_state("saved").await;
    let (request_id, pan_token) = (tab.text("#request-id").await, tab.text("#pan-token").await);
    let session = site.session(&request_id).await;
    assert_eq!(session["state"], "saved");
    assert_eq!(session["panToken"], pan_token.as_str());
}

pub(crate) async fn a_press_counts_whatever_the_form_says_meanwhile(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            tab.go(&site.url(late_form::IMPATIENT_PAGE)).await;
            late_form::wait_for(tab).await;
            let button = tab.find(".pantoken-retry, [part~=retry]").await;
            let hold = tab.driver.action_chain();
            let hold = hold.move_to_element_center(&button).click_and_hold();
            hold.perform().await.unwrap();
            tab.find("iframe").await.enter_frame().await.unwrap();
            tab.run("parent.postMessage('meanwhile', '*')").await;
            tab.leave_form().await;
            timeline::wait_for(tab, 2).await;
            let release = tab.driver.action_chain().release();
            release.perform().await.unwrap();
            let timeout = "error READY_TIMEOUT";
            let expected = [timeout, "warning UNREADABLE_MESSAGE", timeout];
            timeline::assert_all(tab, &expected).await;
        })
        .await;
}
