//! Opens pages that add properties to `Object.prototype`, as values or as accessors. They do not count as
//! messages of the form, options of a function or attributes, and no accessor receives what the form posted.

use pantoken_tests::{GOOD_NUMBER, TestContext};
use serde_json::json;

use crate::iframe_flow::assert_saved;
use crate::late_form::{self, PATIENT_PAGE};
use crate::{tampered_page, timeline};

const VALUES: &str = include_str!("../pages/hostile/polluted.js");
const ACCESSORS: &str = include_str!("../pages/hostile/accessors.js");
const FREEZE: &str = "Object.freeze(Object.prototype);";

pub(crate) async fn values_that_no_script_can_hide_are_not_read(context: TestContext) {
    takes_a_card(&context, &[VALUES, FREEZE].concat()).await;
}

pub(crate) async fn accessors_give_nothing_and_get_nothing(context: TestContext) {
    takes_a_card(&context, ACCESSORS).await;
}

pub(crate) async fn accessors_that_are_frozen_give_nothing_and_get_nothing(context: TestContext) {
    takes_a_card(&context, &[ACCESSORS, FREEZE].concat()).await;
}

async fn takes_a_card(context: &TestContext, pollute: &str) {
    let site = late_form::site(context);
    context
        .browse(async |tab| {
            tampered_page::open(tab, &site, PATIENT_PAGE, pollute).await;
            late_form::wait_for(tab).await;
            // A message that the page posts to itself looks like a violation of its policy.
            let here = "
                addEventListener('message', () => document.body.dataset.here = '', { __proto__: null });
                postMessage('here', '*');";
            tab.run_as_page(here).await;
            tab.find("body[data-here]").await;
            late_form::say_ready(tab).await;
            tab.find_state("ready").await;
            tab.enter_form().await;
            let nothing = "for (const message of [{}, '{}']) parent.postMessage(message, '*')";
            tab.run(nothing).await;
            tab.save(GOOD_NUMBER).await;
            tab.leave_form().await;
            let unreadable = "warning UNREADABLE_MESSAGE";
            let expected = ["ready", unreadable, unreadable, "saved"];
            timeline::assert_all(tab, &expected).await;
            assert_saved(tab, &site).await;
            let seen = "
                const frame = findDeep('iframe');
                const secrets = ['panToken', 'resultToken', 'formUrl'];
                return [
                    'panToken' in window.Object.prototype,
                    frame.hasAttribute('srcdoc') || frame.hasAttribute('onload'),
                    secrets.some((name) => (window.kept ?? []).includes(name)),
                ];";
            assert_eq!(tab.run(seen).await, json!([true, false, false]));
        })
        .await;
}
