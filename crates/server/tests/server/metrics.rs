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

const GUIDE: &str = include_str!("../../../../docs/operations.md");
const TABLE: &str = include_str!("../../../../docs/server.md");
const ALERTS: &str = include_str!("../../../../deploy/alerts.yaml");
const ALERT_TESTS: &str = include_str!("../../../../deploy/alerts.test.yaml");
const DASHBOARD: &str = include_str!("../../../../deploy/grafana.json");

/// The metrics that a text names.
fn metrics_in(text: &str) -> Vec<&str> {
    let is_of_a_name = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    let words = text.split(|letter| !is_of_a_name(letter));
    let names = words.filter(|word| word.starts_with("pantoken_"));
    let mut names: Vec<_> = names
        .map(|name| name.trim_end_matches("_bucket").trim_end_matches("_count"))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The metrics of the table in docs/server.md.
fn metrics_of_the_table() -> Vec<&'static str> {
    let (_, table) = TABLE
        .split_once("| metric | labels |\n|---|---|\n")
        .unwrap();
    let rows = table.lines().take_while(|row| row.starts_with('|'));
    let rows = rows.map(|row| row.split('`').nth(1).unwrap());
    let mut names: Vec<_> = rows.collect();
    names.sort_unstable();
    names
}

/// A metric without a value is not in the text yet, so the source says which there are.
#[test]
fn the_table_has_every_metric() {
    let source = include_str!("../../src/http/metrics.rs");
    let calls = source.split("self.registry.register").skip(1);
    let mut names: Vec<_> = calls
        .map(|call| {
            let name = call.split('"').nth(1).unwrap();
            let is_histogram = call.starts_with("_with_unit");
            let unit = if is_histogram { "seconds" } else { "total" };
            format!("pantoken_{name}_{unit}")
        })
        .collect();
    names.sort_unstable();
    assert_eq!(names, metrics_of_the_table());
}

#[test]
fn alerts_and_dashboard_watch_what_is_there() {
    let table = metrics_of_the_table();
    for (text, at_least) in [(GUIDE, 0), (ALERTS, 6), (DASHBOARD, table.len())] {
        let names = metrics_in(text);
        assert!(names.len() >= at_least, "{names:?}");
        for name in names {
            assert!(table.contains(&name), "{name}");
        }
    }
    let description = include_str!("../../openapi.json");
    let codes = ALERTS.replace("=~", "=");
    let codes = values(&codes, "code");
    assert!(codes.len() > 3, "{codes:?}");
    for code in codes.iter().flat_map(|list| list.split('|')) {
        assert!(description.contains(&format!("\"{code}\"")), "{code}");
    }
}

/// An alert whose outcome nobody counts would never fire.
#[test]
fn alerts_and_dashboard_look_for_outcomes_that_are_counted() {
    for text in [ALERTS, &DASHBOARD.replace("\\\"", "\"")] {
        for selector in text.split("pantoken_").skip(1) {
            let Some((name, labels)) = selector.split_once('{') else {
                continue;
            };
            let Some((labels, _)) = labels.split_once('}') else {
                continue;
            };
            let row = TABLE
                .lines()
                .find(|row| row.starts_with(&format!("| `pantoken_{name}`")));
            let labels = labels.replace("=~", "=");
            for outcome in values(&labels, "outcome")
                .iter()
                .flat_map(|all| all.split('|'))
            {
                let row = row.unwrap_or_else(|| panic!("{name}"));
                assert!(row.contains(&format!("`{outcome}`")), "{name}: {outcome}");
            }
        }
    }
}

#[test]
fn every_alert_is_explained_and_tested() {
    let names = ALERTS
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "));
    let names: Vec<_> = names.collect();
    assert!(names.len() > 10, "{names:?}");
    for name in &names {
        assert!(GUIDE.contains(&format!("\n| `{name}` |")), "{name}");
        // Once it is quiet, and at least once it is not.
        let fires = format!("alertname: {name}\n");
        assert!(ALERT_TESTS.contains(&fires), "{name}");
        let quiet = format!("{{alertname: {name}, ");
        assert!(ALERT_TESTS.contains(&quiet), "{name}");
    }
    let explained = GUIDE.matches("\n| `Pantoken").count();
    assert_eq!(explained, names.len());
}
