use pantoken_a2c::{Language, SignedRequest};
use pantoken_core::is_card_number;

use crate::support::{
    API_KEY, Answer, PAGE, SESSION_SECONDS, Server, assert_golden, server, server_with,
};

const IFRAME: &str = r#"{"flow":"iframe"}"#;
const JSON: (&str, &str) = ("content-type", "application/json");

async fn create_with_key(server: &Server, key: &str, body: &str) -> Answer {
    let bearer = format!("Bearer {API_KEY}");
    let headers = [
        JSON,
        ("authorization", bearer.as_str()),
        ("idempotency-key", key),
    ];
    server.call("POST", "/v1/sessions", &headers, body).await
}

async fn create_in_browser(server: &Server, origin: &str, key: Option<&str>) -> Answer {
    let mut headers = vec![JSON, ("origin", origin)];
    headers.extend(key.map(|key| ("idempotency-key", key)));
    server.call("POST", "/v1/sessions", &headers, IFRAME).await
}

#[tokio::test]
async fn an_iframe_session_has_a_signed_form_url_and_a_result_token() {
    let server = server().await;
    let body = r#"{"flow":"iframe","language":"en","customer":"customer 7"}"#;
    let answer = server.post("/v1/sessions", body).await;
    assert_eq!(answer.status, 201);
    assert_golden("session-created.json", &answer);
    let url = SignedRequest::parse(&answer.field("formUrl")).unwrap();
    assert_eq!(url.request().language(), Language::En);
    assert_eq!(
        url.request().request_id().to_string(),
        answer.field("requestId")
    );
    assert!(!is_card_number(&answer.field("requestId")));
}

#[tokio::test]
async fn a_redirect_session_has_a_callback_in_its_form_url() {
    let server = server().await;
    let answer = server.redirect_session().await;
    assert_golden("session-created-redirect.json", &answer);
}

#[tokio::test]
async fn the_same_key_and_request_give_the_same_session() {
    let server = server().await;
    let first = create_with_key(&server, "order-7", IFRAME).await;
    server.clock.advance_seconds(60);
    let again = create_with_key(
        &server,
        "order-7",
        r#"{ "language":"ru", "flow":"iframe" }"#,
    )
    .await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201));
    assert_eq!(first.json(), again.json());
    let other = create_with_key(&server, "order-8", IFRAME).await;
    assert_ne!(first.field("requestId"), other.field("requestId"));
    let result = server
        .post_result(&again, r#"{"panToken":"token-1"}"#)
        .await;
    assert_eq!(
        result.status, 200,
        "the token of the repetition is the session's"
    );
}

#[tokio::test]
async fn the_same_key_for_another_request_is_refused() {
    let server = server().await;
    let _ = create_with_key(&server, "order-7", IFRAME).await;
    for body in [
        r#"{"flow":"iframe","language":"en"}"#,
        r#"{"flow":"iframe","customer":"7"}"#,
        r#"{"flow":"redirect","returnUrl":"https://shop.kz/paid"}"#,
    ] {
        let answer = create_with_key(&server, "order-7", body).await;
        answer.is_problem(422, "IDEMPOTENCY_KEY_REUSED", None);
    }
    let answer = create_with_key(&server, "order-7", r#"{"flow":"iframe","customer":"7"}"#).await;
    assert_golden("idempotency-key-reused.json", &answer);
}

#[tokio::test]
async fn a_session_of_another_agent_secret_is_not_given_again() {
    let server = server().await;
    let _ = create_with_key(&server, "order-7", IFRAME).await;
    let server = server.with_secret("another-secret");
    let answer = create_with_key(&server, "order-7", IFRAME).await;
    answer.is_problem(409, "IDEMPOTENCY_KEY_STALE", None);
    assert_golden("idempotency-key-stale.json", &answer);
}

#[tokio::test]
async fn an_idempotency_key_counts_for_its_caller_alone() {
    let server = server().await;
    let key = "0123456789abcdef";
    let agent = create_with_key(&server, key, IFRAME).await;
    let browser = create_in_browser(&server, PAGE, Some(key)).await;
    assert_eq!(browser.status, 201);
    assert_ne!(agent.field("requestId"), browser.field("requestId"));
}

#[tokio::test]
async fn an_idempotency_key_has_limits() {
    let server = server().await;
    let long = "k".repeat(129);
    for key in ["", "a b", "ключ", long.as_str()] {
        let answer = create_with_key(&server, key, IFRAME).await;
        answer.is_problem(400, "INVALID_FIELD", Some("Idempotency-Key"));
    }
    let answer = create_with_key(&server, "4111111111111111", IFRAME).await;
    answer.is_problem(400, "CARD_NUMBER_REFUSED", Some("Idempotency-Key"));
    let guessable = create_in_browser(&server, PAGE, Some("0123456789abcde")).await;
    guessable.is_problem(400, "INVALID_FIELD", Some("Idempotency-Key"));
    assert_eq!(
        create_with_key(&server, &"k".repeat(128), IFRAME)
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn many_creations_with_one_key_at_once_make_one_session() {
    let server = std::sync::Arc::new(server().await);
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let server = server.clone();
            tokio::spawn(async move { create_with_key(&server, "order-7", IFRAME).await.json() })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
}

#[tokio::test]
async fn two_sessions_of_one_moment_never_share_a_request_id() {
    let server = server().await;
    let mut ids = std::collections::BTreeSet::new();
    // Enough for the 12 random bits to collide.
    for _ in 0..300 {
        assert!(ids.insert(server.iframe_session().await.field("requestId")));
    }
}

#[tokio::test]
async fn a_browser_creates_sessions_on_an_allowed_origin_only() {
    let server = server().await;
    assert_eq!(create_in_browser(&server, PAGE, None).await.status, 201);
    for origin in [
        "https://evil.kz",
        "null",
        "https://shop.kz.evil.kz",
        "https://shop.kz:8443",
    ] {
        let answer = create_in_browser(&server, origin, None).await;
        answer.is_problem(403, "ORIGIN_NOT_ALLOWED", None);
    }
}

#[tokio::test]
async fn a_browser_creates_no_session_unless_they_are_public() {
    let server = server_with(|options| options.public_sessions = false).await;
    let answer = create_in_browser(&server, PAGE, None).await;
    answer.is_problem(401, "API_KEY_REQUIRED", None);
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    assert_golden("api-key-required.json", &answer);
}

#[tokio::test]
async fn a_wrong_key_is_not_replaced_by_an_allowed_origin() {
    let server = server().await;
    for value in [
        "Bearer wrong",
        "Bearer",
        "",
        "Bearer api-key-of-the-test",
        "Bearer  ",
    ] {
        let headers = [JSON, ("origin", PAGE), ("authorization", value)];
        let answer = server.call("POST", "/v1/sessions", &headers, IFRAME).await;
        answer.is_problem(401, "API_KEY_REQUIRED", None);
    }
    let right = format!("Bearer {API_KEY}");
    let twice = [
        JSON,
        ("authorization", right.as_str()),
        ("authorization", right.as_str()),
    ];
    let answer = server.call("POST", "/v1/sessions", &twice, IFRAME).await;
    answer.is_problem(401, "API_KEY_REQUIRED", None);
}

#[tokio::test]
async fn credentials_of_another_scheme_are_a_proxys_own() {
    let server = server().await;
    for value in ["Basic YTpi", "basic YTpi", "Digest a", "Negotiate"] {
        let headers = [JSON, ("origin", PAGE), ("authorization", value)];
        let answer = server.call("POST", "/v1/sessions", &headers, IFRAME).await;
        assert_eq!(answer.status, 201, "{value}");
        // Without an origin, nobody is left whose session it could be.
        let headers = [JSON, ("authorization", value)];
        let answer = server.call("POST", "/v1/sessions", &headers, IFRAME).await;
        answer.is_problem(401, "API_KEY_REQUIRED", None);
    }
    let line = r#"pantoken_sessions_created_total{flow="iframe",caller="browser"}"#;
    assert_eq!(server.metric(line).await, "4");
    let key = format!("Bearer {API_KEY}");
    let both = [
        JSON,
        ("origin", PAGE),
        ("authorization", "Basic YTpi"),
        ("authorization", &key),
    ];
    let answer = server.call("POST", "/v1/sessions", &both, IFRAME).await;
    answer.is_problem(401, "API_KEY_REQUIRED", None);
}

#[tokio::test]
async fn order_numbers_and_times_in_milliseconds_are_no_card_numbers() {
    let server = server().await;
    // Luhn alone takes one of ten for a card number.
    for number in 0..40_u64 {
        let (time, order) = (1_764_355_200_000 + number, 2_025_112_800_000_000 + number);
        let body = format!(
            r#"{{"flow":"redirect","customer":"{order}","returnUrl":"https://shop.kz/paid?t={time}"}}"#
        );
        let answer = create_with_key(&server, &time.to_string(), &body).await;
        assert_eq!(answer.status, 201, "{body}: {}", answer.text);
    }
}

#[tokio::test]
async fn every_field_has_its_rule_and_the_answer_names_it() {
    let server = server().await;
    let long_customer = format!(r#"{{"flow":"iframe","customer":"{}"}}"#, "я".repeat(129));
    let redirect = |url: &str| format!(r#"{{"flow":"redirect","returnUrl":"{url}"}}"#);
    let long_url = redirect(&format!("https://shop.kz/paid?{}", "a".repeat(2048)));
    let (elsewhere, insecure) = (
        redirect("https://evil.kz/paid"),
        redirect("http://shop.kz/paid"),
    );
    let table = [
        ("{}", "MISSING_FIELD", "flow"),
        (r#"{"flow":null}"#, "MISSING_FIELD", "flow"),
        (r#"{"flow":"popup"}"#, "INVALID_FIELD", "flow"),
        (r#"{"flow":1}"#, "INVALID_FIELD", "flow"),
        (
            r#"{"flow":"iframe","flow":"redirect"}"#,
            "REPEATED_FIELD",
            "flow",
        ),
        (
            r#"{"flow":"iframe","language":"kk"}"#,
            "INVALID_FIELD",
            "language",
        ),
        (
            r#"{"flow":"iframe","language":["ru"]}"#,
            "INVALID_FIELD",
            "language",
        ),
        (
            r#"{"flow":"iframe","customer":""}"#,
            "INVALID_FIELD",
            "customer",
        ),
        (
            r#"{"flow":"iframe","customer":"a\u0000"}"#,
            "INVALID_FIELD",
            "customer",
        ),
        (
            r#"{"flow":"iframe","customer":{"id":1}}"#,
            "INVALID_FIELD",
            "customer",
        ),
        (&long_customer, "INVALID_FIELD", "customer"),
        (
            r#"{"flow":"iframe","customer":"4111 1111 1111 1111"}"#,
            "CARD_NUMBER_REFUSED",
            "customer",
        ),
        (
            r#"{"flow":"4111111111111111"}"#,
            "CARD_NUMBER_REFUSED",
            "flow",
        ),
        (
            r#"{"flow":"iframe","returnUrl":"https://shop.kz/paid"}"#,
            "INVALID_FIELD",
            "returnUrl",
        ),
        (r#"{"flow":"redirect"}"#, "MISSING_FIELD", "returnUrl"),
        (&elsewhere, "INVALID_FIELD", "returnUrl"),
        (&insecure, "INVALID_FIELD", "returnUrl"),
        (&long_url, "INVALID_FIELD", "returnUrl"),
        (r#"{"flow":"iframe","amount":1}"#, "UNKNOWN_FIELD", "amount"),
    ];
    for (body, code, field) in table {
        let answer = server.post("/v1/sessions", body).await;
        answer.is_problem(400, code, Some(field));
    }
    let longest = format!(r#"{{"flow":"iframe","customer":"{}"}}"#, "я".repeat(128));
    assert_eq!(server.post("/v1/sessions", &longest).await.status, 201);
    let answer = server
        .post("/v1/sessions", r#"{"flow":"iframe","amount":1}"#)
        .await;
    assert_golden("unknown-field.json", &answer);
    let answer = server.post("/v1/sessions", r#"{"flow":"popup"}"#).await;
    assert_golden("invalid-field.json", &answer);
}

#[tokio::test]
async fn an_unknown_field_whose_name_may_be_a_secret_is_not_repeated() {
    let server = server().await;
    for name in [
        "4111111111111111",
        "1a77343add8a11ebba800242ac130004",
        "",
        "N2Q0ZTYwZmQtYjY3Zi00YzA0LWI5YzctNDU2Nzg5MDE",
        "a b",
    ] {
        let body = format!(r#"{{"flow":"iframe","{name}":"x"}}"#);
        let answer = server.post("/v1/sessions", &body).await;
        answer.is_problem(400, "UNKNOWN_FIELD", None);
        assert!(name.is_empty() || !answer.text.contains(name));
    }
}

#[tokio::test]
async fn a_session_expires_when_it_said() {
    let server = server().await;
    let session = server.iframe_session().await;
    assert_eq!(session.field("expiresAt"), "2025-06-01T12:30:00Z");
    server.clock.advance_seconds(SESSION_SECONDS - 1);
    assert_eq!(server.state(&session).await, "created");
    server.clock.advance_seconds(1);
    assert_eq!(server.state(&session).await, "expired");
}
