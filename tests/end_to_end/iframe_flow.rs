//! A card saved on the shop's page.

use thirtyfour::prelude::*;

use pantoken_tests::{BAD_NUMBER, Customer, GOOD_NUMBER, Scene, Shop};

use crate::{late_form, timeline};

pub(crate) async fn a_saved_card_is_a_token_in_the_page_and_in_the_store(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            customer.open_ready(&shop.url("/?lang=en")).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            assert_saved(customer, &shop).await;
            assert_eq!(timeline::events(customer).await, ["ready", "saved"]);
        })
        .await;
}

pub(crate) async fn a_wrong_number_is_corrected_in_the_same_form(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            customer.open_ready(&shop.url("/?lang=en")).await;
            customer.save_in_frame(BAD_NUMBER).await;
            customer.find("#timeline [data-code=INVALID_PAN]").await;
            customer.find_state("ready").await;
            customer.enter_form().await;
            assert_eq!(
                customer
                    .find("#message")
                    .await
                    .attr("data-code")
                    .await
                    .unwrap()
                    .as_deref(),
                Some("INVALID_PAN")
            );
            customer.save(GOOD_NUMBER).await;
            customer.leave_form().await;
            assert_saved(customer, &shop).await;
        })
        .await;
}

pub(crate) async fn another_card_gets_a_session_of_its_own(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            customer.open_ready(&shop.url("/?lang=en")).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            let first = customer.text("#request-id").await;
            customer.click("#again").await;
            customer.find_state("ready").await;
            customer.save_in_frame(GOOD_NUMBER).await;
            let second = customer.text("#request-id").await;
            assert_ne!(first, second);
            assert_saved(customer, &shop).await;
        })
        .await;
}

pub(crate) async fn a_token_is_not_lost_while_the_server_is_down(scene: Scene) {
    let mut shop = scene.shop();
    scene
        .browse(async |customer| {
            customer.open_ready(&shop.url("/?lang=en")).await;
            shop.kill_server();
            customer.save_in_frame(GOOD_NUMBER).await;
            shop.front.wait_for("/result", 1).await;
            let shown = customer
                .run("return document.querySelector('#pan-token') !== null")
                .await;
            assert_eq!(shown, false);
            shop.start_server();
            assert_saved(customer, &shop).await;
        })
        .await;
}

pub(crate) async fn a_customer_needs_no_mouse(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            customer.open_ready(&shop.url("/?lang=en")).await;
            tab_to(customer, "IFRAME").await;
            // Firefox sends the keys to the window that the driver is in.
            customer.enter_form().await;
            tab_to(customer, "INPUT").await;
            press(customer, GOOD_NUMBER).await;
            press(customer, Key::Enter).await;
            customer.leave_form().await;
            assert_saved(customer, &shop).await;
        })
        .await;
}

/// Goes from one element to the next until such a one has the focus.
async fn tab_to(customer: &Customer, tag: &str) {
    for _ in 0..20 {
        if customer.run("return document.activeElement.tagName").await == tag {
            return;
        }
        press(customer, Key::Tab).await;
    }
    panic!("the keyboard does not reach the {tag}");
}

async fn press(customer: &Customer, keys: impl Into<TypingData>) {
    customer
        .driver
        .action_chain()
        .send_keys(keys)
        .perform()
        .await
        .unwrap();
}

pub(crate) async fn a_page_on_a_host_that_is_not_registered_is_shown_no_form(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            let form_url = shop.sign_form_url("1").await;
            // The same server under its other name, which the provider has not been told.
            let unregistered = shop.url("/").replace("localhost", "127.0.0.1");
            customer.go(&unregistered).await;
            customer.find("#timeline [data-code=SESSION_FAILED]").await;
            let frame = format!(
                "const frame = document.createElement('iframe');
             frame.id = 'smuggled';
             frame.onload = () => frame.dataset.loaded = '';
             frame.src = {form_url:?};
             document.body.append(frame);"
            );
            customer.run(&frame).await;
            customer
                .find("#smuggled[data-loaded]")
                .await
                .enter_frame()
                .await
                .unwrap();
            let fields = "return document.querySelectorAll('#card-number').length";
            assert_eq!(customer.run(fields).await, 0);
        })
        .await;
}

/// The page shows a token, and the shop's back end has the same one for the same request.
pub(crate) async fn assert_saved(customer: &Customer, shop: &Shop) {
    customer.find_state("saved").await;
    let (request_id, pan_token) = (
        customer.text("#request-id").await,
        customer.text("#pan-token").await,
    );
    let session = shop.session(&request_id).await;
    assert_eq!(session["state"], "saved");
    assert_eq!(session["panToken"], pan_token.as_str());
}

pub(crate) async fn a_press_counts_whatever_the_form_says_meanwhile(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            customer.go(&shop.url(late_form::IMPATIENT_PAGE)).await;
            late_form::wait_for(customer).await;
            let button = customer.find(".pantoken-retry").await;
            let hold = customer.driver.action_chain();
            let hold = hold.move_to_element_center(&button).click_and_hold();
            hold.perform().await.unwrap();
            customer.find("iframe").await.enter_frame().await.unwrap();
            customer.run("parent.postMessage('meanwhile', '*')").await;
            customer.leave_form().await;
            timeline::wait_for(customer, 2).await;
            let release = customer.driver.action_chain().release();
            release.perform().await.unwrap();
            let timeout = "error READY_TIMEOUT";
            let expected = [timeout, "warning UNREADABLE_MESSAGE", timeout];
            timeline::assert_all(customer, &expected).await;
        })
        .await;
}
