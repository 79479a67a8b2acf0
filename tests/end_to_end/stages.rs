//! The element moved in its page, or told to reload, at each stage: a move is another session, and so
//! is a reload until a card is saved. `removal` has the same of an element that is taken out.

use pantoken_tests::{Answer, Customer, GOOD_NUMBER, Gate, Scene};

use crate::{late_form, stage};

const CREATE: &str = "POST /v1/sessions";
const MOVE: &str = "document.body.append(form)";
const RELOAD: &str = "form.reload()";
const READY: &str = "pantoken-ready";
const SAVED: &str = "pantoken-saved";

pub(crate) async fn moved_while_its_session_is_made_it_has_another(scene: Scene) {
    again_while_its_session_is_made(&scene, MOVE).await;
}

pub(crate) async fn reloaded_while_its_session_is_made_it_has_another(scene: Scene) {
    again_while_its_session_is_made(&scene, RELOAD).await;
}

async fn again_while_its_session_is_made(scene: &Scene, again: &str) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            stage::open(customer, &shop).await;
            let gate = Gate::shut();
            shop.front.plan("/v1/sessions", Answer::Held(gate.clone()));
            stage::insert(customer, "form").await;
            shop.front.wait_for(CREATE, 1).await;
            customer.run(again).await;
            stage::wait_for(customer, "form", READY, 1).await;
            gate.open();
            customer.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(customer, "form", SAVED, 1).await;
            assert_emitted(customer, &[READY, SAVED]).await;
            assert_eq!(shop.front.asked(CREATE), 2);
        })
        .await;
}

pub(crate) async fn moved_while_its_frame_loads_it_has_another(scene: Scene) {
    again_while_its_frame_loads(&scene, MOVE).await;
}

pub(crate) async fn reloaded_while_its_frame_loads_it_has_another(scene: Scene) {
    again_while_its_frame_loads(&scene, RELOAD).await;
}

async fn again_while_its_frame_loads(scene: &Scene, again: &str) {
    let shop = late_form::shop(scene);
    scene
        .browse(async |customer| {
            stage::open(customer, &shop).await;
            stage::insert(customer, "form").await;
            let first = customer.form_url().await.request().request_id();
            customer.run(again).await;
            shop.front.wait_for(CREATE, 2).await;
            let is_another = format!(
                "const frame = form.querySelector('iframe');
                 return frame !== null && !frame.src.includes('requestId={first}&')"
            );
            customer.until(&is_another).await;
            late_form::say_ready(customer).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(customer, "form", SAVED, 1).await;
            assert_emitted(customer, &[READY, SAVED]).await;
        })
        .await;
}

pub(crate) async fn moved_while_it_reports_its_card_is_not_lost(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            stage::open_ready(customer, &shop).await;
            let request_id = customer.request_id().await;
            let gate = stage::save_unreported(customer, &shop).await;
            customer.run(MOVE).await;
            stage::wait_for(customer, "form", READY, 2).await;
            gate.open();
            shop.session_in_state(&request_id, "saved").await;
            assert_emitted(customer, &[READY, READY]).await;
        })
        .await;
}

pub(crate) async fn reloaded_while_it_reports_it_goes_on(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            stage::open_ready(customer, &shop).await;
            let gate = stage::save_unreported(customer, &shop).await;
            customer.run(RELOAD).await;
            gate.open();
            stage::wait_for(customer, "form", SAVED, 1).await;
            assert_emitted(customer, &[READY, SAVED]).await;
            assert_eq!(shop.front.asked(CREATE), 1);
        })
        .await;
}

pub(crate) async fn moved_when_saved_it_has_another_session(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            stage::open_ready(customer, &shop).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(customer, "form", SAVED, 1).await;
            customer.run(MOVE).await;
            stage::wait_for(customer, "form", READY, 2).await;
            assert_emitted(customer, &[READY, SAVED, READY]).await;
            let events = stage::events(customer, "form").await;
            assert_ne!(events[1]["requestId"], events[2]["requestId"]);
        })
        .await;
}

pub(crate) async fn without_its_frame_a_reload_brings_another(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            stage::open_ready(customer, &shop).await;
            customer
                .run("document.querySelector('iframe').remove()")
                .await;
            customer.run(RELOAD).await;
            stage::wait_for(customer, "form", READY, 2).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(customer, "form", SAVED, 1).await;
            assert_emitted(customer, &[READY, READY, SAVED]).await;
        })
        .await;
}

/// The form has emitted this and no more, by when the last that it says has been told.
async fn assert_emitted(customer: &Customer, expected: &[&str]) {
    let warning = "pantoken-warning";
    customer.find("iframe").await.enter_frame().await.unwrap();
    customer.find("#message").await;
    customer.run("parent.postMessage('the end', '*')").await;
    customer.leave_form().await;
    stage::wait_for(customer, "form", warning, 1).await;
    assert_eq!(
        stage::emitted(customer, "form").await,
        [expected, &[warning]].concat()
    );
    assert_eq!(stage::frames(customer).await, 1);
}
