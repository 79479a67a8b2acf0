//! The shop's page with a script of the test's in it that runs before all others of the page, and
//! without the policy that would forbid it.

use pantoken_tests::{Answer, Customer, Shop};

/// Opens it at this address of the shop's.
pub(crate) async fn open(customer: &Customer, shop: &Shop, path: &str, script: &str) {
    let page = shop.http().get(shop.url("/")).send().await.unwrap();
    let page = page.text().await.unwrap();
    let tampered = page.replacen("<head>", &format!("<head><script>{script}</script>"), 1);
    assert_ne!(tampered, page);
    shop.front
        .plan("/", Answer::Instead(200, "text/html", tampered));
    customer.go(&shop.url(path)).await;
}
