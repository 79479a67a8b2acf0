use crate::support::{API_KEY, PAGE, assert_golden, server};

#[tokio::test]
async fn a_new_session_is_described() {
    let server = server().await;
    let body = r#"{"flow":"iframe","customer":"customer 7"}"#;
    let session = server.post("/v1/sessions", body).await;
    assert_golden(
        "session-state-created.json",
        &server.session(&session).await,
    );
}

#[tokio::test]
async fn a_saved_session_has_its_token() {
    let server = server().await;
    let session = server.redirect_session().await;
    server.clock.advance_seconds(90);
    let _ = server
        .post_result(&session, r#"{"panToken":"token-1"}"#)
        .await;
    assert_golden("session-state-saved.json", &server.session(&session).await);
}

#[tokio::test]
async fn a_failed_session_has_its_error() {
    let server = server().await;
    let session = server.iframe_session().await;
    let body = r#"{"errorCode":"FORBIDDEN","errorMessage":"Try later"}"#;
    let _ = server.post_result(&session, body).await;
    assert_golden("session-state-failed.json", &server.session(&session).await);
}

#[tokio::test]
async fn an_expired_session_says_so() {
    let server = server().await;
    let session = server.iframe_session().await;
    server.clock.advance_seconds(3600);
    assert_golden(
        "session-state-expired.json",
        &server.session(&session).await,
    );
}

#[tokio::test]
async fn only_the_agent_reads_a_session() {
    let server = server().await;
    let session = server.iframe_session().await;
    let path = format!("/v1/sessions/{}", session.field("requestId"));
    let result_token = format!("Bearer {}", session.field("resultToken"));
    for headers in [
        &[][..],
        &[("origin", PAGE)],
        &[("authorization", result_token.as_str())],
    ] {
        let answer = server.call("GET", &path, headers, "").await;
        answer.is_problem(401, "API_KEY_REQUIRED", None);
    }
}

#[tokio::test]
async fn an_unknown_session_is_not_found() {
    let server = server().await;
    let key = format!("Bearer {API_KEY}");
    for id in [
        "1",
        "007",
        "x",
        "%FF",
        "4111111111111111",
        "9223372036854775808",
    ] {
        let path = format!("/v1/sessions/{id}");
        let answer = server
            .call("GET", &path, &[("authorization", &key)], "")
            .await;
        answer.is_problem(404, "SESSION_NOT_FOUND", None);
        assert_golden("session-not-found.json", &answer);
    }
}

/// The store does not interpret these values, so the server checks them.
#[tokio::test]
async fn an_edited_session_is_reported_as_unreadable() {
    use sqlx::{Connection, Executor, SqliteConnection};
    let server = server().await;
    let session = server.redirect_session().await;
    let url = format!("sqlite://{}", server.database.display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let edits = [
        "UPDATE sessions SET language = 'kk'",
        "UPDATE sessions SET language = 'kz', finished_at = 1, \
         pan_token = CAST('4111111111111111' AS BLOB)",
        "UPDATE sessions SET pan_token = NULL, error_code = '', error_message = ''",
    ];
    for edit in edits {
        connection.execute(edit).await.unwrap();
        let answer = server.session(&session).await;
        answer.is_problem(503, "STORE_UNAVAILABLE", None);
        assert!(!answer.text.contains("4111"), "{}", answer.text);
    }
    connection.execute(edits[0]).await.unwrap();
    let answer = server.come_back(&session, "panToken=token-1").await;
    assert_eq!(answer.status, 503, "{}", answer.text);
}
