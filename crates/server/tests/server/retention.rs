//! What is deleted, and when, by the real binary.

use std::path::Path;

use crate::database::save;
use crate::process::{API_KEY, Server, command, json_field};
use crate::wait;

#[test]
fn old_sessions_are_deleted_and_young_ones_stay() {
    let folder = tempfile::tempdir().unwrap();
    let mut serve = command(folder.path(), "127.0.0.1:0", "text");
    let process = Server::spawn(&mut serve);
    let old = process.post("/v1/sessions", API_KEY, r#"{"flow":"iframe"}"#);
    let young = process.post("/v1/sessions", API_KEY, r#"{"flow":"iframe"}"#);
    process.stop();
    let [old, young] = [old, young].map(|created| json_field(&created, "requestId"));
    expire_long_ago(folder.path(), &old);

    let mut serve = command(folder.path(), "127.0.0.1:0", "text");
    let process = Server::spawn(serve.env("PANTOKEN_RETENTION_DAYS", "7"));
    let get = |id: &str| {
        let head = format!("GET /v1/sessions/{id} HTTP/1.1\r\nAuthorization: Bearer {API_KEY}");
        process.call(&head, "")
    };
    wait::until("the old session to go", || {
        get(&old).starts_with("HTTP/1.1 404").then_some(())
    });
    assert!(get(&young).starts_with("HTTP/1.1 200"));
    process.stop();
}

fn expire_long_ago(folder: &Path, request_id: &str) {
    edit(
        folder,
        &format!("UPDATE sessions SET expires_at = 1 WHERE request_id = {request_id}"),
    );
}

#[test]
fn webhooks_that_nobody_sends_any_more_are_warned_of_and_hold_no_session_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    // Nobody listens at the webhook's URL.
    save(folder.path(), &[]);
    save(folder.path(), &[]);
    edit(folder.path(), "UPDATE sessions SET expires_at = 1");
    let abandoned = "UPDATE deliveries SET due_at = 1 WHERE id = 1";
    edit(folder.path(), abandoned);
    let mut serve = command(folder.path(), "127.0.0.1:0", "text");
    let serve = serve
        .env_remove("PANTOKEN_WEBHOOK_URL")
        .env("PANTOKEN_RETENTION_DAYS", "1");
    let process = Server::spawn(serve);
    wait::until("the one session to go", || {
        (count(folder.path(), "sessions") == 1).then_some(())
    });
    let log = process.stop();
    assert!(
        log.contains("2 webhooks are waiting: set PANTOKEN_WEBHOOK_URL"),
        "{log}"
    );
    assert!(log.contains("webhooks were given up"), "{log}");
    assert_eq!(count(folder.path(), "deliveries"), 1);
}

fn count(folder: &Path, table: &str) -> i64 {
    use sqlx::Connection;
    let url = format!("sqlite://{}/pantoken.db", folder.display());
    let query = format!("SELECT count(*) FROM {table}");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
        let query = sqlx::query_scalar(sqlx::AssertSqlSafe(query));
        query.fetch_one(&mut connection).await.unwrap()
    })
}

/// Edits the file.
pub(crate) fn edit(folder: &Path, update: &str) {
    use sqlx::{Connection, Executor};
    let url = format!("sqlite://{}/pantoken.db", folder.display());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
        connection
            .execute(sqlx::AssertSqlSafe(update.to_owned()))
            .await
            .unwrap();
        connection.close().await.unwrap();
    });
}
