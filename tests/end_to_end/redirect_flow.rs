//! A card saved on the provider's page.

use serde_json::json;
use thirtyfour::prelude::*;

use pantoken_tests::{Answer, BAD_NUMBER, Customer, FORBIDDEN_NUMBER, GOOD_NUMBER, Scene, Shop};

use crate::form_url::SIGNED;
use crate::stage;

pub(crate) async fn a_card_saved_by_redirect_is_in_the_store_and_in_no_address(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            go_to_the_form(customer, &shop).await;
            customer.save(GOOD_NUMBER).await;
            let (request_id, status) = returned(customer).await;
            assert_eq!(status, "saved");
            let session = shop.session(&request_id).await;
            assert_eq!(
                (&session["state"], &session["flow"]),
                (&"saved".into(), &"redirect".into())
            );
            let token = session["panToken"].as_str().unwrap();
            let address = customer.driver.current_url().await.unwrap();
            assert_eq!(address.as_str(), shop.url("/?lang=en"));
            let page = customer.driver.source().await.unwrap();
            assert!(!page.contains(token));
        })
        .await;
}

pub(crate) async fn a_refused_card_comes_back_as_failed_with_its_code_in_the_store(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            go_to_the_form(customer, &shop).await;
            customer.save(FORBIDDEN_NUMBER).await;
            let (request_id, status) = returned(customer).await;
            assert_eq!(status, "failed");
            let session = shop.session(&request_id).await;
            assert_eq!(
                (&session["state"], &session["errorCode"]),
                (&"failed".into(), &"FORBIDDEN".into())
            );
        })
        .await;
}

pub(crate) async fn a_wrong_number_is_corrected_on_the_providers_page(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            go_to_the_form(customer, &shop).await;
            customer.save(BAD_NUMBER).await;
            customer.find("#message[data-code=INVALID_PAN]").await;
            customer.save(GOOD_NUMBER).await;
            assert_eq!(returned(customer).await.1, "saved");
        })
        .await;
}

async fn go_to_the_form(customer: &Customer, shop: &Shop) {
    customer.go(&shop.url("/?lang=en")).await;
    customer.click("input[name=flow][value=redirect]").await;
    customer.click(".pantoken-redirect").await;
    customer.find("body[data-state=ready]").await;
    let address = customer.driver.current_url().await.unwrap();
    assert!(
        address
            .as_str()
            .starts_with(&format!("{}/form?", shop.sandbox_url())),
        "{address}"
    );
}

/// The request id and the status that the page says the customer came back with.
async fn returned(customer: &Customer) -> (String, String) {
    customer.find("[data-step=returned]").await;
    let codes = customer
        .driver
        .find_all(By::Css("[data-step=returned] code"))
        .await
        .unwrap();
    (
        codes[0].text().await.unwrap(),
        codes[1].text().await.unwrap(),
    )
}

/// The element makes no frame, and waits for the customer.
pub(crate) async fn the_element_asks_for_no_session_before_its_button_is_pressed(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            stage::open(customer, &shop).await;
            customer
                .run("insertForm('form', { 'session-url': '/v1/sessions', flow: 'redirect', language: 'en' })")
                .await;
            customer.find(".pantoken-redirect").await;
            assert_eq!(shop.front.asked("POST /v1/sessions"), 0);
            assert_eq!(stage::frames(customer).await, 0);
            shop.front.plan("/v1/sessions", Answer::Cut);
            customer.click(".pantoken-redirect").await;
            stage::wait_for(customer, "form", "pantoken-error", 1).await;
            let error = &stage::events(customer, "form").await[0];
            assert_eq!(error["code"], "SESSION_FAILED");
        })
        .await;
}

/// Where the form cannot be embedded; the way back is the page's own address.
pub(crate) async fn the_element_offers_the_way_when_its_frame_is_blocked(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            stage::open_at(customer, &shop.url("/stage.html?cart=5#pay")).await;
            // On no origin that the page's policy lets into a frame; some browsers know ports that
            // they do not even ask the policy about.
            let session = json!({
                "requestId": "123456789",
                "formUrl": format!("http://127.0.0.1:3999/form?{SIGNED}"),
                "resultToken": "token",
            });
            let blocked = Answer::Instead(201, "application/json", session.to_string());
            shop.front.plan("/v1/sessions", blocked);
            customer
                .run("insertForm('form', { 'session-url': '/v1/sessions', language: 'en' })")
                .await;
            stage::wait_for(customer, "form", "pantoken-error", 1).await;
            let error = &stage::events(customer, "form").await[0];
            assert_eq!(error["code"], "FRAME_BLOCKED");
            customer.click(".pantoken-redirect").await;
            customer.find("body[data-state=ready]").await;
            customer.save(GOOD_NUMBER).await;
            customer
                .until("return location.pathname === '/stage.html'")
                .await;
            let address = customer.driver.current_url().await.unwrap();
            assert!(
                address.query().unwrap().contains("status=saved")
                    && !address.as_str().contains("cart"),
                "{address}"
            );
        })
        .await;
}
