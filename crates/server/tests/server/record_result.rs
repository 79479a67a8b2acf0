use std::sync::Arc;

use pantoken_store::{DeliveryState, Message, Outbox, SessionResult};

use crate::support::{SESSION_SECONDS, assert_golden, server};

const TOKEN: &str = r#"{"panToken":"1a77343a-dd8a-11eb-ba80-0242ac130004"}"#;
const INVALID_PAN: &str = r#"{"errorCode":"INVALID_PAN","errorMessage":"Check the number"}"#;

#[tokio::test]
async fn a_token_is_recorded_and_confirmed_again_after_expiry() {
    let server = server().await;
    let session = server.iframe_session().await;
    let first = server.post_result(&session, TOKEN).await;
    assert_eq!(first.status, 200);
    assert_golden("result-recorded.json", &first);
    server.clock.advance_seconds(SESSION_SECONDS);
    let again = server.post_result(&session, TOKEN).await;
    assert_eq!((again.status.as_u16(), again.json()), (200, first.json()));
}

#[tokio::test]
async fn another_token_or_an_error_after_a_token_is_a_conflict() {
    let server = server().await;
    let session = server.iframe_session().await;
    let _ = server.post_result(&session, TOKEN).await;
    for body in [r#"{"panToken":"another"}"#, INVALID_PAN] {
        let answer = server.post_result(&session, body).await;
        answer.is_problem(409, "RESULT_CONFLICT", None);
        assert_golden("result-conflict.json", &answer);
    }
    let kept = server.session(&session).await;
    assert_eq!(
        kept.field("panToken"),
        "1a77343a-dd8a-11eb-ba80-0242ac130004"
    );
}

#[tokio::test]
async fn a_token_can_follow_an_error() {
    let server = server().await;
    let session = server.iframe_session().await;
    let answer = server.post_result(&session, INVALID_PAN).await;
    assert_eq!(
        (answer.status.as_u16(), answer.field("state")),
        (200, "failed".into())
    );
    let answer = server.post_result(&session, TOKEN).await;
    assert_eq!(
        (answer.status.as_u16(), answer.field("state")),
        (200, "saved".into())
    );
}

#[tokio::test]
async fn a_first_token_is_accepted_for_a_day_after_expiry() {
    const DAY: u32 = 86_400;
    let server = server().await;
    let (late, too_late) = (server.iframe_session().await, server.iframe_session().await);
    server.clock.advance_seconds(SESSION_SECONDS);
    let answer = server.post_result(&late, INVALID_PAN).await;
    answer.is_problem(410, "SESSION_EXPIRED", None);
    assert_golden("session-expired.json", &answer);
    assert_eq!(server.state(&late).await, "expired");
    server.clock.advance_seconds(DAY - 1);
    let answer = server.post_result(&late, TOKEN).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_golden("result-late.json", &answer);
    assert_eq!(server.state(&late).await, "saved");
    server.clock.advance_seconds(1);
    let again = server.post_result(&late, TOKEN).await;
    assert_eq!((again.status.as_u16(), again.json()), (200, answer.json()));
    let answer = server.post_result(&too_late, TOKEN).await;
    answer.is_problem(410, "SESSION_EXPIRED", None);
    assert_eq!(server.state(&too_late).await, "expired");
}

#[tokio::test]
async fn a_wrong_token_and_an_unknown_session_are_told_alike() {
    let server = server().await;
    let session = server.iframe_session().await;
    let other = server.iframe_session().await;
    let right = format!("/v1/sessions/{}/result", session.field("requestId"));
    let token = format!("Bearer {}", other.field("resultToken"));
    let mut texts = Vec::new();
    for path in [
        right.as_str(),
        "/v1/sessions/1/result",
        "/v1/sessions/x/result",
        "/v1/sessions/%FF/result",
    ] {
        let headers = [
            ("authorization", token.as_str()),
            ("content-type", "application/json"),
        ];
        let answer = server.call("POST", path, &headers, TOKEN).await;
        answer.is_problem(403, "RESULT_TOKEN_INVALID", None);
        texts.push(answer.text);
    }
    texts.dedup();
    assert_eq!(texts.len(), 1);
    let headers = [
        ("authorization", "Bearer short"),
        ("content-type", "application/json"),
    ];
    let answer = server.call("POST", &right, &headers, TOKEN).await;
    answer.is_problem(403, "RESULT_TOKEN_INVALID", None);
    let answer = server
        .call(
            "POST",
            &right,
            &[("content-type", "application/json")],
            TOKEN,
        )
        .await;
    answer.is_problem(401, "RESULT_TOKEN_REQUIRED", None);
    assert_eq!(server.state(&session).await, "created");
}

#[tokio::test]
async fn the_result_token_has_a_header_of_its_own_beside_a_proxys_credentials() {
    let server = server().await;
    let session = server.iframe_session().await;
    let path = format!("/v1/sessions/{}/result", session.field("requestId"));
    let token = session.field("resultToken");
    let own = ("pantoken-result-token", token.as_str());
    let json = ("content-type", "application/json");
    for other in ["Basic YTpi", "Bearer of-a-gateway"] {
        let headers = [json, own, ("authorization", other)];
        let answer = server.call("POST", &path, &headers, TOKEN).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    let answer = server.call("POST", &path, &[json, own], TOKEN).await;
    assert_eq!(answer.status, 200);
    let bearer = format!("Bearer {token}");
    let wrong = [
        json,
        ("pantoken-result-token", "wrong"),
        ("authorization", &bearer),
    ];
    let answer = server.call("POST", &path, &wrong, TOKEN).await;
    answer.is_problem(403, "RESULT_TOKEN_INVALID", None);
    let answer = server.call("POST", &path, &[json, own, own], TOKEN).await;
    answer.is_problem(401, "RESULT_TOKEN_REQUIRED", None);
    let basic = [json, ("authorization", "Basic YTpi")];
    let answer = server.call("POST", &path, &basic, TOKEN).await;
    answer.is_problem(401, "RESULT_TOKEN_REQUIRED", None);
}

#[tokio::test]
async fn the_token_of_the_callback_reports_no_result_here() {
    let server = server().await;
    let session = server.redirect_session().await;
    let url = session.field("formUrl");
    let url = pantoken_a2c::SignedRequest::parse(&url).unwrap();
    let callback = url.request().callback_url().unwrap().as_str();
    let token = format!("Bearer {}", callback.rsplit('.').next().unwrap());
    let path = format!("/v1/sessions/{}/result", session.field("requestId"));
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "application/json"),
    ];
    let answer = server.call("POST", &path, &headers, TOKEN).await;
    answer.is_problem(403, "RESULT_TOKEN_INVALID", None);
}

#[tokio::test]
async fn every_field_has_its_rule_and_nothing_wrong_is_written() {
    let server = server().await;
    let session = server.iframe_session().await;
    let long_token = format!(r#"{{"panToken":"{}"}}"#, "a".repeat(513));
    let long_code = format!(r#"{{"errorCode":"{}"}}"#, "A".repeat(65));
    let table = [
        ("{}", "MISSING_FIELD", "panToken"),
        (r#"{"panToken":""}"#, "INVALID_FIELD", "panToken"),
        (r#"{"panToken":"a b"}"#, "INVALID_FIELD", "panToken"),
        (r#"{"panToken":7}"#, "INVALID_FIELD", "panToken"),
        (&long_token, "INVALID_FIELD", "panToken"),
        (
            r#"{"panToken":"4111111111111111"}"#,
            "CARD_NUMBER_REFUSED",
            "panToken",
        ),
        (
            r#"{"panToken":"a","panToken":"b"}"#,
            "REPEATED_FIELD",
            "panToken",
        ),
        (
            r#"{"panToken":"a","errorCode":"B"}"#,
            "INVALID_FIELD",
            "errorCode",
        ),
        (
            r#"{"panToken":"a","errorMessage":"b"}"#,
            "INVALID_FIELD",
            "errorMessage",
        ),
        (r#"{"errorMessage":"b"}"#, "MISSING_FIELD", "errorCode"),
        (r#"{"errorCode":""}"#, "INVALID_FIELD", "errorCode"),
        (&long_code, "INVALID_FIELD", "errorCode"),
        (
            r#"{"errorCode":"A 4111111111111111"}"#,
            "CARD_NUMBER_REFUSED",
            "errorCode",
        ),
        (
            r#"{"errorCode":"A","errorMessage":"card 4111-1111-1111-1111"}"#,
            "CARD_NUMBER_REFUSED",
            "errorMessage",
        ),
        (
            r#"{"panToken":"a","requestId":"1"}"#,
            "UNKNOWN_FIELD",
            "requestId",
        ),
    ];
    for (body, code, field) in table {
        let answer = server.post_result(&session, body).await;
        answer.is_problem(400, code, Some(field));
        assert!(!answer.text.contains("1111"), "{}", answer.text);
    }
    assert_eq!(server.state(&session).await, "created");
    let answer = server
        .post_result(&session, r#"{"panToken":"4111111111111111"}"#)
        .await;
    assert_golden("card-number-refused.json", &answer);
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_one_of_many_racing_tokens_is_kept() {
    let server = Arc::new(server().await);
    let session = Arc::new(server.iframe_session().await);
    let tasks: Vec<_> = (0..24)
        .map(|number| {
            let (server, session) = (server.clone(), session.clone());
            tokio::spawn(async move {
                let token = format!("token-{number}");
                let body = format!(r#"{{"panToken":"{token}"}}"#);
                (token, server.post_result(&session, &body).await.status)
            })
        })
        .collect();
    let mut winners = Vec::new();
    for task in tasks {
        let (token, status) = task.await.unwrap();
        match status.as_u16() {
            200 => winners.push(token),
            status => assert_eq!(status, 409),
        }
    }
    assert_eq!(winners, [server.session(&session).await.field("panToken")]);
}

#[tokio::test]
async fn whoever_reports_errors_without_end_is_told_of_a_few_times() {
    let server = server().await;
    let session = server.iframe_session().await;
    let report = async |number: u32| {
        let body = format!(r#"{{"errorCode":"INVALID_PAN","errorMessage":"{number}"}}"#);
        let answer = server.post_result(&session, &body).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.field("state"), "failed");
    };
    for number in 0..60 {
        report(number).await;
    }
    let waiting = async || {
        let store = &server.store;
        let waiting = store.list_deliveries(DeliveryState::Pending, None, 10);
        let waiting = waiting.await.unwrap().into_iter();
        let results: Vec<_> = waiting
            .map(|delivery| match delivery.message {
                Message::Result { result, .. } => result.unwrap(),
                Message::Event { .. } => panic!("no operation has an event"),
            })
            .collect();
        results
    };
    // The last one that was recorded; none before it was ever tried.
    let results = waiting().await;
    let [SessionResult::Failed { message, .. }] = &results[..] else {
        panic!("{results:?}")
    };
    assert_eq!(message.as_str(), "19");
    let body = r#"{"panToken":"token-1"}"#;
    assert_eq!(server.post_result(&session, body).await.status, 200);
    let results = waiting().await;
    assert!(
        matches!(results[..], [SessionResult::Saved { .. }]),
        "{results:?}"
    );
    let line = r#"pantoken_results_total{outcome="ignored"}"#;
    assert_eq!(server.metric(line).await, "40");
}
