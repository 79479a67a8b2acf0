//! What forms leave behind in a page that lives on.

use pantoken_tests::{Customer, Scene};
use serde_json::{Value, json};

use crate::stage;

pub(crate) async fn a_thousand_forms_leave_no_listener_no_timer_and_no_memory(scene: Scene) {
    let shop = scene.shop();
    let form_url = shop.sign_form_url("12345678").await;
    scene
        .browse_last(async |customer| {
            stage::open(customer, &shop).await;
            customer.run("watchResources()").await;
            come_and_go(customer, 100, &form_url).await;
            let after_warm_up = held(customer).await;
            assert_eq!(
                (&after_warm_up["listeners"], &after_warm_up["timers"]),
                (&json!(0), &json!(0))
            );
            assert!(after_warm_up["memory"].as_u64().unwrap() > 0);
            come_and_go(customer, 1000, &form_url).await;
            assert_eq!(held(customer).await, after_warm_up);
            assert_eq!(stage::frames(customer).await, 0);
        })
        .await;
}

/// Forms come, one after the other, and each goes as soon as its frame is there.
async fn come_and_go(customer: &Customer, times: u32, form_url: &str) {
    let attributes = json!({ "form-url": form_url });
    customer
        .run(&format!("comeAndGo({times}, {attributes})"))
        .await;
    customer.until("return comeAndGo.done === true").await;
}

async fn held(customer: &Customer) -> Value {
    let held = customer.run("return JSON.stringify(held())").await;
    serde_json::from_str(held.as_str().unwrap()).unwrap()
}
