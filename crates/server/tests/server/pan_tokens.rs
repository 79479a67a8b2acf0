//! What may be reported as a panToken or an error, and what the agent's own check may say about it.

use std::sync::{Arc, Mutex};

use pantoken_server::{PanTokenAlphabet, PanTokenCheck, PanTokenVerdict};
use pantoken_store::{DeliveryState, Outbox};

use crate::support::{Server, assert_golden, server, server_with};

const MARKUP: &str = r"<script>alert(1)</script>";

async fn deliveries(server: &Server) -> usize {
    let pending = server
        .store
        .list_deliveries(DeliveryState::Pending, None, 10);
    pending.await.unwrap().len()
}

fn token(text: &str) -> String {
    format!(r#"{{"panToken":"{text}"}}"#)
}

#[tokio::test]
async fn a_token_that_the_provider_would_not_issue_is_not_recorded() {
    let server = server().await;
    let session = server.iframe_session().await;
    for text in [MARKUP, "a'b", "a&b", "a;b", "$(a)", "a.b", "../a", "a\\\"b"] {
        let answer = server.post_result(&session, &token(text)).await;
        answer.is_problem(400, "PAN_TOKEN_UNEXPECTED", Some("panToken"));
        assert!(!answer.text.contains(text), "{}", answer.text);
        assert_golden("pan-token-unexpected.json", &answer);
    }
    assert_eq!(server.state(&session).await, "created");
    assert_eq!(deliveries(&server).await, 0);
    // The page's next report may be an honest one.
    let answer = server.post_result(&session, &token("token_1-A")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[tokio::test]
async fn a_callback_with_such_a_token_records_nothing_and_can_be_reloaded() {
    let server = server().await;
    let session = server.redirect_session().await;
    let result = "panToken=%3Cscript%3Ealert(1)%3C/script%3E";
    let answer = server.come_back(&session, result).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (400, "")
    );
    assert_golden("callback-unexpected-token.html", &answer);
    assert_eq!(server.state(&session).await, "created");
    assert_eq!(deliveries(&server).await, 0);
    let line = r#"pantoken_problems_total{code="PAN_TOKEN_UNEXPECTED"}"#;
    assert_eq!(server.metric(line).await, "1");
}

#[tokio::test]
async fn an_honest_token_is_recorded_once_the_alphabet_is_wider() {
    let server = server_with(|options| {
        options.pan_token_alphabet = PanTokenAlphabet::parse("+/=").unwrap();
    })
    .await;
    let (iframe, redirect) = (
        server.iframe_session().await,
        server.redirect_session().await,
    );
    let answer = server.post_result(&iframe, &token("YQ+/==")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let answer = server.come_back(&redirect, "panToken=YQ%2B/==").await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    for session in [iframe, redirect] {
        assert_eq!(server.session(&session).await.field("panToken"), "YQ+/==");
    }
}

#[tokio::test]
async fn no_markup_passes_in_the_texts_of_an_error() {
    let server = server().await;
    let (iframe, redirect) = (
        server.iframe_session().await,
        server.redirect_session().await,
    );
    let body =
        r#"{"errorCode":"<b>CODE</b>","errorMessage":"<img src=x onerror=\"a('b')\"> & `c`"}"#;
    assert_eq!(server.post_result(&iframe, body).await.status, 200);
    let result = "errorCode=%3Cb%3ECODE%3C/b%3E&errorMessage=\
                  %3Cimg+src%3Dx+onerror%3D%22a(%27b%27)%22%3E+%26+%60c%60";
    assert_eq!(server.come_back(&redirect, result).await.status, 303);
    for session in [iframe, redirect] {
        let session = server.session(&session).await;
        assert_eq!(session.field("errorCode"), "‹b›CODE‹/b›");
        let message = "‹img src=x onerror=”a(’b’)”› ＆ ‘c‘";
        assert_eq!(session.field("errorMessage"), message);
    }
}

/// A server whose check answers by the token, and what it was asked.
async fn checked() -> (Server, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let asks = asked.clone();
    let check = PanTokenCheck::new(move |reported| {
        let asks = asks.clone();
        async move {
            let token = reported.pan_token.as_str().to_owned();
            let customer = reported.customer.unwrap_or_default();
            let ask = format!("{} {customer} {token}", reported.request_id);
            asks.lock().unwrap().push(ask);
            match token.as_str() {
                "forged" => PanTokenVerdict::Refuse,
                "soon" => PanTokenVerdict::TryLater,
                _ => PanTokenVerdict::Accept,
            }
        }
    });
    let server = server_with(|options| options.pan_token_check = Some(check)).await;
    (server, asked)
}

#[tokio::test]
async fn the_agent_checks_a_reported_token_before_anyone_is_told() {
    let (server, asked) = checked().await;
    let body = r#"{"flow":"iframe","customer":"order 7"}"#;
    let session = server.post("/v1/sessions", body).await;
    let answer = server.post_result(&session, &token("forged")).await;
    answer.is_problem(400, "INVALID_FIELD", Some("panToken"));
    let answer = server.post_result(&session, &token("soon")).await;
    answer.is_problem(503, "PAN_TOKEN_UNCHECKED", None);
    assert_eq!(answer.header("retry-after"), "5");
    assert_eq!(server.state(&session).await, "created");
    assert_eq!(deliveries(&server).await, 0);
    // A repetition of what is recorded is not checked again, and neither is what a wrong token reports.
    for _ in 0..2 {
        assert_eq!(
            server.post_result(&session, &token("real")).await.status,
            200
        );
    }
    assert_eq!(
        server.post_result(&session, &token("forged")).await.status,
        409
    );
    assert_eq!(deliveries(&server).await, 1);
    let id = session.field("requestId");
    let expected = ["forged", "soon", "real"].map(|token| format!("{id} order 7 {token}"));
    assert_eq!(*asked.lock().unwrap(), expected);
}

#[tokio::test]
async fn the_agent_checks_the_token_of_a_callback_too() {
    let (server, _) = checked().await;
    let session = server.redirect_session().await;
    let answer = server.come_back(&session, "panToken=forged").await;
    assert_eq!(answer.status, 400);
    assert_golden("callback-unreadable.html", &answer);
    let answer = server.come_back(&session, "panToken=soon").await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("retry-after")),
        (503, "5")
    );
    assert_eq!(server.state(&session).await, "created");
    let answer = server.come_back(&session, "panToken=real").await;
    assert_eq!(answer.status, 303);
}
