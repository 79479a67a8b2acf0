//! A form that says Ready when it is told to, so that a test is before that or after it; its document
//! has loaded by then.

use pantoken_tests::{SiteOptions, Tab, TestContext, TestSite};

/// A page that gives up at once.
pub(crate) const IMPATIENT_PAGE: &str = "/?lang=en&ready-timeout=1";
/// A page that waits for its form longer than any test takes.
pub(crate) const PATIENT_PAGE: &str = "/?lang=en&ready-timeout=3600000";

/// A shop with such a form.
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

/// Waits until the form has loaded, and has it say Ready.
pub(crate) async fn say_ready(tab: &Tab) {
    wait_for(tab).await;
    tab.find("iframe").await.enter_frame().await.unwrap();
    tab.click("#say-ready").await;
    tab.leave_form().await;
}
