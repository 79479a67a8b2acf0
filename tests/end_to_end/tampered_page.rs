//! The shop's page with a script of the test that runs before all others, and without the content security
//! policy that would forbid it.

use pantoken_tests::{PlannedResponse, Tab, TestSite};

/// Opens the page at this path of the shop.
pub(crate) async fn open(tab: &Tab, site: &TestSite, path: &str, script: &str) {
    let page = site.http().get(site.url("/")).send().await.unwrap();
    let page = page.text().await.unwrap();
    let tampered = page.replacen("<head>", &format!("<head><script>{script}</script>"), 1);
    assert_ne!(tampered, page);
    site.proxy
        .plan("/", PlannedResponse::Replaced(200, "text/html", tampered));
    tab.go(&site.url(path)).await;
}
