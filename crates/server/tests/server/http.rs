use crate::support::{API_KEY, PAGE, assert_golden, server};

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn an_unknown_path_and_a_wrong_method_are_problems() {
    let server = server().await;
    for path in ["/", "/v1", "/v1/", "/v1/unknown", "/v1/sessions/1/2/3"] {
        server.get(path).await.is_problem(404, "NOT_FOUND", None);
    }
    assert_golden("not-found.json", &server.get("/v1/unknown").await);
    for (method, path) in [
        ("GET", "/v1/sessions"),
        ("DELETE", "/v1/sessions/1"),
        ("POST", "/v1/callback/x"),
        ("PUT", "/healthz"),
    ] {
        let answer = server.call(method, path, &[], "").await;
        answer.is_problem(405, "METHOD_NOT_ALLOWED", None);
        assert!(!answer.header("allow").is_empty());
        assert_golden("method-not-allowed.json", &answer);
    }
}

#[tokio::test]
async fn a_body_over_16_kib_is_too_large() {
    let server = server().await;
    let body = |length: usize| format!(r#"{{"flow":"iframe"{}}}"#, " ".repeat(length - 17));
    assert_eq!(
        server.post("/v1/sessions", &body(16 * 1024)).await.status,
        201
    );
    let answer = server.post("/v1/sessions", &body(16 * 1024 + 1)).await;
    answer.is_problem(413, "BODY_TOO_LARGE", None);
    assert_golden("body-too-large.json", &answer);
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_malformed() {
    let server = server().await;
    let deep = "[".repeat(8000);
    let deep_value = format!(r#"{{"flow":{}"#, "[".repeat(8000));
    for body in [
        "",
        "{",
        "[]",
        "null",
        "\"flow\"",
        "{\"flow\":\"iframe\"} x",
        "flow=iframe",
        &deep,
        &deep_value,
    ] {
        let answer = server.post("/v1/sessions", body).await;
        answer.is_problem(400, "MALFORMED_JSON", None);
    }
    assert_golden(
        "malformed-json.json",
        &server.post("/v1/sessions", "{").await,
    );
}

#[tokio::test]
async fn another_content_type_is_unsupported() {
    let server = server().await;
    let key = format!("Bearer {API_KEY}");
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "",
    ] {
        let headers = [
            ("authorization", key.as_str()),
            ("content-type", content_type),
        ];
        let answer = server
            .call("POST", "/v1/sessions", &headers, r#"{"flow":"iframe"}"#)
            .await;
        answer.is_problem(415, "UNSUPPORTED_MEDIA_TYPE", None);
        assert_golden("unsupported-media-type.json", &answer);
    }
    let headers = [
        ("authorization", key.as_str()),
        ("content-type", "Application/JSON; charset=utf-8"),
    ];
    let answer = server
        .call("POST", "/v1/sessions", &headers, r#"{"flow":"iframe"}"#)
        .await;
    assert_eq!(answer.status, 201);
}

#[tokio::test]
async fn every_answer_is_private() {
    let server = server().await;
    for path in [
        "/v1/sessions",
        "/v1/sessions/1",
        "/v1/callback/x",
        "/healthz",
        "/nothing",
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn only_allowed_origins_may_read_answers() {
    let server = server().await;
    let preflight = [
        ("access-control-request-method", "POST"),
        (
            "access-control-request-headers",
            "authorization,content-type,idempotency-key",
        ),
    ];
    for (origin, allowed) in [(PAGE, PAGE), ("https://evil.kz", "")] {
        let headers = [preflight[0], preflight[1], ("origin", origin)];
        let answer = server.call("OPTIONS", "/v1/sessions", &headers, "").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("access-control-allow-origin"), allowed);
        assert!(answer.header("vary").contains("origin"));
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        let headers = [JSON, ("origin", origin)];
        let answer = server
            .call("POST", "/v1/sessions", &headers, r#"{"flow":"iframe"}"#)
            .await;
        assert_eq!(answer.header("access-control-allow-origin"), allowed);
        // A page that is told to wait has to learn how long.
        assert_eq!(
            answer.header("access-control-expose-headers"),
            "retry-after"
        );
    }
}

#[tokio::test]
async fn health_is_the_process_and_readiness_the_store() {
    let server = server().await;
    assert_eq!(server.get("/healthz").await.status, 200);
    assert_eq!(server.get("/readyz").await.status, 200);
    server.store.close().await;
    server.clock.advance_seconds(1);
    assert_eq!(server.get("/healthz").await.status, 200);
    let answer = server.get("/readyz").await;
    answer.is_problem(503, "STORE_UNAVAILABLE", None);
    assert_eq!(answer.header("retry-after"), "5");
    assert_golden("store-unavailable.json", &answer);
    let answer = server.post("/v1/sessions", r#"{"flow":"iframe"}"#).await;
    answer.is_problem(503, "STORE_UNAVAILABLE", None);
}

#[tokio::test]
async fn readiness_is_a_write_that_all_who_ask_within_a_second_share() {
    use sqlx::{Connection, Executor};
    let server = server().await;
    let url = format!("sqlite://{}", server.database.display());
    let mut editor = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let session = server.iframe_session().await;
    assert_eq!(server.get("/readyz").await.status, 200);
    // As on a full disk: what is there is read, and nothing can be written.
    let refuse = "CREATE TRIGGER refuse BEFORE UPDATE ON readiness \
                  BEGIN SELECT raise(ABORT, 'no writes'); END";
    editor.execute(refuse).await.unwrap();
    assert_eq!(server.get("/readyz").await.status, 200, "looked at already");
    server.clock.advance_seconds(1);
    let answer = server.get("/readyz").await;
    answer.is_problem(503, "STORE_UNAVAILABLE", None);
    assert_eq!(server.session(&session).await.status, 200);
    editor.execute("DROP TRIGGER refuse").await.unwrap();
    assert_eq!(server.get("/readyz").await.status, 503, "looked at already");
    server.clock.advance_seconds(1);
    assert_eq!(server.get("/readyz").await.status, 200);
}
