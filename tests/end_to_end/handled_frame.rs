//! The form's frame in the hands of another script of the page: taken out, or moved, which in a browser
//! loads it anew.

use pantoken_tests::{Customer, GOOD_NUMBER, Scene, Shop};

use crate::iframe_flow::assert_saved;
use crate::late_form::{self, IMPATIENT_PAGE, PATIENT_PAGE};
use crate::timeline;

const MOVE: &str = "const frame = document.querySelector('iframe'); frame.parentNode.append(frame)";

pub(crate) async fn taken_out_before_it_is_ready_it_may_be_tried_again(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            open(customer, &shop, IMPATIENT_PAGE).await;
            timeline::wait_for(customer, 1).await;
            customer
                .run("document.querySelector('iframe').remove()")
                .await;
            customer.press("Try again").await;
            timeline::wait_for(customer, 2).await;
            late_form::say_ready(customer).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            let timeout = "error READY_TIMEOUT";
            timeline::assert_all(customer, &[timeout, timeout, "ready", "saved"]).await;
            assert_saved(customer, &shop).await;
        })
        .await;
}

pub(crate) async fn moved_before_it_is_ready_it_is_ready_once(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            open(customer, &shop, PATIENT_PAGE).await;
            late_form::wait_for(customer).await;
            customer.run(MOVE).await;
            late_form::say_ready(customer).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            timeline::assert_all(customer, &["ready", "saved"]).await;
            assert_saved(customer, &shop).await;
        })
        .await;
}

pub(crate) async fn moved_when_ready_it_is_ready_again(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            open(customer, &shop, PATIENT_PAGE).await;
            late_form::say_ready(customer).await;
            timeline::wait_for(customer, 1).await;
            customer.run(MOVE).await;
            late_form::say_ready(customer).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            timeline::assert_all(customer, &["ready", "ready", "saved"]).await;
            assert_saved(customer, &shop).await;
        })
        .await;
}

async fn open(customer: &Customer, shop: &Shop, page: &str) {
    customer.driver.goto(shop.url(page)).await.unwrap();
}
