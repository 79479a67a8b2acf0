//! Posts many messages from the form's window and from others. Each unreadable message of the form is a
//! warning, the page stays responsive, and the card that the customer saves is reported once.

use pantoken_tests::{GOOD_NUMBER, PlannedResponse, Tab, TestContext};
use serde_json::json;

use crate::iframe_flow::assert_saved;
use crate::{stage, timeline};

const PAGE: &str = "/?lang=en";
const UNREADABLE: &str = "warning UNREADABLE_MESSAGE";

pub(crate) async fn what_no_form_says_is_a_warning_each(context: TestContext) {
    let babble = include_str!("../pages/hostile/babble.js");
    let site = context.site();
    context
        .browse(async |tab| {
            tab.open_ready(&site.url(PAGE)).await;
            let request_id = tab.request_id().await;
            tab.enter_form().await;
            tab.run(&babble.replace("REQUEST_ID", &request_id)).await;
            let said = tab.run("return window.said").await.as_u64().unwrap();
            assert!(said > 40);
            tab.leave_form().await;
            let mut expected = vec!["ready"];
            expected.resize(1 + usize::try_from(said).unwrap(), UNREADABLE);
            timeline::wait_for(tab, expected.len()).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            expected.push("saved");
            timeline::assert_all(tab, &expected).await;
            assert_saved(tab, &site).await;
            // Firefox's driver has objects of its own.
            let polluted = "
                const names = ['status', 'panToken', 'requestId'];
                return names.some((name) => name in window.Object.prototype)";
            assert_eq!(tab.run(polluted).await, false);
        })
        .await;
}

/// An invalid character in an error's message does not change its code.
pub(crate) async fn half_a_character_in_an_errors_words_is_replaced(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            tab.open_ready(&site.url(PAGE)).await;
            let request_id = tab.request_id().await;
            tab.enter_form().await;
            let error = format!(
                "parent.postMessage({{
                    requestId: '{request_id}', errorCode: 'INVALID_PAN', errorMessage: 'a\\ud800b'
                }}, '*')"
            );
            tab.run(&error).await;
            tab.leave_form().await;
            timeline::assert_all(tab, &["ready", "error INVALID_PAN"]).await;
            let timeline = tab.text("#timeline").await;
            assert!(timeline.contains("a\u{fffd}b"), "{timeline}");
        })
        .await;
}

pub(crate) async fn ten_thousand_messages_of_another_window_are_not_heard(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            site.proxy.plan("/", PlannedResponse::WithoutPolicy);
            tab.open_ready(&site.url(PAGE)).await;
            let request_id = tab.request_id().await;
            let forged = json!({"requestId": request_id, "panToken": "forged"});
            let flood = json!(flood(&forged.to_string()));
            let insert = format!(
                "const frame = document.createElement('iframe');
                 frame.id = 'sender';
                 frame.sandbox = 'allow-scripts';
                 frame.srcdoc = '<script>' + {flood} + '</' + 'script>';
                 document.body.append(frame);"
            );
            tab.run_as_page(&flooded_by("#sender")).await;
            tab.run_as_page(&insert).await;
            assert_responsive_under_flood(tab).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            tab.find_state("saved").await;
            end_flood(tab, "#sender").await;
            timeline::assert_all(tab, &["ready", "saved"]).await;
            assert_saved(tab, &site).await;
        })
        .await;
}

/// The page does nothing with its warnings, so that only the element's own work counts.
pub(crate) async fn ten_thousand_messages_of_the_form_do_not_hide_its_result(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            site.proxy
                .plan("/stage.html", PlannedResponse::WithoutPolicy);
            stage::open_ready(tab, &site).await;
            tab.run_as_page(&flooded_by("iframe")).await;
            tab.enter_form().await;
            tab.run(&flood("{ status: 'What?' }")).await;
            tab.leave_form().await;
            assert_responsive_under_flood(tab).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(tab, "form", "pantoken-saved", 1).await;
            let unreadable = end_flood(tab, "iframe").await;
            stage::wait_for(tab, "form", "pantoken-warning", unreadable).await;
            let emitted = stage::emitted(tab, "form").await;
            let count = |name: &str| emitted.iter().filter(|event| *event == name).count();
            assert_eq!(emitted.len(), unreadable + 2);
            assert_eq!(
                ["ready", "warning", "saved"].map(|name| count(&format!("pantoken-{name}"))),
                [1, unreadable, 1]
            );
            let saved = stage::events(tab, "form").await;
            let saved = saved.iter().find(|event| event["type"] == "pantoken-saved");
            let saved = saved.unwrap();
            let session = site.session(saved["requestId"].as_str().unwrap()).await;
            assert_eq!(session["panToken"], saved["panToken"]);
        })
        .await;
}

/// Returns a script for a frame that floods the page with this JavaScript value.
fn flood(message: &str) -> String {
    include_str!("../pages/hostile/flood.js").replace("MESSAGE", message)
}

/// Returns a script for the page that this frame floods.
fn flooded_by(frame: &str) -> String {
    include_str!("../pages/hostile/flooded.js").replace("FRAME", frame)
}

/// Checks that the page renders and reacts to a click while messages are always queued and ten thousand are
/// handled.
async fn assert_responsive_under_flood(tab: &Tab) {
    tab.until("return window.flooded.handled > 0").await;
    tab.click("#flooded").await;
    let lives = "
        const { pictures, clicks, handled } = window.flooded;
        return pictures >= 3 && clicks === 1 && handled >= 10000";
    tab.until(lives).await;
}

/// Ends the flood, waits until all messages are handled, and returns their number.
async fn end_flood(tab: &Tab, frame: &str) -> usize {
    let end = format!(
        "window.flooded.over = true;
         findDeep({frame:?}).contentWindow.postMessage('last', '*');"
    );
    tab.run_as_page(&end).await;
    tab.find(frame).await.enter_frame().await.unwrap();
    tab.until("return window.dry === true").await;
    let all = tab.run("return window.flooded").await;
    tab.leave_form().await;
    let handled = format!("return window.flooded.handled >= {all}");
    tab.until(&handled).await;
    usize::try_from(all.as_u64().unwrap()).unwrap()
}
