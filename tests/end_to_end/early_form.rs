//! Holds the element's module back, so that the form has loaded before the machine has ordered it.

use pantoken_tests::{API_KEY, GOOD_NUMBER, Gate, PlannedResponse, Tab, TestContext, TestSite};
use serde_json::{Value, json};

use crate::stage;

/// Whether the page's form has loaded without being seen.
const IS_HIDDEN: &str = "return getComputedStyle(findDeep('iframe')).visibility === 'hidden'";

pub(crate) async fn loaded_before_the_module_it_is_the_form_that_takes_the_card(
    context: TestContext,
) {
    let site = context.site();
    let form_url = site.sign_form_url("9007199254740993").await;
    let session = site.http().post(site.url("/v1/sessions"));
    let session = session
        .bearer_auth(API_KEY)
        .json(&json!({"flow": "iframe", "language": "ru"}));
    let mut session: Value = session.send().await.unwrap().json().await.unwrap();
    let request_id = session["requestId"].as_str().unwrap();
    session["resultUrl"] = format!("/v1/sessions/{request_id}/result").into();
    context
        .browse(async |tab| {
            for (name, value) in [
                ("session-url", "/v1/sessions".to_owned()),
                ("session", session.to_string()),
                ("form-url", form_url.clone()),
            ] {
                let module = open_without_module(tab, &site, name, &value).await;
                wait_for_form(tab).await;
                assert_eq!(tab.run(IS_HIDDEN).await, true, "{name}");
                tab.run("window.early = findDeep('iframe')").await;
                module.open();
                stage::wait_for(tab, "form", "pantoken-ready", 1).await;
                let is_the_same = "return findDeep('iframe') === window.early";
                assert_eq!(tab.run(is_the_same).await, true, "{name}");
                assert_eq!(tab.run(IS_HIDDEN).await, false, "{name}");
                tab.save_in_frame(GOOD_NUMBER).await;
                stage::wait_for(tab, "form", "pantoken-saved", 1).await;
                let expected = ["pantoken-ready", "pantoken-saved"];
                assert_eq!(stage::emitted(tab, "form").await, expected, "{name}");
            }
        })
        .await;
}

pub(crate) async fn a_form_that_the_machine_does_not_order_is_gone_unseen(context: TestContext) {
    let site = context.site();
    let form_url = site.sign_form_url("9007199254740993").await;
    // A browser opens it, and the machine reads no such URL.
    let unreadable = form_url.replacen("requestId=", "requestId=0", 1);
    context
        .browse(async |tab| {
            let module = open_without_module(tab, &site, "form-url", &unreadable).await;
            tab.until("return findAllDeep('iframe').length === 1").await;
            assert_eq!(tab.run(IS_HIDDEN).await, true);
            module.open();
            stage::wait_for(tab, "form", "pantoken-error", 1).await;
            assert_eq!(stage::frames(tab).await, 0);
        })
        .await;
}

pub(crate) async fn a_form_whose_module_does_not_load_is_gone(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            let gate = Gate::closed();
            let missing = PlannedResponse::Replaced(404, "text/plain", String::new());
            stage::open_with_module(tab, &site, missing.clone()).await;
            site.proxy.plan(stage::MODULE, missing);
            site.proxy
                .plan("/v1/sessions", PlannedResponse::Delayed(gate.clone()));
            insert(tab, &site, "session-url", "/v1/sessions").await;
            stage::wait_for(tab, "form", "pantoken-error", 1).await;
            // The session arrives too late for a form.
            gate.open();
            site.proxy.wait_for("POST /v1/sessions", 1).await;
            tab.press("Попробовать снова").await;
            stage::wait_for(tab, "form", "pantoken-ready", 1).await;
            assert_eq!(stage::frames(tab).await, 1);
        })
        .await;
}

pub(crate) async fn a_form_on_another_origin_is_not_loaded_before_the_module(context: TestContext) {
    let site = context.site();
    let form_url = site.sign_form_url("9007199254740993").await;
    context
        .browse(async |tab| {
            let gate = Gate::closed();
            let held_back = PlannedResponse::Delayed(gate.clone());
            site.proxy.plan(stage::MODULE, held_back);
            stage::open(tab, &site).await;
            // On loopback the machine allows it without this list.
            let attributes = json!({"form-url": form_url});
            tab.run(&format!("insertForm('form', {attributes})")).await;
            tab.until("return form.state === 'loading'").await;
            assert_eq!(stage::frames(tab).await, 0);
            gate.open();
            stage::wait_for(tab, "form", "pantoken-ready", 1).await;
        })
        .await;
}

/// Adds a form to a page whose module does not arrive before the gate is open.
async fn open_without_module(tab: &Tab, site: &TestSite, name: &str, value: &str) -> Gate {
    let gate = Gate::closed();
    site.proxy
        .plan(stage::MODULE, PlannedResponse::Delayed(gate.clone()));
    stage::open(tab, site).await;
    insert(tab, site, name, value).await;
    gate
}

async fn insert(tab: &Tab, site: &TestSite, name: &str, value: &str) {
    let attributes = json!({name: value, "form-origin": site.sandbox_url(), "language": "ru"});
    tab.run(&format!("insertForm('form', {attributes})")).await;
}

/// Waits until the form is there, as far as a form can be that nobody sees.
async fn wait_for_form(tab: &Tab) {
    tab.find("iframe").await.enter_frame().await.unwrap();
    tab.until("return document.readyState === 'complete'").await;
    tab.leave_form().await;
}
