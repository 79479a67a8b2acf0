use crate::support::{Server, server, server_with};

const RESULT: &str = r#"{"panToken":"token-1"}"#;

/// Every value of a label, whatever the metric.
fn values<'a>(text: &'a str, label: &str) -> Vec<&'a str> {
    let start = format!("{label}=\"");
    let mut values: Vec<_> = text
        .split(&start)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    values.sort_unstable();
    values.dedup();
    values
}

async fn metrics(server: &Server) -> String {
    let answer = server.call_metrics("GET", "/metrics").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("content-type"),
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    answer.text
}

#[tokio::test]
async fn sessions_results_and_errors_are_counted() {
    let server = server().await;
    let session = server.iframe_session().await;
    server.redirect_session().await;
    server.post_result(&session, RESULT).await;
    server.post_result(&session, RESULT).await;
    server
        .post_result(&session, r#"{"panToken":"token-2"}"#)
        .await;
    server.get("/v1/callback/x").await;
    for (line, value) in [
        (
            r#"pantoken_sessions_created_total{flow="iframe",caller="agent"}"#,
            "1",
        ),
        (
            r#"pantoken_sessions_created_total{flow="redirect",caller="agent"}"#,
            "1",
        ),
        (r#"pantoken_results_total{outcome="saved"}"#, "1"),
        (r#"pantoken_results_total{outcome="repeated"}"#, "1"),
        (r#"pantoken_results_total{outcome="conflict"}"#, "1"),
        (r#"pantoken_problems_total{code="RESULT_CONFLICT"}"#, "1"),
        (r#"pantoken_problems_total{code="STORE_UNAVAILABLE"}"#, "0"),
        (
            r#"pantoken_http_request_duration_seconds_count{method="POST",route="/v1/sessions/{requestId}/result",status="2xx"}"#,
            "2",
        ),
        (
            r#"pantoken_http_request_duration_seconds_count{method="GET",route="/v1/callback/{state}",status="4xx"}"#,
            "1",
        ),
    ] {
        assert_eq!(server.metric(line).await, value, "{line}");
    }
}

#[tokio::test]
async fn a_store_that_fails_is_counted_on_every_route() {
    let server = server().await;
    let session = server.redirect_session().await;
    server.store.close().await;
    server.post("/v1/sessions", r#"{"flow":"iframe"}"#).await;
    server.come_back(&session, "panToken=token-1").await;
    let line = r#"pantoken_problems_total{code="STORE_UNAVAILABLE"}"#;
    assert_eq!(server.metric(line).await, "2");
}

#[tokio::test]
async fn what_clients_send_makes_no_label() {
    let server = server().await;
    for index in 0..50 {
        server.get(&format!("/{index}")).await;
        server.get(&format!("/v1/sessions/{index}")).await;
        server.get(&format!("/v1/{index}")).await;
        let method = format!("METHOD{index}");
        server.call(&method, "/v1/sessions", &[], "").await;
    }
    let text = metrics(&server).await;
    assert_eq!(
        values(&text, "route"),
        [
            "/v1/sessions",
            "/v1/sessions/{requestId}",
            "/v1/{*rest}",
            "other"
        ]
    );
    assert_eq!(values(&text, "method"), ["GET", "other"]);
    assert_eq!(values(&text, "status"), ["4xx"]);
}

#[tokio::test]
async fn metrics_are_beside_the_api_only_where_it_is_told() {
    let server = server_with(|options| options.metrics = true).await;
    server.get("/v1/sessions/1").await;
    let answer = server.get("/metrics").await;
    assert_eq!(answer.status, 200);
    let line = r#"pantoken_problems_total{code="API_KEY_REQUIRED"} 1"#;
    assert!(answer.text.contains(line), "{}", answer.text);
}

#[tokio::test]
async fn metrics_are_not_on_the_public_listener() {
    let server = server().await;
    server
        .get("/metrics")
        .await
        .is_problem(404, "NOT_FOUND", None);
    let answer = server.call_metrics("GET", "/v1/sessions").await;
    answer.is_problem(404, "NOT_FOUND", None);
    let answer = server.call_metrics("POST", "/metrics").await;
    answer.is_problem(405, "METHOD_NOT_ALLOWED", None);
    assert!(metrics(&server).await.ends_with("# EOF\n"));
}

/// Source: docs/server.md has each metric in its table.
#[test]
fn the_guide_watches_what_is_there() {
    let guide = include_str!("../../../../docs/operations.md");
    let table = include_str!("../../../../docs/server.md");
    let is_of_a_name = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    let words = guide.split(|letter| !is_of_a_name(letter));
    let names: Vec<_> = words.filter(|word| word.starts_with("pantoken_")).collect();
    assert!(names.len() > 5, "{names:?}");
    for name in names {
        let name = name.trim_end_matches("_bucket");
        assert!(table.contains(&format!("| `{name}`")), "{name}");
    }
    let description = include_str!("../../openapi.json");
    let codes = guide.replace("=~", "=");
    for code in values(&codes, "code")
        .iter()
        .flat_map(|list| list.split("\\|"))
    {
        assert!(description.contains(&format!("\"{code}\"")), "{code}");
    }
}
