//! Saves a card on the provider's site.

use serde_json::json;
use thirtyfour::prelude::*;

use pantoken_tests::{
    BAD_NUMBER, FORBIDDEN_NUMBER, GOOD_NUMBER, PlannedResponse, Tab, TestContext, TestSite,
};

use crate::form_url::SIGNED;
use crate::stage;

pub(crate) async fn a_card_saved_by_redirect_is_in_the_store_and_in_no_address(
    context: TestContext,
) {
    let site = context.site();
    context
        .browse(async |tab| {
            go_to_the_form(tab, &site).await;
            tab.save(GOOD_NUMBER).await;
            let (request_id, status) = returned(tab).await;
            assert_eq!(status, "saved");
            let session = site.session(&request_id).await;
            assert_eq!(
                (&session["state"], &session["flow"]),
                (&"saved".into(), &"redirect".into())
            );
            let token = session["panToken"].as_str().unwrap();
            let address = tab.driver.current_url().await.unwrap();
            assert_eq!(address.as_str(), site.url("/?lang=en"));
            let page = tab.driver.source().await.unwrap();
            assert!(!page.contains(token));
        })
        .await;
}

pub(crate) async fn a_refused_card_comes_back_as_failed_with_its_code_in_the_store(
    context: TestContext,
) {
    let site = context.site();
    context
        .browse(async |tab| {
            go_to_the_form(tab, &site).await;
            tab.save(FORBIDDEN_NUMBER).await;
            let (request_id, status) = returned(tab).await;
            assert_eq!(status, "failed");
            let session = site.session(&request_id).await;
            assert_eq!(
                (&session["state"], &session["errorCode"]),
                (&"failed".into(), &"FORBIDDEN".into())
            );
        })
        .await;
}

pub(crate) async fn a_wrong_number_is_corrected_on_the_providers_page(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            go_to_the_form(tab, &site).await;
            tab.save(BAD_NUMBER).await;
            tab.find("#message[data-code=INVALID_PAN]").await;
            tab.save(GOOD_NUMBER).await;
            assert_eq!(returned(tab).await.1, "saved");
        })
        .await;
}

async fn go_to_the_form(tab: &Tab, site: &TestSite) {
    tab.go(&site.url("/?lang=en")).await;
    tab.click("input[name=flow][value=redirect]").await;
    tab.click(".pantoken-redirect, [part~=redirect]").await;
    tab.find("body[data-state=ready]").await;
    let address = tab.driver.current_url().await.unwrap();
    assert!(
        address
            .as_str()
            .starts_with(&format!("{}/form?", site.sandbox_url())),
        "{address}"
    );
}

/// Returns the request id and the status that the page shows after the customer has returned.
async fn returned(tab: &Tab) -> (String, String) {
    tab.find("[data-step=returned]").await;
    let codes = tab
        .driver
        .find_all(By::Css("[data-step=returned] code"))
        .await
        .unwrap();
    (
        codes[0].text().await.unwrap(),
        codes[1].text().await.unwrap(),
    )
}

/// The element creates no frame, and waits for the customer.
pub(crate) async fn the_element_asks_for_no_session_before_its_button_is_pressed(
    context: TestContext,
) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            tab
                .run("insertForm('form', { 'session-url': '/v1/sessions', flow: 'redirect', language: 'en' })")
                .await;
            tab.find(".pantoken-redirect, [part~=redirect]").await;
            assert_eq!(site.proxy.count("POST /v1/sessions"), 0);
            assert_eq!(stage::frames(tab).await, 0);
            site.proxy.plan("/v1/sessions", PlannedResponse::Disconnected);
            tab.click(".pantoken-redirect, [part~=redirect]").await;
            stage::wait_for(tab, "form", "pantoken-error", 1).await;
            let error = &stage::events(tab, "form").await[0];
            assert_eq!(error["code"], "SESSION_FAILED");
        })
        .await;
}

/// The form cannot be embedded. The return URL is the page's own URL.
pub(crate) async fn the_element_offers_the_way_when_its_frame_is_blocked(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open_at(tab, &site.url("/stage.html?cart=5#pay")).await;
            // The page's policy does not allow frames from this origin. The port is not one that some
            // browsers block before they apply the policy.
            let session = json!({
                "requestId": "123456789",
                "formUrl": format!("http://127.0.0.1:3999/form?{SIGNED}"),
                "resultToken": "token",
            });
            let blocked = PlannedResponse::Replaced(201, "application/json", session.to_string());
            site.proxy.plan("/v1/sessions", blocked);
            tab.run("insertForm('form', { 'session-url': '/v1/sessions', language: 'en' })")
                .await;
            stage::wait_for(tab, "form", "pantoken-error", 1).await;
            let error = &stage::events(tab, "form").await[0];
            assert_eq!(error["code"], "FRAME_BLOCKED");
            tab.click(".pantoken-redirect, [part~=redirect]").await;
            tab.find("body[data-state=ready]").await;
            tab.save(GOOD_NUMBER).await;
            tab.until("return location.pathname === '/stage.html'")
                .await;
            let address = tab.driver.current_url().await.unwrap();
            assert!(
                address.query().unwrap().contains("status=saved")
                    && !address.as_str().contains("cart"),
                "{address}"
            );
        })
        .await;
}
