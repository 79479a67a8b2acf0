//! The customer chooses another language, which is another form and another session, at each stage: a
//! saved card is reported all the same, and the page hears nothing more of the form before.

use pantoken_tests::{Answer, Customer, GOOD_NUMBER, Gate, Scene, Shop};

use crate::iframe_flow::assert_saved;
use crate::late_form::{self, PATIENT_PAGE};
use crate::timeline;

const CREATE: &str = "POST /v1/sessions";

pub(crate) async fn chosen_while_its_session_is_made_it_has_another(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            let gate = Gate::shut();
            shop.front.plan("/v1/sessions", Answer::Held(gate.clone()));
            customer.go(&shop.url(PATIENT_PAGE)).await;
            shop.front.wait_for(CREATE, 1).await;
            choose_kazakh(customer).await;
            kazakh_form(customer).await;
            gate.open();
            takes_a_card(customer, &shop, &["ready", "saved"]).await;
        })
        .await;
}

pub(crate) async fn chosen_while_its_frame_loads_it_has_another(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            customer.go(&shop.url(PATIENT_PAGE)).await;
            late_form::wait_for(customer).await;
            choose_kazakh(customer).await;
            kazakh_form(customer).await;
            takes_a_card(customer, &shop, &["ready", "saved"]).await;
        })
        .await;
}

pub(crate) async fn chosen_when_ready_it_has_another(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            open_ready(customer, &shop).await;
            choose_kazakh(customer).await;
            kazakh_form(customer).await;
            takes_a_card(customer, &shop, &["ready", "ready", "saved"]).await;
        })
        .await;
}

pub(crate) async fn chosen_while_it_reports_its_card_is_not_lost(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            open_ready(customer, &shop).await;
            let request_id = customer.request_id().await;
            let gate = Gate::shut();
            shop.front.plan("/result", Answer::Held(gate.clone()));
            customer.save_in_frame(GOOD_NUMBER).await;
            shop.front.wait_for("/result", 1).await;
            choose_kazakh(customer).await;
            kazakh_form(customer).await;
            gate.open();
            shop.session_in_state(&request_id, "saved").await;
            takes_a_card(customer, &shop, &["ready", "ready", "saved"]).await;
            assert_ne!(customer.text("#request-id").await, request_id);
        })
        .await;
}

pub(crate) async fn chosen_before_a_report_is_repeated_its_card_is_not_lost(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            open_ready(customer, &shop).await;
            let request_id = customer.request_id().await;
            shop.front.plan("/result", Answer::Cut);
            customer.save_in_frame(GOOD_NUMBER).await;
            shop.front.wait_for("/result", 1).await;
            choose_kazakh(customer).await;
            kazakh_form(customer).await;
            shop.session_in_state(&request_id, "saved").await;
            takes_a_card(customer, &shop, &["ready", "ready", "saved"]).await;
            assert_ne!(customer.text("#request-id").await, request_id);
        })
        .await;
}

pub(crate) async fn chosen_when_saved_it_has_another(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            open_ready(customer, &shop).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            customer.find_state("saved").await;
            choose_kazakh(customer).await;
            kazakh_form(customer).await;
            late_form::say_ready(customer).await;
            timeline::assert_all(customer, &["ready", "saved", "ready"]).await;
            assert_eq!(shop.front.asked(CREATE), 2);
        })
        .await;
}

async fn open_ready(customer: &Customer, shop: &Shop) {
    customer.go(&shop.url(PATIENT_PAGE)).await;
    late_form::say_ready(customer).await;
    timeline::wait_for(customer, 1).await;
}

async fn choose_kazakh(customer: &Customer) {
    customer.click("input[name=language][value=kz]").await;
}

/// The only form is the one in the language that was chosen.
async fn kazakh_form(customer: &Customer) {
    let is_alone = "
        const frames = [...document.querySelectorAll('iframe')];
        return frames.length === 1 && frames[0].src.includes('&language=kz')";
    customer.until(is_alone).await;
}

/// The new form, with these events on the page since it opened.
async fn takes_a_card(customer: &Customer, shop: &Shop, expected: &[&str]) {
    late_form::say_ready(customer).await;
    customer.save_in_frame(GOOD_NUMBER).await;
    timeline::assert_all(customer, expected).await;
    assert_saved(customer, shop).await;
    assert_eq!(shop.front.asked(CREATE), 2);
}
