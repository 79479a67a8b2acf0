//! The element as pages treat it: inserted twice, moved, changed, in a shadow root, brought back.

use pantoken_tests::{Answer, Customer, GOOD_NUMBER, Scene};
use serde_json::json;

use crate::stage;

const CREATE: &str = "POST /v1/sessions";
const MODULE: &str = "/pantoken_element_bg.wasm";

pub(crate) async fn inserted_twice_in_one_task_it_is_one_form(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            stage::open(customer, &shop).await;
            let twice = "setTimeout(() => {
                const form = makeForm('form');
                document.body.append(form);
                form.remove();
                document.body.append(form);
            })";
            customer.run(twice).await;
            stage::wait_for(customer, "form", "pantoken-ready", 1).await;
            assert_eq!(stage::frames(customer).await, 1);
            assert_eq!(shop.front.asked(CREATE), 1);
        })
        .await;
}

pub(crate) async fn another_language_is_one_new_session(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            stage::open_ready(customer, &shop).await;
            customer.run("form.setAttribute('language', 'kz')").await;
            stage::wait_for(customer, "form", "pantoken-ready", 2).await;
            assert_eq!(
                customer.form_url().await.request().language().as_str(),
                "kz"
            );
            assert_eq!(stage::frames(customer).await, 1);
            assert_eq!(shop.front.asked(CREATE), 2);
        })
        .await;
}

pub(crate) async fn several_changes_in_one_task_are_one_new_session(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            stage::open_ready(customer, &shop).await;
            // In a task of the page's: WebKit ends one with each call of a driver's script.
            let changes = "setTimeout(() => {
                form.setAttribute('language', 'kz');
                form.setAttribute('title', 'Card');
                form.setAttribute('ready-timeout', '20000');
                form.setAttribute('language', 'en');
            })";
            customer.run(changes).await;
            stage::wait_for(customer, "form", "pantoken-ready", 2).await;
            customer.find("iframe[title=Card]").await;
            assert_eq!(
                customer.form_url().await.request().language().as_str(),
                "en"
            );
            assert_eq!(shop.front.asked(CREATE), 2);
        })
        .await;
}

pub(crate) async fn a_value_that_stays_the_same_changes_nothing(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            stage::open_ready(customer, &shop).await;
            customer
                .run("form.setAttribute('session-url', '/v1/sessions')")
                .await;
            stage::insert_ready(customer, "barrier").await;
            assert_eq!(stage::emitted(customer, "form").await, ["pantoken-ready"]);
            assert_eq!(shop.front.asked(CREATE), 2);
        })
        .await;
}

pub(crate) async fn a_moved_form_takes_a_card(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            stage::open_ready(customer, &shop).await;
            let moved = "
                const place = document.createElement('section');
                document.body.append(place);
                place.append(form);";
            customer.run(moved).await;
            stage::wait_for(customer, "form", "pantoken-ready", 2).await;
            assert_eq!(stage::frames(customer).await, 1);
            customer.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(customer, "form", "pantoken-saved", 1).await;
        })
        .await;
}

pub(crate) async fn several_forms_take_each_its_own_card(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            stage::open(customer, &shop).await;
            stage::insert_ready(customer, "first").await;
            stage::insert_ready(customer, "second").await;
            for id in ["second", "first"] {
                let frame = customer.find(&format!("#{id} iframe")).await;
                customer.save_in(frame, GOOD_NUMBER).await;
                stage::wait_for(customer, id, "pantoken-saved", 1).await;
            }
            let mut request_ids = Vec::new();
            for id in ["first", "second"] {
                let [ready, saved] = &stage::events(customer, id).await[..] else {
                    panic!("{id} emitted more than its own events");
                };
                assert_eq!(ready["requestId"], saved["requestId"]);
                let request_id = saved["requestId"].as_str().unwrap();
                assert_eq!(
                    shop.session(request_id).await["panToken"],
                    saved["panToken"]
                );
                request_ids.push(request_id.to_owned());
            }
            assert_ne!(request_ids[0], request_ids[1]);
        })
        .await;
}

pub(crate) async fn in_a_shadow_root_it_takes_a_card(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            for mode in ["open", "closed"] {
                stage::open(customer, &shop).await;
                let inserted = format!(
                    "const host = document.createElement('div');
                     host.id = 'host';
                     window.root = host.attachShadow({{ mode: {mode:?} }});
                     root.append(makeForm('form'));
                     document.body.append(host);"
                );
                customer.run(&inserted).await;
                stage::wait_for(customer, "form", "pantoken-ready", 1).await;
                let frame = customer
                    .element("return root.querySelector('iframe')")
                    .await;
                customer.save_in(frame, GOOD_NUMBER).await;
                stage::wait_for(customer, "form", "pantoken-saved", 1).await;
                let heard = customer.run("return heard").await;
                assert_eq!(
                    heard,
                    json!([["pantoken-ready", "host"], ["pantoken-saved", "host"]])
                );
            }
        })
        .await;
}

pub(crate) async fn a_reload_is_a_new_session_until_a_card_is_saved(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            stage::open_ready(customer, &shop).await;
            let state = customer.run("form.reload(); return form.state").await;
            assert_eq!(state, "loading");
            stage::wait_for(customer, "form", "pantoken-ready", 2).await;
            assert_eq!(shop.front.asked(CREATE), 2);
            customer.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(customer, "form", "pantoken-saved", 1).await;
            let state = customer.run("form.reload(); return form.state").await;
            assert_eq!(state, "saved");
            assert_request_ids_differ(customer).await;
            assert_eq!(shop.front.asked(CREATE), 2);
        })
        .await;
}

pub(crate) async fn without_its_module_it_says_so_and_can_be_reloaded(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            for answer in [
                Answer::Instead(404, "text/plain", "not found".to_owned()),
                Answer::Instead(200, "text/html", "<!doctype html>".to_owned()),
            ] {
                stage::open(customer, &shop).await;
                shop.front.plan(MODULE, answer);
                stage::insert(customer, "form").await;
                stage::wait_for(customer, "form", "pantoken-error", 1).await;
                let error = &stage::events(customer, "form").await[0];
                assert_eq!(
                    (&error["source"], &error["recoverable"]),
                    (&json!("host"), &json!(true))
                );
                assert_eq!(customer.run("return form.state").await, "failed");
                customer.run("form.reload()").await;
                stage::wait_for(customer, "form", "pantoken-ready", 1).await;
            }
        })
        .await;
}

pub(crate) async fn a_page_from_the_back_forward_cache_has_a_fresh_session(scene: Scene) {
    let shop = scene.shop();
    let restore = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))";
    scene
        .browse(async |customer| {
            stage::open_ready(customer, &shop).await;
            customer.run(restore).await;
            stage::wait_for(customer, "form", "pantoken-ready", 2).await;
            assert_request_ids_differ(customer).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(customer, "form", "pantoken-saved", 1).await;
            customer.run(restore).await;
            assert_eq!(customer.run("return form.state").await, "saved");
            assert_eq!(shop.front.asked(CREATE), 2);
        })
        .await;
}

/// A browser that keeps the page brings it back with its form; one that does not loads both anew.
pub(crate) async fn the_way_back_to_the_page_leads_to_a_fresh_session(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            customer.open_ready(&shop.url("/?lang=en")).await;
            let before = customer.form_url().await;
            customer.go(&shop.url("/healthz")).await;
            customer.driver.back().await.unwrap();
            shop.front.wait_for(CREATE, 2).await;
            let old = before.form_url().to_text();
            customer
                .until(&format!(
                    "const frame = document.querySelector('iframe');
                     return frame !== null && frame.src !== {old:?}"
                ))
                .await;
            customer.find_state("ready").await;
            assert_eq!(shop.front.asked(CREATE), 2);
        })
        .await;
}

/// Of the two sessions that the form has been ready in.
async fn assert_request_ids_differ(customer: &Customer) {
    let events = stage::events(customer, "form").await;
    assert_ne!(events[0]["requestId"], events[1]["requestId"]);
}
