//! Opens pages whose scripts replace or freeze built-in functions and objects, before the form exists or
//! when it is ready. The form works nevertheless, and properties that they add to all objects do not count as
//! messages of the form.

use pantoken_tests::{GOOD_NUMBER, PlannedResponse, Tab, TestContext, TestSite};

use crate::iframe_flow::assert_saved;
use crate::{tampered_page, timeline};

const PAGE: &str = "/?lang=en";

pub(crate) async fn a_page_that_freezes_everything_takes_a_card(context: TestContext) {
    let freeze = include_str!("../pages/hostile/frozen.js");
    let frozen = "return window.Object.isFrozen(window.Object.prototype)";
    takes_a_card(&context, freeze, frozen).await;
}

pub(crate) async fn a_page_with_functions_of_its_own_takes_a_card(context: TestContext) {
    let override_all = include_str!("../pages/hostile/overridden.js");
    takes_a_card(&context, override_all, "return window.calls > 0").await;
}

pub(crate) async fn a_page_whose_clock_jumps_takes_a_card(context: TestContext) {
    let clock = include_str!("../pages/hostile/clock.js");
    let jumps = "return Math.abs(window.Date.now() - window.Date.now()) > 1e11";
    takes_a_card(&context, clock, jumps).await;
}

pub(crate) async fn a_browser_without_newer_functions_takes_a_card(context: TestContext) {
    let old = include_str!("../pages/hostile/old.js");
    takes_a_card(&context, old, "return window.isOld").await;
}

pub(crate) async fn what_a_page_puts_on_every_object_is_no_message_and_no_attribute(
    context: TestContext,
) {
    let pollute = include_str!("../pages/hostile/polluted.js");
    let site = context.site();
    context
        .browse(async |tab| {
            for stage in [Stage::Before, Stage::After] {
                open_with(tab, &site, pollute, stage).await;
                tab.enter_form().await;
                let nothing = "for (const message of [{}, '{}']) parent.postMessage(message, '*')";
                tab.run(nothing).await;
                tab.save(GOOD_NUMBER).await;
                tab.leave_form().await;
                let unreadable = "warning UNREADABLE_MESSAGE";
                let expected = ["ready", unreadable, unreadable, "saved"];
                timeline::assert_all(tab, &expected).await;
                assert_saved(tab, &site).await;
                let attributes = "
                    const frame = findDeep('iframe');
                    return frame.hasAttribute('srcdoc') || frame.hasAttribute('onload')";
                assert_eq!(tab.run(attributes).await, false);
            }
        })
        .await;
}

#[derive(Clone, Copy)]
enum Stage {
    Before,
    After,
}

async fn takes_a_card(context: &TestContext, tamper: &str, in_force: &str) {
    let site = context.site();
    context
        .browse(async |tab| {
            for stage in [Stage::Before, Stage::After] {
                open_with(tab, &site, tamper, stage).await;
                tab.save_in_frame(GOOD_NUMBER).await;
                timeline::assert_all(tab, &["ready", "saved"]).await;
                assert_saved(tab, &site).await;
                assert_eq!(tab.run(in_force).await, true, "{in_force}");
            }
        })
        .await;
}

/// Opens the page and waits until its form is ready. The script runs before all others of the page, or when
/// the form is ready.
async fn open_with(tab: &Tab, site: &TestSite, tamper: &str, stage: Stage) {
    match stage {
        Stage::Before => {
            tampered_page::open(tab, site, PAGE, tamper).await;
            tab.find_state("ready").await;
        }
        Stage::After => {
            site.proxy.plan("/", PlannedResponse::WithoutPolicy);
            tab.open_ready(&site.url(PAGE)).await;
            tab.run_as_page(tamper).await;
        }
    }
}
