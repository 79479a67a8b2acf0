//! Checks the element's events, and its messages to the customer.

use pantoken_tests::{Tab, TestContext};
use serde_json::{Value, json};

use crate::stage;

const REQUEST_ID: &str = "12345678";

pub(crate) async fn the_details_of_the_events_are_the_golden_ones(context: TestContext) {
    let site = context.site();
    let form_url = site.sign_form_url(REQUEST_ID).await;
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            insert(tab, &json!({"form-url": form_url})).await;
            stage::wait_for(tab, "form", "pantoken-ready", 1).await;
            for message in [
                json!("what?"),
                json!({"requestId": REQUEST_ID, "errorCode": "INVALID_PAN", "errorMessage": "Wrong number"}),
                json!({"requestId": REQUEST_ID, "errorCode": "FORBIDDEN"}),
                json!({"requestId": REQUEST_ID, "panToken": "tok-1"}),
            ] {
                post_from_form(tab, &message).await;
            }
            stage::wait_for(tab, "form", "pantoken-saved", 1).await;
            tab.run("form.setAttribute('form-url', '')").await;
            stage::wait_for(tab, "form", "pantoken-error", 3).await;
            let mut events = stage::events(tab, "form").await;
            for event in &mut events {
                event.as_object_mut().unwrap().remove("id");
            }
            let golden: Value = serde_json::from_str(include_str!("golden/events.json")).unwrap();
            assert_eq!(json!(events), golden);
            let received = tab.run("return heard.length").await;
            assert_eq!(received, json!(events.len()), "each event bubbles up to the window");
        })
        .await;
}

pub(crate) async fn a_customer_who_cannot_see_it_is_told_what_it_does(context: TestContext) {
    let site = context.site();
    let form_url = site.sign_form_url(REQUEST_ID).await;
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            let attributes = json!({"form-url": form_url, "language": "kz", "title": "Card"});
            // What is visible while the form loads, before its frame has run.
            let note = "
                window.seen = [];
                const form = makeForm('form', ATTRIBUTES);
                const note = () => {
                    const root = form.shadowRoot.querySelector('[part~=pantoken]');
                    if (root) seen.push(JSON.stringify([
                        root.lang, root.dataset.state, root.getAttribute('aria-busy'),
                        root.querySelector('[role=status]').textContent,
                        root.querySelectorAll('button').length,
                    ]));
                };
                new MutationObserver(note).observe(
                    form.shadowRoot, { childList: true, subtree: true, attributes: true, characterData: true });
                document.querySelector('main').append(form);";
            tab
                .run(&note.replace("ATTRIBUTES", &attributes.to_string()))
                .await;
            stage::wait_for(tab, "form", "pantoken-ready", 1).await;
            tab.find("iframe[title=Card]").await;
            // This runs before the driver switches to the frame, which moves the focus in WebKit.
            let focused = "return form.contains(document.activeElement)";
            assert_eq!(tab.run(focused).await, false);
            post_from_form(tab, &json!({"requestId": REQUEST_ID, "panToken": "tok-1"})).await;
            stage::wait_for(tab, "form", "pantoken-saved", 1).await;
            tab
                .until("return seen.some((view) => view.includes('saved'))")
                .await;
            let views = tab.run("return [...new Set(seen)].map(JSON.parse)").await;
            assert_eq!(
                views,
                json!([
                    ["", "idle", "false", "", 0],
                    ["kk", "loading", "true", "Қорғалған нысан жүктелуде…", 0],
                    ["kk", "ready", "false", "", 0],
                    ["kk", "saved", "false", "Карта сақталды", 0],
                ])
            );
        })
        .await;
}

pub(crate) async fn a_silent_form_may_be_tried_again(context: TestContext) {
    let site = context.site();
    let form_url = site.sign_form_url(REQUEST_ID).await;
    context
        .browse(async |tab| {
            // The provider shows no form on a host that is not registered.
            let unregistered = site.url("/stage.html").replace("localhost", "127.0.0.1");
            stage::open_at(tab, &unregistered).await;
            let attributes = json!({"form-url": form_url, "language": "en", "ready-timeout": 1});
            insert(tab, &attributes).await;
            stage::wait_for(tab, "form", "pantoken-error", 1).await;
            tab.press("Try again").await;
            stage::wait_for(tab, "form", "pantoken-error", 2).await;
            for event in stage::events(tab, "form").await {
                assert_eq!(event["code"], "READY_TIMEOUT");
            }
            assert_eq!(stage::frames(tab).await, 1);
        })
        .await;
}

async fn insert(tab: &Tab, attributes: &Value) {
    let insert = format!("insertForm('form', {attributes})");
    tab.run(&insert).await;
}

/// Has the form's window post this message.
async fn post_from_form(tab: &Tab, message: &Value) {
    tab.enter_form().await;
    tab.run(&format!("parent.postMessage({message}, '*')"))
        .await;
    tab.leave_form().await;
}
