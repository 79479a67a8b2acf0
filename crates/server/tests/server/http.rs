use pantoken_server::{AllowedOrigin, PublicUrl};

use crate::support::{API_KEY, PAGE, assert_golden, server, server_with};

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn an_unknown_path_and_a_wrong_method_are_problems() {
    let server = server().await;
    for path in ["/", "/v1", "/v1/", "/v1/unknown", "/v1/sessions/1/2/3"] {
        server.get(path).await.is_problem(404, "NOT_FOUND", None);
    }
    assert_golden("not-found.json", &server.get("/v1/unknown").await);
    for (method, path) in [
        ("PUT", "/v1/sessions"),
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

/// A filter against forged calls may let both paths through, as docs/embedding.md says.
#[tokio::test]
async fn what_a_form_of_another_site_can_send_does_nothing() {
    let server = server_with(|options| options.public_sessions = true).await;
    let session = server.iframe_session().await;
    let result = format!("/v1/sessions/{}/result", session.field("requestId"));
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
    ] {
        let headers = [
            ("origin", "https://evil.kz"),
            ("content-type", content_type),
            ("cookie", "login=1"),
        ];
        let call = async |path, body| server.call("POST", path, &headers, body).await.status;
        let created = call("/v1/sessions", r#"{"flow":"iframe"}"#).await;
        let recorded = call(&result, r#"{"panToken":"forged"}"#).await;
        for status in [created, recorded] {
            assert!(status.is_client_error(), "{content_type}: {status}");
        }
    }
    assert_eq!(server.state(&session).await, "created");
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
        // A page that is told to wait has to learn how long, and what time it is by the server's clock.
        let exposed = answer.header("access-control-expose-headers");
        assert_eq!(exposed, "retry-after,date");
    }
}

#[tokio::test]
async fn headers_of_tracing_scripts_are_allowed_to_allowed_origins() {
    let server = server().await;
    let asked = "baggage,content-type,pantoken-result-token,sentry-trace,traceparent";
    for (path, origin, allowed) in [
        ("/v1/sessions", PAGE, PAGE),
        ("/v1/sessions/1/result", PAGE, PAGE),
        ("/v1/sessions/1/result", "https://evil.kz", ""),
    ] {
        let headers = [
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", asked),
            ("origin", origin),
        ];
        let answer = server.call("OPTIONS", path, &headers, "").await;
        assert_eq!(answer.header("access-control-allow-origin"), allowed);
        assert_eq!(answer.header("access-control-allow-headers"), asked);
    }
}

#[tokio::test]
async fn an_app_shell_on_the_list_creates_sessions() {
    let shell = "capacitor://localhost";
    let server = server_with(|options| {
        options.allowed_origins = vec![AllowedOrigin::parse(shell).unwrap()];
    })
    .await;
    let headers = [JSON, ("origin", shell)];
    let answer = server.call("POST", "/v1/sessions", &headers, r#"{"flow":"iframe"}"#);
    let answer = answer.await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(answer.header("access-control-allow-origin"), shell);
}

#[tokio::test]
async fn a_byte_order_mark_is_skipped_and_a_compressed_body_is_refused() {
    let server = server().await;
    let body = r#"{"flow":"iframe"}"#;
    let answer = server
        .post("/v1/sessions", &format!("\u{feff}{body}"))
        .await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let answer = server
        .post("/v1/sessions", &format!("\u{feff}\u{feff}{body}"))
        .await;
    answer.is_problem(400, "MALFORMED_JSON", None);
    let key = format!("Bearer {API_KEY}");
    let call = async |encoding: &str| {
        let headers = [
            JSON,
            ("authorization", key.as_str()),
            ("content-encoding", encoding),
        ];
        server.call("POST", "/v1/sessions", &headers, body).await
    };
    for encoding in ["gzip", "br", "zstd, gzip"] {
        let answer = call(encoding).await;
        answer.is_problem(415, "UNSUPPORTED_CONTENT_ENCODING", None);
        assert_golden("unsupported-content-encoding.json", &answer);
    }
    assert_eq!(call("identity").await.status, 201);
}

#[tokio::test]
async fn everything_is_also_under_the_path_of_the_public_url_and_with_a_slash() {
    let server = server_with(|options| {
        options.public_url = PublicUrl::parse("https://shop.kz/pay").unwrap();
    })
    .await;
    for path in [
        "/v1/sessions",
        "/v1/sessions/",
        "/pay/v1/sessions",
        "/pay/v1/sessions/",
    ] {
        let answer = server.post(path, r#"{"flow":"iframe"}"#).await;
        assert_eq!(answer.status, 201, "{path}");
        let id = answer.field("requestId");
        let result_url = format!("https://shop.kz/pay/v1/sessions/{id}/result");
        assert_eq!(answer.field("resultUrl"), result_url);
    }
    for path in [
        "/pay/healthz",
        "/healthz/",
        "/pay/readyz/",
        "/pay/openapi.json",
    ] {
        assert_eq!(server.get(path).await.status, 200, "{path}");
    }
    let session = server.redirect_session().await;
    let url = pantoken_a2c::SignedRequest::parse(&session.field("formUrl")).unwrap();
    let callback = url.request().callback_url().unwrap().as_str().to_owned();
    let path = callback.strip_prefix("https://shop.kz").unwrap();
    let id = session.field("requestId");
    let answer = server
        .get(&format!("{path}?requestId={id}&panToken=token-1"))
        .await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    for path in ["/pays/healthz", "/pay", "/pay/pay/healthz"] {
        server.get(path).await.is_problem(404, "NOT_FOUND", None);
    }
    // The labels of metrics stay the same.
    let line = r#"pantoken_http_request_duration_seconds_count{method="POST",route="/v1/sessions",status="2xx"}"#;
    assert_eq!(server.metric(line).await, "5");
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
