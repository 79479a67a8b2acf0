//! Gives the element valid and invalid form URLs instead of a session.

use pantoken_tests::{Engine, GOOD_NUMBER, TestContext};
use serde_json::{Value, json};

use crate::stage;

/// The query of a form URL that the published test agent signed.
pub(crate) const SIGNED: &str = "agentId=agent-01&requestId=123456789&language=ru\
    &agentSign=3e77416dbc65b9225c1ff455d357cdc4200fa83ee273bce727aa34c8dc44c725";

pub(crate) async fn a_form_url_that_the_server_signed_takes_a_card(context: TestContext) {
    let site = context.site();
    let form_url = site.sign_form_url("9007199254740993").await;
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            let attributes = json!({"form-url": form_url, "language": "kz"});
            tab.run(&format!("insertForm('form', {attributes})")).await;
            stage::wait_for(tab, "form", "pantoken-ready", 1).await;
            assert_eq!(tab.form_url().await.request().language().as_str(), "kz");
            tab.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(tab, "form", "pantoken-saved", 1).await;
            let saved = &stage::events(tab, "form").await[1];
            assert_eq!(saved["requestId"], "9007199254740993");
            assert_eq!(site.proxy.count("/result"), 0);
        })
        .await;
}

/// The path before `/form` is not signed, so the tests of a page can choose how the form misbehaves. This
/// form returns the request id as a BigInt.
pub(crate) async fn a_form_url_may_lead_to_a_form_that_misbehaves(context: TestContext) {
    let site = context.site();
    let form_url = site.sign_form_url("9007199254740993").await;
    let form_url = form_url.replacen("/form?", "/chaos/numeric-request-id/form?", 1);
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            let attributes = json!({"form-url": form_url});
            let insert = format!("insertForm('form', {attributes})");
            tab.run(&insert).await;
            stage::wait_for(tab, "form", "pantoken-ready", 1).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(tab, "form", "pantoken-saved", 1).await;
            let saved = &stage::events(tab, "form").await[1];
            assert_eq!(saved["requestId"], "9007199254740993");
        })
        .await;
}

pub(crate) async fn a_wrong_form_url_opens_nothing_and_the_console_says_why(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            for (attributes, reason) in [
                (json!({"form-url": ""}), "session-url"),
                (json!({"form-url": "a form"}), "form-url"),
                (of_host("http://a2c.qiwi.kz"), "form-url"),
                (of_host("https://evil.kz"), "origin"),
                (of_host("https://a2c.qiwi.kz.evil.kz"), "origin"),
                (of_host("https://user@a2c.qiwi.kz"), "form-url"),
                (
                    json!({"form-url": format!("javascript:alert(1)//form?{SIGNED}")}),
                    "form-url",
                ),
            ] {
                stage::open(tab, &site).await;
                tab.run(&format!("insertForm('form', {attributes})")).await;
                stage::wait_for(tab, "form", "pantoken-error", 1).await;
                let [error] = &stage::events(tab, "form").await[..] else {
                    panic!("{attributes}: more than one event");
                };
                assert_eq!(
                    (&error["code"], &error["source"]),
                    (&json!("INVALID_FORM_URL"), &json!("host")),
                    "{attributes}"
                );
                assert_eq!(tab.run("return form.state").await, "failed");
                assert_eq!(stage::frames(tab).await, 0, "{attributes}");
                if context.engine == Engine::Chromium {
                    let console = tab.console().await.join("\n");
                    assert!(
                        console.contains("pantoken:") && console.contains(reason),
                        "{attributes}: {console}"
                    );
                }
            }
        })
        .await;
}

/// Frameworks insert an element before they set its attributes.
pub(crate) async fn without_any_url_it_waits_for_one(context: TestContext) {
    let site = context.site();
    let form_url = site.sign_form_url("123456789").await;
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            tab.run("insertForm('form', {})").await;
            // By the time that another form is ready, it would have reacted.
            stage::insert_ready(tab, "other").await;
            assert_eq!(tab.run("return form.state").await, "idle");
            tab.run(&format!("form.setAttribute('form-url', '{form_url}')"))
                .await;
            stage::wait_for(tab, "form", "pantoken-ready", 1).await;
            assert_eq!(stage::events(tab, "form").await.len(), 1);
        })
        .await;
}

fn of_host(host: &str) -> Value {
    json!({"form-url": format!("{host}/form?{SIGNED}")})
}
