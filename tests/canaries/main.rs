//! Searches everything that a whole run leaves or prints for the card number and the secrets: the real
//! server with its database, webhooks and metrics, and the real sandbox.
#![allow(clippy::unwrap_used, clippy::panic)]

mod canary;
mod evidence;
mod receiver;
mod run;

use std::sync::Arc;
use std::time::Duration;

use pantoken_tests::{dist, has_pages};
use reqwest::Method;
use serde_json::json;
use tokio::sync::mpsc::UnboundedReceiver;

use canary::Canary;
use evidence::Evidence;
use run::Run;

/// A valid number that is not one of the test numbers on the form and in the demo.
const CARD_NUMBER: &str = "5105105105105100";
const AGENT_SECRET: &str = "canary-of-the-agents-secret";
const API_KEY: &str = "canary-of-the-api-key-0001";
const WEBHOOK_SECRET: &str = "canary-of-the-webhook-secret";
const STORE_KEY: &str = "c0ffee00c0ffee11c0ffee22c0ffee33c0ffee44c0ffee55c0ffee66c0ffee77";

#[tokio::test(flavor = "multi_thread")]
async fn secrets_tokens_and_the_card_number_are_only_where_the_protocol_says() {
    for log_format in ["text", "json"] {
        let evidence = Arc::<Evidence>::default();
        let (webhook_url, mut webhooks) = receiver::open(&evidence).await;
        let run = Run::start(&evidence, &webhook_url, log_format);

        let iframe = run.create("iframe").await;
        let in_frame = run.save_card(&iframe, CARD_NUMBER).await;
        report(&run, &iframe, &in_frame).await;
        let redirect = run.create("redirect").await;
        let in_redirect = run.save_card(&redirect, CARD_NUMBER).await;
        run.come_back(&redirect, &format!("panToken={in_redirect}"))
            .await;
        send_misplaced_secrets(&run, &in_frame).await;
        for session in [&iframe, &redirect] {
            let id = session["requestId"].as_str().unwrap();
            run.call(Method::GET, &format!("/v1/sessions/{id}"), API_KEY, "")
                .await;
        }
        wait_for_webhooks(&mut webhooks, 2).await;
        run.read_metrics().await;
        run.run_commands();
        run.collect_files_and_arguments();
        run.kill();

        search(&evidence, [&in_frame, &in_redirect]);
        for session in [&iframe, &redirect] {
            let token = Canary::new("a result token", session["resultToken"].as_str().unwrap());
            evidence.is_only_in(&token, &["server body of /v1/sessions"]);
        }
    }
}

fn search(evidence: &Evidence, pan_tokens: [&String; 2]) {
    for place in [
        "server log",
        "sandbox log",
        "metrics",
        "webhook body",
        "webhook headers",
        "database ",
        "database after a kill",
        "arguments of the server",
        "command [\"doctor\"]",
    ] {
        evidence.has(place);
    }
    evidence.is_only_in(&Canary::new("the card number", CARD_NUMBER), &[]);
    evidence.is_only_in(&Canary::new("the agent's secret", AGENT_SECRET), &[]);
    evidence.is_only_in(&Canary::new("the API key", API_KEY), &[]);
    evidence.is_only_in(&Canary::new("the webhook's secret", WEBHOOK_SECRET), &[]);
    evidence.is_only_in(&Canary::new("the store's key", STORE_KEY), &[]);
    for pan_token in pan_tokens {
        let places = [
            "sandbox body of /save",
            "server body of /v1/sessions/",
            "webhook body",
        ];
        evidence.is_only_in(&Canary::new("a panToken", pan_token), &places);
    }
}

#[test]
fn no_secret_is_in_any_file_that_a_browser_loads() {
    if !has_pages() {
        return;
    }
    let evidence = Evidence::default();
    evidence.add_files("page", &dist());
    evidence.has("page");
    for (name, secret) in [
        (
            "the published test agent's secret",
            pantoken_tests::SECRET_KEY,
        ),
        ("the card number", CARD_NUMBER),
    ] {
        evidence.is_only_in(&Canary::new(name, secret), &[]);
    }
}

async fn report(run: &Run, session: &serde_json::Value, pan_token: &str) {
    let path = format!(
        "/v1/sessions/{}/result",
        session["requestId"].as_str().unwrap()
    );
    let token = session["resultToken"].as_str().unwrap();
    let answer = run
        .post(&path, token, &json!({ "panToken": pan_token }))
        .await;
    assert_eq!(answer["state"], "saved");
}

/// Sends card numbers, tokens and secrets where they do not belong.
async fn send_misplaced_secrets(run: &Run, pan_token: &str) {
    let session = run.create("iframe").await;
    let id = session["requestId"].as_str().unwrap().to_owned();
    let token = session["resultToken"].as_str().unwrap().to_owned();
    let result = format!("/v1/sessions/{id}/result");
    for canary in [CARD_NUMBER, AGENT_SECRET, pan_token] {
        for path in ["/v1/sessions", "/v1/form-urls", result.as_str(), "/nowhere"] {
            for body in [
                json!({ "flow": canary, "customer": canary }).to_string(),
                json!({ canary: canary }).to_string(),
                json!({ "errorCode": canary, "errorMessage": canary }).to_string(),
                canary.to_owned(),
            ] {
                for bearer in [API_KEY, token.as_str(), canary] {
                    // An error that the provider reports is stored for the agent, unless it contains a card number.
                    let is_report = path == result && bearer == token && body.contains("errorCode");
                    if canary == CARD_NUMBER || !is_report {
                        run.call(Method::POST, path, bearer, &body).await;
                    }
                }
            }
        }
        for path in [
            format!("/v1/callback/{canary}?panToken={canary}"),
            format!("/?{canary}={canary}"),
            format!("/healthz?{canary}"),
        ] {
            run.call(Method::GET, &path, canary, "").await;
            run.call(Method::DELETE, &path, canary, canary).await;
        }
    }
    let redirect = run.create("redirect").await;
    run.come_back(&redirect, &format!("panToken={CARD_NUMBER}"))
        .await;
    run.come_back(
        &redirect,
        &format!("errorCode=X&errorMessage={CARD_NUMBER}"),
    )
    .await;
    run.save_card(&session, &format!("{CARD_NUMBER}1")).await;
}

/// Waits for this many webhooks.
async fn wait_for_webhooks(webhooks: &mut UnboundedReceiver<String>, count: usize) {
    for number in 0..count {
        let next = tokio::time::timeout(Duration::from_secs(60), webhooks.recv()).await;
        let body = next.unwrap_or_else(|_| panic!("webhook {number} did not come"));
        assert!(body.is_some());
    }
}
