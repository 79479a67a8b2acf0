//! A card saved on the provider's page.

use thirtyfour::prelude::*;

use pantoken_tests::{BAD_NUMBER, Customer, FORBIDDEN_NUMBER, GOOD_NUMBER, Scene, Shop};

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
    customer.driver.goto(shop.url("/?lang=en")).await.unwrap();
    customer.click("input[name=flow][value=redirect]").await;
    customer.click("#redirect").await;
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
