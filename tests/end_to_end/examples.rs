//! The examples, each with the packed element, under the server's strict policy.

use pantoken_tests::{GOOD_NUMBER, Pages, Scene, Shop, ShopOptions, workspace};

pub(crate) async fn the_html_page_takes_a_card(scene: Scene) {
    let example = workspace().join("examples/html");
    let shop = Shop::open(ShopOptions::with_pages(Pages::with_element(&example)));
    takes_a_card(&scene, &shop).await;
}

/// In development React's StrictMode mounts twice; it is one session all the same.
pub(crate) async fn the_react_page_takes_a_card(scene: Scene) {
    let shop = Shop::open(ShopOptions::with_pages(Pages::example("react")));
    takes_a_card(&scene, &shop).await;
    assert_eq!(shop.front.asked("POST /v1/sessions"), 1);
}

pub(crate) async fn the_vue_page_takes_a_card(scene: Scene) {
    let shop = Shop::open(ShopOptions::with_pages(Pages::example("vue")));
    takes_a_card(&scene, &shop).await;
}

pub(crate) async fn a_page_that_webpack_bundled_takes_a_card(scene: Scene) {
    let shop = Shop::open(ShopOptions::with_pages(Pages::example("webpack")));
    takes_a_card(&scene, &shop).await;
}

/// The page shows the token that the shop's back end has for the same request.
async fn takes_a_card(scene: &Scene, shop: &Shop) {
    let saved = scene.browse(async |customer| {
        customer.go(&shop.url("/")).await;
        let form_url = customer.form_url().await;
        customer.save_in_frame(GOOD_NUMBER).await;
        customer.find("output:not(:empty)").await;
        let request_id = form_url.request().request_id().to_string();
        (request_id, customer.text("output").await)
    });
    let (request_id, pan_token) = saved.await;
    let session = shop.session(&request_id).await;
    assert_eq!(session["panToken"], pan_token.as_str());
}
