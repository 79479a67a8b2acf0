//! A form that says Ready when it is told to, so that a test is before that or after it; its document
//! has loaded by then.

use pantoken_tests::{Customer, Scene, Shop, ShopOptions};

/// A page that gives up at once.
pub(crate) const IMPATIENT_PAGE: &str = "/?lang=en&ready-timeout=1";
/// A page that waits for its form longer than any test takes.
pub(crate) const PATIENT_PAGE: &str = "/?lang=en&ready-timeout=3600000";

/// A shop with such a form.
pub(crate) fn shop(scene: &Scene) -> Shop {
    Shop::open(ShopOptions {
        form_path: "/chaos/ready-on-press".to_owned(),
        ..scene.page.options()
    })
}

/// Waits until the form has loaded.
pub(crate) async fn wait_for(customer: &Customer) {
    customer.find("iframe").await.enter_frame().await.unwrap();
    customer.find("#say-ready").await;
    customer
        .until("return document.readyState === 'complete'")
        .await;
    customer.leave_form().await;
}

/// Waits until the form has loaded, and has it say Ready.
pub(crate) async fn say_ready(customer: &Customer) {
    wait_for(customer).await;
    customer.find("iframe").await.enter_frame().await.unwrap();
    customer.click("#say-ready").await;
    customer.leave_form().await;
}
