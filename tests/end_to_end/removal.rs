//! The element taken out of its page at every stage: it emits nothing from then on, and a card that
//! is saved by then is reported all the same.

use pantoken_tests::{Answer, Customer, GOOD_NUMBER, Gate, Scene};

use crate::stage;

/// A form that would say READY_TIMEOUT at once, were it still there.
const IMPATIENT: &str = "{ 'session-url': '/v1/sessions', 'ready-timeout': 1 }";

pub(crate) async fn removed_before_its_module_arrives_it_emits_nothing(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            stage::open(customer, &shop).await;
            let gate = Gate::shut();
            let module = "/pantoken_element_bg.wasm";
            shop.front.plan(module, Answer::Held(gate.clone()));
            stage::insert(customer, "form").await;
            shop.front.wait_for(module, 1).await;
            customer.run("form.remove()").await;
            gate.open();
            assert_silent_after(customer, &[]).await;
            assert_eq!(shop.front.asked("POST /v1/sessions"), 1);
        })
        .await;
}

pub(crate) async fn removed_while_its_session_is_made_it_emits_nothing(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            stage::open(customer, &shop).await;
            let gate = Gate::shut();
            shop.front.plan("/v1/sessions", Answer::Held(gate.clone()));
            customer
                .run(&format!("insertForm('form', {IMPATIENT})"))
                .await;
            shop.front.wait_for("POST /v1/sessions", 1).await;
            customer.run("form.remove()").await;
            gate.open();
            assert_silent_after(customer, &[]).await;
        })
        .await;
}

pub(crate) async fn removed_while_its_frame_loads_it_emits_nothing(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            stage::open(customer, &shop).await;
            let removed_at_once = format!(
                "const form = makeForm('form', {IMPATIENT});
                const remove = () => form.querySelector('iframe') && form.remove();
                new MutationObserver(remove).observe(form, {{ childList: true, subtree: true }});
                window.removed = form;
                document.body.append(form);"
            );
            customer.run(&removed_at_once).await;
            customer.until("return !removed.isConnected").await;
            assert_silent_after(customer, &[]).await;
        })
        .await;
}

pub(crate) async fn removed_when_ready_it_emits_nothing_more(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            stage::open_ready(customer, &shop).await;
            let state = customer
                .run("const removed = form; removed.remove(); return removed.state")
                .await;
            assert_eq!(state, "idle");
            assert_silent_after(customer, &["pantoken-ready"]).await;
        })
        .await;
}

pub(crate) async fn removed_by_its_own_event_it_emits_nothing_more(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            stage::open(customer, &shop).await;
            let removed_by_event = "
                const form = makeForm('form');
                form.addEventListener('pantoken-ready', () => form.remove());
                document.body.append(form);";
            customer.run(removed_by_event).await;
            stage::wait_for(customer, "form", "pantoken-ready", 1).await;
            assert_silent_after(customer, &["pantoken-ready"]).await;
        })
        .await;
}

pub(crate) async fn removed_when_saved_it_emits_nothing_more(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            stage::open_ready(customer, &shop).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(customer, "form", "pantoken-saved", 1).await;
            let state = customer
                .run("const removed = form; removed.remove(); return removed.state")
                .await;
            assert_eq!(state, "idle");
            assert_silent_after(customer, &["pantoken-ready", "pantoken-saved"]).await;
            assert_eq!(shop.front.asked("/result"), 1);
        })
        .await;
}

pub(crate) async fn removed_while_it_reports_its_card_is_not_lost(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            stage::open_ready(customer, &shop).await;
            let request_id = customer.request_id().await;
            let gate = stage::save_unreported(customer, &shop).await;
            customer.run("form.remove()").await;
            gate.open();
            shop.session_in_state(&request_id, "saved").await;
            assert_silent_after(customer, &["pantoken-ready"]).await;
        })
        .await;
}

pub(crate) async fn removed_before_a_report_is_repeated_its_card_is_not_lost(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            stage::open_ready(customer, &shop).await;
            let request_id = customer.request_id().await;
            shop.front.plan("/result", Answer::Cut);
            customer.save_in_frame(GOOD_NUMBER).await;
            shop.front.wait_for("/result", 1).await;
            customer.run("form.remove()").await;
            shop.session_in_state(&request_id, "saved").await;
            assert_silent_after(customer, &["pantoken-ready"]).await;
        })
        .await;
}

/// The removed form has emitted this and no more, by when another form has come to be ready.
async fn assert_silent_after(customer: &Customer, events: &[&str]) {
    stage::insert_ready(customer, "another").await;
    assert_eq!(stage::emitted(customer, "form").await, events);
    assert_eq!(stage::frames(customer).await, 1);
}
