//! Checks that removed forms leave nothing behind on a page.

use pantoken_tests::{GOOD_NUMBER, PlannedResponse, Tab, TestContext, TestSite};
use serde_json::{Value, json};

use crate::{late_form, stage};

/// A form that posts Ready, and saves a card as soon as the page replies.
const QUICK_FORM: &str = include_str!("../pages/element/quick-form.html");

pub(crate) async fn a_thousand_forms_leave_no_listener_no_timer_and_no_memory(
    context: TestContext,
) {
    let site = context.site();
    let form_url = site.sign_form_url("12345678").await;
    context
        .browse_last(async |tab| {
            stage::open(tab, &site).await;
            tab.run("watchResources()").await;
            come_and_go(tab, 100, &form_url, "frame").await;
            let after_warm_up = held(tab).await;
            assert_holds_nothing(&after_warm_up);
            assert!(after_warm_up["memory"].as_u64().unwrap() > 0);
            come_and_go(tab, 1000, &form_url, "frame").await;
            assert_eq!(held(tab).await, after_warm_up);
            assert_eq!(stage::frames(tab).await, 0);
        })
        .await;
}

pub(crate) async fn forms_that_were_ready_or_saved_leave_nothing_either(context: TestContext) {
    let site = context.site();
    let form_url = site.sign_form_url("12345678").await;
    let form_url = form_url.replace(site.sandbox_url(), &site.url(""));
    context
        .browse(async |tab| {
            site.proxy
                .plan("/stage.html", PlannedResponse::WithoutPolicy);
            stage::open(tab, &site).await;
            tab.run("watchResources()").await;
            let mut after_warm_up = None;
            for stage in ["ready", "saved", "ready", "saved"] {
                plan_quick_forms(&site, 20);
                come_and_go(tab, 20, &form_url, stage).await;
                let now = held(tab).await;
                assert_holds_nothing(&now);
                let first = after_warm_up.get_or_insert(now.clone());
                assert_eq!(now, *first, "{stage}");
            }
            assert_eq!(stage::frames(tab).await, 0);
        })
        .await;
}

/// The form has a session, and its report has to be repeated.
pub(crate) async fn a_form_holds_its_listeners_and_a_timer_until_it_is_removed(
    context: TestContext,
) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            tab.run("watchResources()").await;
            stage::insert(tab, "form").await;
            late_form::wait_for(tab).await;
            let listeners = json!(["pageshow", "securitypolicyviolation", "message", "blur"]);
            // The second ends the session before it expires. A form in use has none.
            let renewal =
                "timers: held().timers.map((wait) => (wait > 1000000 ? 'renewal' : wait))";
            let with_renewal = format!("return {{ ...held(), {renewal} }}");
            let loading = tab.run(&with_renewal).await;
            assert_holds(&loading, &listeners, &json!([15000, "renewal"]));
            late_form::say_ready(tab).await;
            stage::wait_for(tab, "form", "pantoken-ready", 1).await;
            // The test has put the focus into the frame.
            assert_holds(&held(tab).await, &listeners, &json!([]));
            site.proxy.plan("/result", PlannedResponse::Disconnected);
            tab.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(tab, "form", "pantoken-saved", 1).await;
            assert_eq!(site.proxy.count("/result"), 2);
            assert_holds(&held(tab).await, &listeners, &json!([]));
            tab.run("form.remove()").await;
            assert_holds_nothing(&held(tab).await);
        })
        .await;
}

fn plan_quick_forms(site: &TestSite, times: u32) {
    for _ in 0..times {
        let form = PlannedResponse::Replaced(200, "text/html", QUICK_FORM.to_owned());
        site.proxy.plan("/form", form);
    }
}

/// Inserts forms one after the other, and removes each as soon as it has reached this stage.
async fn come_and_go(tab: &Tab, times: u32, form_url: &str, stage: &str) {
    let attributes = json!({ "form-url": form_url });
    tab.run(&format!("comeAndGo({times}, {attributes}, {stage:?})"))
        .await;
    tab.until("return comeAndGo.done === true").await;
}

fn assert_holds_nothing(held: &Value) {
    assert_holds(held, &json!([]), &json!([]));
}

fn assert_holds(held: &Value, listeners: &Value, timers: &Value) {
    assert_eq!((&held["listeners"], &held["timers"]), (listeners, timers));
}

async fn held(tab: &Tab) -> Value {
    let held = tab.run("return JSON.stringify(held())").await;
    serde_json::from_str(held.as_str().unwrap()).unwrap()
}
