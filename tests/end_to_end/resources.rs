//! What forms leave behind in a page that lives on.

use pantoken_tests::{Answer, Customer, GOOD_NUMBER, Scene, Shop};
use serde_json::{Value, json};

use crate::{late_form, stage};

/// A form that says Ready, and saves a card as soon as it is answered.
const QUICK_FORM: &str = include_str!("../pages/element/quick-form.html");

pub(crate) async fn a_thousand_forms_leave_no_listener_no_timer_and_no_memory(scene: Scene) {
    let shop = scene.shop();
    let form_url = shop.sign_form_url("12345678").await;
    scene
        .browse_last(async |customer| {
            stage::open(customer, &shop).await;
            customer.run("watchResources()").await;
            come_and_go(customer, 100, &form_url, "frame").await;
            let after_warm_up = held(customer).await;
            assert_holds_nothing(&after_warm_up);
            assert!(after_warm_up["memory"].as_u64().unwrap() > 0);
            come_and_go(customer, 1000, &form_url, "frame").await;
            assert_eq!(held(customer).await, after_warm_up);
            assert_eq!(stage::frames(customer).await, 0);
        })
        .await;
}

pub(crate) async fn forms_that_were_ready_or_saved_leave_nothing_either(scene: Scene) {
    let shop = scene.shop();
    let form_url = shop.sign_form_url("12345678").await;
    let form_url = form_url.replace(shop.sandbox_url(), &shop.url(""));
    scene
        .browse(async |customer| {
            shop.front.plan("/stage.html", Answer::WithoutPolicy);
            stage::open(customer, &shop).await;
            customer.run("watchResources()").await;
            let mut after_warm_up = None;
            for stage in ["ready", "saved", "ready", "saved"] {
                plan_quick_forms(&shop, 20);
                come_and_go(customer, 20, &form_url, stage).await;
                let now = held(customer).await;
                assert_holds_nothing(&now);
                let first = after_warm_up.get_or_insert(now.clone());
                assert_eq!(now, *first, "{stage}");
            }
            assert_eq!(stage::frames(customer).await, 0);
        })
        .await;
}

/// With a session, and a report that had to be repeated.
pub(crate) async fn a_form_holds_its_listeners_and_a_timer_until_it_is_removed(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            stage::open(customer, &shop).await;
            customer.run("watchResources()").await;
            stage::insert(customer, "form").await;
            late_form::wait_for(customer).await;
            let listeners = json!(["pageshow", "securitypolicyviolation", "message"]);
            assert_holds(&held(customer).await, &listeners, &json!([15000]));
            late_form::say_ready(customer).await;
            stage::wait_for(customer, "form", "pantoken-ready", 1).await;
            assert_holds(&held(customer).await, &listeners, &json!([]));
            shop.front.plan("/result", Answer::Cut);
            customer.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(customer, "form", "pantoken-saved", 1).await;
            assert_eq!(shop.front.asked("/result"), 2);
            assert_holds(&held(customer).await, &listeners, &json!([]));
            customer.run("form.remove()").await;
            assert_holds_nothing(&held(customer).await);
        })
        .await;
}

fn plan_quick_forms(shop: &Shop, times: u32) {
    for _ in 0..times {
        let form = Answer::Instead(200, "text/html", QUICK_FORM.to_owned());
        shop.front.plan("/form", form);
    }
}

/// Forms come, one after the other, and each goes as soon as it is at this stage.
async fn come_and_go(customer: &Customer, times: u32, form_url: &str, stage: &str) {
    let attributes = json!({ "form-url": form_url });
    customer
        .run(&format!("comeAndGo({times}, {attributes}, {stage:?})"))
        .await;
    customer.until("return comeAndGo.done === true").await;
}

fn assert_holds_nothing(held: &Value) {
    assert_holds(held, &json!([]), &json!([]));
}

fn assert_holds(held: &Value, listeners: &Value, timers: &Value) {
    assert_eq!((&held["listeners"], &held["timers"]), (listeners, timers));
}

async fn held(customer: &Customer) -> Value {
    let held = customer.run("return JSON.stringify(held())").await;
    serde_json::from_str(held.as_str().unwrap()).unwrap()
}
