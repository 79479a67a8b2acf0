//! A page that puts words on every object, as accessors or for good: they are no word of the form's, no
//! option of a call and no attribute, and no accessor is given what the form said.

use pantoken_tests::{GOOD_NUMBER, Scene};
use serde_json::json;

use crate::iframe_flow::assert_saved;
use crate::late_form::{self, PATIENT_PAGE};
use crate::{tampered_page, timeline};

const VALUES: &str = include_str!("../pages/hostile/polluted.js");
const ACCESSORS: &str = include_str!("../pages/hostile/accessors.js");
const FREEZE: &str = "Object.freeze(Object.prototype);";

pub(crate) async fn values_that_no_script_can_hide_are_not_read(scene: Scene) {
    takes_a_card(&scene, &[VALUES, FREEZE].concat()).await;
}

pub(crate) async fn accessors_give_nothing_and_get_nothing(scene: Scene) {
    takes_a_card(&scene, ACCESSORS).await;
}

pub(crate) async fn accessors_that_are_frozen_give_nothing_and_get_nothing(scene: Scene) {
    takes_a_card(&scene, &[ACCESSORS, FREEZE].concat()).await;
}

async fn takes_a_card(scene: &Scene, pollute: &str) {
    let shop = late_form::shop(scene);
    scene
        .browse(async |customer| {
            tampered_page::open(customer, &shop, PATIENT_PAGE, pollute).await;
            late_form::wait_for(customer).await;
            // A message of the page's own looks like a violation of its policy.
            let here = "
                addEventListener('message', () => document.body.dataset.here = '', { __proto__: null });
                postMessage('here', '*');";
            customer.run_as_page(here).await;
            customer.find("body[data-here]").await;
            late_form::say_ready(customer).await;
            customer.find_state("ready").await;
            customer.enter_form().await;
            let nothing = "for (const message of [{}, '{}']) parent.postMessage(message, '*')";
            customer.run(nothing).await;
            customer.save(GOOD_NUMBER).await;
            customer.leave_form().await;
            let unreadable = "warning UNREADABLE_MESSAGE";
            let expected = ["ready", unreadable, unreadable, "saved"];
            timeline::assert_all(customer, &expected).await;
            assert_saved(customer, &shop).await;
            let seen = "
                const frame = document.querySelector('iframe');
                const secrets = ['panToken', 'resultToken', 'formUrl'];
                return [
                    'panToken' in window.Object.prototype,
                    frame.hasAttribute('srcdoc') || frame.hasAttribute('onload'),
                    secrets.some((name) => (window.kept ?? []).includes(name)),
                ];";
            assert_eq!(customer.run(seen).await, json!([true, false, false]));
        })
        .await;
}
