//! The page under the strict content security policy that the server sends with it.

use pantoken_tests::{GOOD_NUMBER, Shop, browse};

#[tokio::test]
async fn the_page_works_under_a_policy_without_inline_or_eval() {
    let shop = Shop::open();
    let answer = shop.http().get(shop.url("/")).send().await.unwrap();
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
        "{policy}"
    );
    assert!(
        policy.contains("script-src 'self' 'wasm-unsafe-eval';"),
        "{policy}"
    );
    assert!(
        policy.contains(&format!("frame-src {}", shop.sandbox_url())),
        "{policy}"
    );

    browse("strict_policy", async |customer| {
        customer.open_ready(&shop.url("/?lang=en")).await;
        customer.save_in_frame(GOOD_NUMBER).await;
        customer.find("#pan-token").await;
        let complaints = customer.console().await;
        assert!(complaints.is_empty(), "{complaints:#?}");
        // The policy is in force: what it forbids does not run.
        let inline = "const script = document.createElement('script');
            script.textContent = 'window.inlineRan = true';
            document.body.append(script);
            return window.inlineRan === true";
        assert_eq!(customer.run(inline).await, false);
    })
    .await;
}
