//! Runs the examples with the packed element under the server's strict content security policy.

use pantoken_tests::{GOOD_NUMBER, Pages, SiteOptions, TestContext, TestSite, workspace};

pub(crate) async fn the_html_page_takes_a_card(context: TestContext) {
    let example = workspace().join("examples/html");
    let site = TestSite::open(SiteOptions::with_pages(Pages::with_element(&example)));
    takes_a_card(&context, &site).await;
}

/// In development, React's StrictMode mounts components twice. There is only one session nevertheless.
pub(crate) async fn the_react_page_takes_a_card(context: TestContext) {
    let site = TestSite::open(SiteOptions::with_pages(Pages::example("react")));
    takes_a_card(&context, &site).await;
    assert_eq!(site.proxy.count("POST /v1/sessions"), 1);
}

pub(crate) async fn the_vue_page_takes_a_card(context: TestContext) {
    let site = TestSite::open(SiteOptions::with_pages(Pages::example("vue")));
    takes_a_card(&context, &site).await;
}

pub(crate) async fn a_page_that_webpack_bundled_takes_a_card(context: TestContext) {
    let site = TestSite::open(SiteOptions::with_pages(Pages::example("webpack")));
    takes_a_card(&context, &site).await;
}

/// Checks that the page shows the token that the server has stored for the same request.
async fn takes_a_card(context: &TestContext, site: &TestSite) {
    let saved = context.browse(async |tab| {
        tab.go(&site.url("/")).await;
        let form_url = tab.form_url().await;
        tab.save_in_frame(GOOD_NUMBER).await;
        tab.find("output:not(:empty)").await;
        let request_id = form_url.request().request_id().to_string();
        (request_id, tab.text("output").await)
    });
    let (request_id, pan_token) = saved.await;
    let session = site.session(&request_id).await;
    assert_eq!(session["panToken"], pan_token.as_str());
}
