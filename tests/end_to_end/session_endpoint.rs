//! Uses session endpoints that are down, return invalid responses or refuse requests, when a session is
//! created and when a result is reported.

use pantoken_tests::{GOOD_NUMBER, Gate, PlannedResponse, TestContext};

pub(crate) async fn without_a_session_the_page_says_why_and_a_retry_helps(context: TestContext) {
    let json =
        |status, body: &str| PlannedResponse::Replaced(status, "application/json", body.to_owned());
    let form_url = "https://a2c-test.qiwi.kz/form?agentId=agent-01&requestId=123456789&language=en\
        &agentSign=3e77416dbc65b9225c1ff455d357cdc4200fa83ee273bce727aa34c8dc44c725";
    let of_another_request =
        format!(r#"{{"requestId":"1","formUrl":"{form_url}","resultToken":"t"}}"#);
    let html = PlannedResponse::Replaced(200, "text/html", "<!doctype html><p>Hello".to_owned());
    let site = context.site();
    context
        .browse(async |tab| {
            for (answer, reason) in [
                (html, "no session"),
                (json(201, "{}"), "no session"),
                (json(201, &of_another_request), "no session"),
                (
                    json(404, r#"{"code":"NOT_FOUND"}"#),
                    "answered 404 NOT_FOUND",
                ),
                (json(503, "{}"), "answered 503"),
                (PlannedResponse::Disconnected, "did not answer"),
            ] {
                site.proxy.plan("/v1/sessions", answer);
                tab.go(&site.url("/?lang=en")).await;
                tab.find("#timeline [data-code=SESSION_FAILED]").await;
                tab.find_state("failed").await;
                let timeline = tab.text("#timeline").await;
                assert!(timeline.contains(reason), "{reason}: {timeline}");
                let frames = "return findAllDeep('iframe').length";
                assert_eq!(tab.run(frames).await, 0);
                tab.press("Try again").await;
                tab.find_state("ready").await;
            }
        })
        .await;
}

pub(crate) async fn a_card_is_reported_until_the_report_is_acknowledged(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            tab.open_ready(&site.url("/?lang=en")).await;
            let replaced =
                |status, kind, body: &str| PlannedResponse::Replaced(status, kind, body.to_owned());
            let gate = Gate::closed();
            for answer in [
                replaced(503, "text/plain", "come again"),
                PlannedResponse::Disconnected,
                // Somebody else's: a captive portal, a gateway.
                replaced(200, "text/html", "<!doctype html><p>Log in"),
                replaced(401, "application/problem+json", r#"{"status":401}"#),
                replaced(200, "application/json", r#"{"state":"saved"}"#),
                PlannedResponse::Delayed(gate.clone()),
            ] {
                site.proxy.plan("/result", answer);
            }
            tab.save_in_frame(GOOD_NUMBER).await;
            site.proxy.wait_for("/result", 6).await;
            let saved = "return document.querySelectorAll('[data-step=saved]').length";
            assert_eq!(tab.run(saved).await, 0);
            gate.open();
            tab.find_state("saved").await;
            let request_id = tab.text("#request-id").await;
            let session = site.session(&request_id).await;
            assert_eq!(session["panToken"], tab.text("#pan-token").await);
            assert_eq!(tab.run(saved).await, 1);
            assert_eq!(site.proxy.count("/result"), 6);
            tab.find("#timeline [data-code=REPORT_DELAYED]").await;
        })
        .await;
}

pub(crate) async fn a_report_that_is_refused_is_told(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            tab.open_ready(&site.url("/?lang=en")).await;
            let refusal = r#"{"code":"RESULT_CONFLICT"}"#.to_owned();
            let refused = PlannedResponse::Replaced(409, "application/problem+json", refusal);
            site.proxy.plan("/result", refused);
            tab.save_in_frame(GOOD_NUMBER).await;
            tab.find("#timeline [data-code=RESULT_REJECTED]").await;
            tab.find_state("failed").await;
            let tokens = "return document.querySelectorAll('#pan-token').length";
            assert_eq!(tab.run(tokens).await, 0);
            assert_eq!(site.proxy.count("/result"), 1);
        })
        .await;
}
