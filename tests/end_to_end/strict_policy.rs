//! The page under the strict content security policy that the server sends with it.

use serde_json::json;

use pantoken_tests::{Answer, GOOD_NUMBER, Scene};

use crate::stage;

pub(crate) async fn the_page_works_under_a_policy_without_inline_or_eval(scene: Scene) {
    let shop = scene.shop();
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

    scene
        .browse(async |customer| {
            customer.open_ready(&shop.url("/?lang=en")).await;
            customer.run(WATCH).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            customer.find("#pan-token").await;
            // The policy is in force: what it forbids does not run, and is the first to violate it.
            customer.run(INLINE_SCRIPT).await;
            customer.find("html[data-violations]").await;
            let seen = "return [document.documentElement.dataset.violations, !!window.inlineRan]";
            assert_eq!(
                customer.run(seen).await,
                json!(["script-src-elem inline", false])
            );
        })
        .await;
}

pub(crate) async fn a_policy_that_only_reports_does_not_stop_the_form(scene: Scene) {
    let shop = scene.shop();
    let policy = Answer::WithReportedPolicy("frame-src 'none'");
    shop.front.plan("/stage.html", policy);
    scene
        .browse(async |customer| {
            stage::open(customer, &shop).await;
            customer.run(WATCH).await;
            stage::insert_ready(customer, "form").await;
            let violations = "return document.documentElement.dataset.violations";
            let violations = customer.run(violations).await.to_string();
            assert!(violations.contains("frame-src"), "{violations}");
            assert_eq!(stage::emitted(customer, "form").await, ["pantoken-ready"]);
        })
        .await;
}

pub(crate) async fn the_browser_has_nothing_to_complain_about(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            customer.open_ready(&shop.url("/?lang=en")).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            customer.find("#pan-token").await;
            let complaints = customer.console().await;
            assert!(complaints.is_empty(), "{complaints:#?}");
        })
        .await;
}

/// Notes each violation, with what was blocked.
const WATCH: &str = "
    document.addEventListener('securitypolicyviolation', (violation) => {
        const { violations } = document.documentElement.dataset;
        const { effectiveDirective, blockedURI } = violation;
        document.documentElement.dataset.violations =
            [...violations ? [violations] : [], `${effectiveDirective} ${blockedURI}`].join();
    });";

const INLINE_SCRIPT: &str = "
    const script = document.createElement('script');
    script.textContent = 'window.inlineRan = true';
    document.body.append(script);";
