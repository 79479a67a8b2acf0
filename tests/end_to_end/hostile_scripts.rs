//! A page whose own scripts change what scripts are made of, before the form is there or when it is
//! ready: the form works all the same, and what they put on every object is no word of the form's.

use pantoken_tests::{Answer, Customer, GOOD_NUMBER, Scene, Shop};

use crate::iframe_flow::assert_saved;
use crate::{tampered_page, timeline};

const PAGE: &str = "/?lang=en";

pub(crate) async fn a_page_that_freezes_everything_takes_a_card(scene: Scene) {
    let freeze = include_str!("../pages/hostile/frozen.js");
    let frozen = "return window.Object.isFrozen(window.Object.prototype)";
    takes_a_card(&scene, freeze, frozen).await;
}

pub(crate) async fn a_page_with_functions_of_its_own_takes_a_card(scene: Scene) {
    let override_all = include_str!("../pages/hostile/overridden.js");
    takes_a_card(&scene, override_all, "return window.calls > 0").await;
}

pub(crate) async fn a_page_whose_clock_jumps_takes_a_card(scene: Scene) {
    let clock = include_str!("../pages/hostile/clock.js");
    let jumps = "return Math.abs(window.Date.now() - window.Date.now()) > 1e11";
    takes_a_card(&scene, clock, jumps).await;
}

pub(crate) async fn what_a_page_puts_on_every_object_is_no_message_and_no_attribute(scene: Scene) {
    let pollute = include_str!("../pages/hostile/polluted.js");
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            for stage in [Stage::Before, Stage::After] {
                open_with(customer, &shop, pollute, stage).await;
                customer.enter_form().await;
                let nothing = "for (const message of [{}, '{}']) parent.postMessage(message, '*')";
                customer.run(nothing).await;
                customer.save(GOOD_NUMBER).await;
                customer.leave_form().await;
                let unreadable = "warning UNREADABLE_MESSAGE";
                let expected = ["ready", unreadable, unreadable, "saved"];
                timeline::assert_all(customer, &expected).await;
                assert_saved(customer, &shop).await;
                let attributes = "
                    const frame = document.querySelector('iframe');
                    return frame.hasAttribute('srcdoc') || frame.hasAttribute('onload')";
                assert_eq!(customer.run(attributes).await, false);
            }
        })
        .await;
}

#[derive(Clone, Copy)]
enum Stage {
    Before,
    After,
}

async fn takes_a_card(scene: &Scene, tamper: &str, in_force: &str) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            for stage in [Stage::Before, Stage::After] {
                open_with(customer, &shop, tamper, stage).await;
                customer.save_in_frame(GOOD_NUMBER).await;
                timeline::assert_all(customer, &["ready", "saved"]).await;
                assert_saved(customer, &shop).await;
                assert_eq!(customer.run(in_force).await, true, "{in_force}");
            }
        })
        .await;
}

/// Opens the page and waits until its form is ready; the script runs before all others of the page, or
/// after that.
async fn open_with(customer: &Customer, shop: &Shop, tamper: &str, stage: Stage) {
    match stage {
        Stage::Before => {
            tampered_page::open(customer, shop, PAGE, tamper).await;
            customer.find_state("ready").await;
        }
        Stage::After => {
            shop.front.plan("/", Answer::WithoutPolicy);
            customer.open_ready(&shop.url(PAGE)).await;
            customer.run_as_page(tamper).await;
        }
    }
}
