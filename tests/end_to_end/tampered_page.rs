//! The shop's page with a script of the test's in it that runs before all others of the page, and
//! without the policy that would forbid it.

use pantoken_tests::{PlannedResponse, Tab, TestSite};

/// Opens it at this address of the shop's.
pub(crate) async fn open(tab: &Tab, site: &TestSite, path: &str, script: &str) {
    let page = site.http().get(site.url("/")).send().await.unwrap();
    let page = page.text().await.unwrap();
    let tampered = page.replacen("<head>", &format!("<head><script>{script}</script>"), 1);
    assert_ne!(tampered, page);
    site.proxy
        .plan("/", PlannedResponse::Replaced(200, "text/html", tampered));
    tab.go(&site.url(path)).await;
}
