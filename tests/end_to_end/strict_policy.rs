//! Opens the page under the strict content security policy that the server sends.

use serde_json::json;

use pantoken_tests::{GOOD_NUMBER, PlannedResponse, TestContext};

use crate::stage;

pub(crate) async fn the_page_works_under_a_policy_without_inline_or_eval(context: TestContext) {
    let site = context.site();
    let answer = site.http().get(site.url("/")).send().await.unwrap();
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
        policy.contains(&format!("frame-src {}", site.sandbox_url())),
        "{policy}"
    );

    context
        .browse(async |tab| {
            tab.open_ready(&site.url("/?lang=en")).await;
            tab.run(WATCH).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            tab.find("#pan-token").await;
            // The policy is in force: an inline script does not run and is the first violation.
            tab.run(INLINE_SCRIPT).await;
            tab.find("html[data-violations]").await;
            let seen = "return [document.documentElement.dataset.violations, !!window.inlineRan]";
            assert_eq!(
                tab.run(seen).await,
                json!(["script-src-elem inline", false])
            );
        })
        .await;
}

pub(crate) async fn a_policy_that_only_reports_does_not_stop_the_form(context: TestContext) {
    let site = context.site();
    let policy = PlannedResponse::WithReportOnlyPolicy("frame-src 'none'");
    site.proxy.plan("/stage.html", policy);
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            tab.run(WATCH).await;
            stage::insert_ready(tab, "form").await;
            let violations = "return document.documentElement.dataset.violations";
            let violations = tab.run(violations).await.to_string();
            assert!(violations.contains("frame-src"), "{violations}");
            assert_eq!(stage::emitted(tab, "form").await, ["pantoken-ready"]);
        })
        .await;
}

pub(crate) async fn the_browser_has_nothing_to_complain_about(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            tab.open_ready(&site.url("/?lang=en")).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            tab.find("#pan-token").await;
            let complaints = tab.console().await;
            assert!(complaints.is_empty(), "{complaints:#?}");
        })
        .await;
}

/// Records each violation and what was blocked.
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
