//! Follows each of the provider's seven error codes from the form to the page's event. INVALID_PAN and its
//! correction are in `iframe_flow`.

use serde_json::{Value, json};

use pantoken_tests::{
    FORBIDDEN_NUMBER, GOOD_NUMBER, INVALID_SESSION_NUMBER, SiteOptions, Tab, TestContext, TestSite,
};

pub(crate) async fn forbidden_and_invalid_session_reach_the_page_and_the_store(
    context: TestContext,
) {
    let site = context.site();
    context
        .browse(async |tab| {
            for (number, code) in [
                (FORBIDDEN_NUMBER, "FORBIDDEN"),
                (INVALID_SESSION_NUMBER, "INVALID_SESSION"),
            ] {
                tab.open_ready(&site.url("/?lang=en")).await;
                let request_id = tab.request_id().await;
                tab.save_in_frame(number).await;
                assert_failed(tab, code).await;
                // The page reports an error without waiting, so the store has it a moment later.
                let session = site.session_in_state(&request_id, "failed").await;
                assert_eq!(session["errorCode"], code);
            }
        })
        .await;
}

pub(crate) async fn a_second_card_for_a_request_is_refused(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            tab.open_ready(&site.url("/?lang=en")).await;
            let form_url = tab.form_url().await;
            let request = form_url.request();
            let save = json!({
                "agentId": request.agent_id().as_str(),
                "requestId": request.request_id().to_string(),
                "agentSign": form_url.signature().as_str(),
                "pan": GOOD_NUMBER,
            });
            let url = format!("{}/save", site.sandbox_url());
            let first: Value = site
                .http()
                .post(url)
                .json(&save)
                .send()
                .await
                .unwrap()
                .json()
                .await
                .unwrap();
            assert!(first["panToken"].is_string(), "{first}");
            tab.save_in_frame(GOOD_NUMBER).await;
            assert_failed(tab, "PAN_IS_EXISTS_FOR_REQUEST").await;
        })
        .await;
}

pub(crate) async fn an_agent_that_the_provider_does_not_know_is_told(context: TestContext) {
    let site = TestSite::open(SiteOptions {
        agent_id: "agent-02",
        ..context.page.options()
    });
    context
        .browse(async |tab| {
            tab.go(&site.url("/?lang=en")).await;
            assert_failed(tab, "AGENT_NOT_FOUND").await;
        })
        .await;
}

pub(crate) async fn a_wrong_secret_is_told(context: TestContext) {
    let site = TestSite::open(SiteOptions {
        secret_key: "22f3b3cc2ae84452",
        ..context.page.options()
    });
    context
        .browse(async |tab| {
            tab.go(&site.url("/?lang=en")).await;
            assert_failed(tab, "AGENT_SIGN_INVALID").await;
        })
        .await;
}

pub(crate) async fn a_damaged_parameter_is_told(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            tab.open_ready(&site.url("/?lang=en")).await;
            tab.run(
                "const frame = findDeep('iframe');
                 frame.src = frame.src.replace('language=en', 'language=xx');",
            )
            .await;
            assert_failed(tab, "PARSE_REQUEST_ERROR").await;
        })
        .await;
}

/// Checks that the page receives the code, explains it, and informs the customer.
async fn assert_failed(tab: &Tab, code: &str) {
    tab.find(&format!("#timeline [data-code={code}]")).await;
    tab.find_state("failed").await;
    assert!(!tab.text("[role=status]").await.is_empty());
}
