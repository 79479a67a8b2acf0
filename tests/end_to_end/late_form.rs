//! A form that posts Ready only when a test presses its button. Its document has loaded by then.

use pantoken_tests::{SiteOptions, Tab, TestContext, TestSite};

/// The path of a page whose ready timeout expires at once.
pub(crate) const IMPATIENT_PAGE: &str = "/?lang=en&ready-timeout=1";
/// The path of a page whose ready timeout is longer than any test.
pub(crate) const PATIENT_PAGE: &str = "/?lang=en&ready-timeout=3600000";

/// Opens a shop with such a form.
pub(crate) fn site(context: &TestContext) -> TestSite {
    TestSite::open(SiteOptions {
        form_path: "/chaos/ready-on-press".to_owned(),
        ..context.page.options()
    })
}

/// Waits until the form has loaded.
pub(crate) async fn wait_for(tab: &Tab) {
    tab.find("iframe").await.enter_frame().await.unwrap();
    tab.find("#say-ready").await;
    tab.until("return document.readyState === 'complete'").await;
    tab.leave_form().await;
}

/// Waits until the form has loaded, and has it post Ready.
pub(crate) async fn say_ready(tab: &Tab) {
    wait_for(tab).await;
    tab.find("iframe").await.enter_frame().await.unwrap();
    tab.click("#say-ready").await;
    tab.leave_form().await;
}
