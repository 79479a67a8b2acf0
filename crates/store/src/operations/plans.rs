//! Tests that every statement finds its rows by an index, in both databases, with and without
//! statistics: nobody runs ANALYZE on a SQLite database.

use std::sync::Arc;

use pantoken_core::Secret;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, Row};

use super::{
    api_keys, delete_expired, deliveries, operation_changes, operation_claims, operation_lists,
    session_list, sessions, store_keys,
};
use crate::connection::Statement;
use crate::postgres::batch::Batched as _;
use crate::postgres::results;
use crate::recording::Recording;
use crate::{
    Credential, Database, DatabaseUrl, Digest, RecordOutcome, SessionData, SessionFlow, SessionId,
    SessionResult, SessionStore as _, StoreOptions,
};

/// Each statement with values for its parameters, and the index that each database has to use.
const STATEMENTS: [(&str, &Statement, &str, [&str; 2]); 31] = [
    (
        "get",
        &sessions::FIND,
        "5",
        ["PRIMARY KEY", "sessions_pkey"],
    ),
    (
        "list sessions",
        &session_list::LIST,
        "50, 1000, '', 10, ''",
        ["PRIMARY KEY", "sessions_pkey"],
    ),
    (
        "list a customer's sessions",
        &session_list::LIST_OF_CUSTOMER,
        "50, 1000, '', 10, '', 'Ann'",
        ["sessions_by_customer", "sessions_by_customer"],
    ),
    (
        "record a result",
        &sessions::FIND_AND_LOCK,
        "5, 'a key'",
        ["PRIMARY KEY", "sessions_pkey"],
    ),
    (
        "repeat a creation",
        &sessions::FIND_BY_IDEMPOTENCY_KEY,
        "'\\x05'",
        ["sessions_by_idempotency_key", "sessions_by_idempotency_key"],
    ),
    (
        "delete expired sessions",
        &delete_expired::DELETE,
        "50, 10",
        ["sessions_by_expiry", "sessions_by_expiry"],
    ),
    (
        "claim",
        &deliveries::DUE,
        "50, 10",
        ["deliveries_due", "deliveries_due"],
    ),
    (
        "claim in the order of results",
        &deliveries::DUE,
        "50, 10",
        ["deliveries_waiting", "deliveries_waiting"],
    ),
    (
        "delete sessions whose deliveries ended",
        &delete_expired::DELETE,
        "50, 10",
        ["deliveries_by_request", "sessions_by_expiry"],
    ),
    (
        "retire errors",
        &deliveries::RETIRE,
        "5, 50",
        ["deliveries_waiting", "deliveries_waiting"],
    ),
    (
        "retire an error that was being sent",
        &deliveries::RETIRE_CLAIMED,
        "5, 1",
        ["PRIMARY KEY", "sing deliveries_"],
    ),
    (
        "replace an error",
        &deliveries::REPLACE,
        "5",
        ["deliveries_waiting", "deliveries_waiting"],
    ),
    (
        "abandon",
        &deliveries::ABANDON,
        "50, '', 10",
        ["deliveries_due", "deliveries_due"],
    ),
    (
        "bring forward",
        &deliveries::BRING_FORWARD,
        "5000000",
        ["deliveries_due", "deliveries_due"],
    ),
    (
        "finish an attempt",
        &deliveries::FINISH_ATTEMPT,
        "5, 1, 'dead', 1, ''",
        ["PRIMARY KEY", "using deliveries_"],
    ),
    (
        "find an API key",
        &api_keys::FIND,
        "'\\x05'",
        ["sqlite_autoindex_api_keys_2", "api_keys_digest_key"],
    ),
    (
        "reencrypt",
        &store_keys::PAGE,
        "50, 10",
        ["PRIMARY KEY", "sessions_pkey"],
    ),
    (
        "count tokens under other keys",
        &store_keys::COUNT,
        "50, 10, 'a key'",
        ["PRIMARY KEY", "sessions_pkey"],
    ),
    (
        "claim in the order of events",
        &deliveries::DUE,
        "50, 10",
        [
            "deliveries_waiting_of_operation",
            "deliveries_waiting_of_operation",
        ],
    ),
    (
        "find an operation",
        &operation_lists::FIND,
        "'a kind', '5'",
        ["sqlite_autoindex_operations_1", "operations_kind_key_key"],
    ),
    (
        "claim an operation",
        &operation_claims::FREE,
        "5, 50",
        ["PRIMARY KEY", "operations_pkey"],
    ),
    (
        "claim operations",
        &operation_claims::DUE,
        "50, 10",
        ["operations_due", "operations_due"],
    ),
    (
        "mark an operation as claimed",
        &operation_claims::CLAIM,
        "5, 50",
        ["PRIMARY KEY", "operations_pkey"],
    ),
    (
        "renew a claim",
        &operation_claims::RENEW,
        "5, 1, 50",
        ["PRIMARY KEY", "operations_pkey"],
    ),
    (
        "get an operation",
        &operation_lists::GET,
        "5",
        ["PRIMARY KEY", "operations_pkey"],
    ),
    (
        "change an operation",
        &operation_changes::UPDATE,
        "5, '', '\\x05', '', 1, '', 1, 50, 50, 1, 'a kind', '5', 'key-5'",
        ["PRIMARY KEY", "operations_kind_key_key"],
    ),
    (
        "hear of an operation",
        &operation_changes::HINT,
        "5, 50",
        ["PRIMARY KEY", "operations_pkey"],
    ),
    (
        "list a customer's operations",
        &operation_lists::LIST_OF_CUSTOMER,
        "50, '', '', 0, 10, 'Ann'",
        ["operations_by_customer", "operations_by_customer"],
    ),
    (
        "list the parts of an operation",
        &operation_lists::LIST_OF_PARENT,
        "50, '', '', 0, 10, 5",
        ["operations_by_parent", "operations_by_parent"],
    ),
    (
        "find the parts that are awaited",
        &operation_lists::AWAITED_PARTS,
        "'a kind', '5', 10",
        ["operations_due", "operations_due"],
    ),
    (
        "delete finished operations",
        &operation_lists::DELETE,
        "50, 10",
        ["operations_finished", "operations_finished"],
    ),
];

/// Postgres takes a table without statistics for a small one, and sorts it rather than walk through an index. It does
/// not know either that few operations are awaited.
const NEED_STATISTICS: [&str; 2] = ["list sessions", "find the parts that are awaited"];

const ROWS: &str = "20000";

/// What Postgres gets for many sessions at once.
const BATCHES: [(&str, &str, &str, &str); 4] = [
    (
        "lock the sessions of results",
        sessions::FIND_AND_LOCK_MANY,
        "ARRAY[5, 6], 'a key'",
        "sessions_pkey",
    ),
    (
        "record results",
        results::UPDATE,
        "ARRAY[5, 6], ARRAY['\\x05', '\\x06']::bytea[], NULL, NULL, NULL, ARRAY[7, 7], ARRAY[0, 0]",
        "sessions_pkey",
    ),
    (
        "replace the deliveries of errors",
        results::REPLACE_DELIVERIES,
        "ARRAY[5, 6]",
        "deliveries_waiting",
    ),
    (
        "retire the deliveries of errors",
        results::RETIRE_DELIVERIES,
        "ARRAY[5, 6], ARRAY[7, 7]",
        "deliveries_waiting",
    ),
];

#[tokio::test]
async fn sqlite_finds_rows_by_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pantoken.db");
    Database::migrate(&DatabaseUrl::Sqlite(file.clone()))
        .await
        .unwrap();
    let options = SqliteConnectOptions::new().filename(file);
    let mut connection = options.connect().await.unwrap();
    let numbers = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers \
                   WHERE n < ROWS) ";
    let byte = "CAST(n AS BLOB)";
    for insert in fill(numbers, "numbers", byte) {
        connection.execute(AssertSqlSafe(insert)).await.unwrap();
    }
    for preparation in ["SELECT 'no statistics'", "ANALYZE"] {
        connection.execute(preparation).await.unwrap();
        for (call, statement, _, [index, _]) in STATEMENTS {
            let plan = sqlite_plan(&mut connection, statement.sqlite).await;
            assert!(plan.contains(index), "{preparation}: {call}:\n{plan}");
            // A page that the index found is read completely.
            let rest = plan.replace("SCAN page", "");
            assert!(!rest.contains("SCAN "), "{preparation}: {call}:\n{plan}");
        }
    }
}

async fn sqlite_plan(connection: &mut SqliteConnection, sql: &'static str) -> String {
    let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
    let rows = connection.fetch_all(explain).await.unwrap();
    rows.iter()
        .map(|row| row.get::<String, _>("detail") + "\n")
        .collect()
}

#[tokio::test]
async fn postgres_finds_rows_by_an_index() {
    let Some(server) = pantoken_test_support::postgres::Server::start_or_skip() else {
        return;
    };
    let url = server.create_database().unwrap();
    Database::migrate(&DatabaseUrl::parse(&url).unwrap())
        .await
        .unwrap();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    for insert in fill("", "generate_series(1, ROWS) AS n", "int4send(n)") {
        connection.execute(AssertSqlSafe(insert)).await.unwrap();
    }
    connection
        .execute("SET plan_cache_mode = force_generic_plan")
        .await
        .unwrap();
    for preparation in ["SELECT 'no statistics'", "ANALYZE"] {
        connection.execute(preparation).await.unwrap();
        let alone = STATEMENTS
            .map(|(call, statement, values, [_, index])| (call, statement.postgres, values, index));
        for (call, sql, values, index) in alone.into_iter().chain(BATCHES) {
            if preparation != "ANALYZE" && NEED_STATISTICS.contains(&call) {
                continue;
            }
            let plan = postgres_plan(&mut connection, sql, values).await;
            assert!(plan.contains(index), "{preparation}: {call}:\n{plan}");
            assert!(!plan.contains("Seq Scan"), "{preparation}: {call}:\n{plan}");
        }
    }
}

/// A plan that was made while the table was small, and is kept, would read all of it when it has grown.
#[tokio::test]
async fn postgres_plans_each_batch_for_the_table_as_it_is() {
    const OFTEN_ENOUGH_TO_KEEP_A_PLAN: i64 = 10;
    let Some(server) = pantoken_test_support::postgres::Server::start_or_skip() else {
        return;
    };
    let url = server.create_database().unwrap();
    let options = StoreOptions {
        outbox: true,
        ..StoreOptions::default()
    };
    let store = Database::open(&DatabaseUrl::parse(&url).unwrap(), options.clone())
        .await
        .unwrap();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    for id in 1..=OFTEN_ENOUGH_TO_KEEP_A_PLAN {
        let _ = store.create(session(id), None).await.unwrap();
        let recording = Recording {
            id: SessionId::from_i64(id),
            credential: Credential::ResultToken(Digest::of(b"result token")),
            result: SessionResult::Saved {
                token: Secret::new("token"),
            },
            now: 1,
        };
        let calls = [Arc::new(recording)];
        let recorded = Recording::send_together(&mut connection, &calls, &options);
        let recorded = recorded.await.unwrap();
        assert!(matches!(recorded[..], [Some(RecordOutcome::Recorded(_))]));
    }
    let kept =
        "SELECT count(*) FILTER (WHERE generic_plans > 0), count(*) FROM pg_prepared_statements";
    let kept = connection.fetch_one(kept).await.unwrap();
    assert_eq!((kept.get::<i64, _>(0), kept.get::<i64, _>(1)), (0, 4));
}

fn session(id: i64) -> SessionData {
    SessionData {
        id: SessionId::from_i64(id),
        language: "ru".to_owned(),
        flow: SessionFlow::Iframe,
        customer: None,
        created_by: None,
        seed: [7; 16],
        result_token: Digest::of(b"result token"),
        created_at: 0,
        expires_at: 1_800_000,
    }
}

async fn postgres_plan(connection: &mut PgConnection, sql: &str, values: &str) -> String {
    let script = [
        format!("PREPARE explained AS {sql}"),
        format!("EXPLAIN EXECUTE explained ({values})"),
        "DEALLOCATE explained".to_owned(),
    ];
    let mut plan = String::new();
    for statement in script {
        for row in connection
            .fetch_all(AssertSqlSafe(statement))
            .await
            .unwrap()
        {
            plan += &(row.get::<String, _>(0) + "\n");
        }
    }
    plan
}

/// Inserts many rows. Most sessions expired long ago, and a third of them have a pending delivery, like the
/// operations. One operation of a hundred is awaited.
fn fill(with: &str, numbers: &str, byte: &str) -> [String; 6] {
    let inserts = [
        format!(
            "INSERT INTO sessions (request_id, language, seed, result_token_digest, \
             idempotency_key, fingerprint, created_at, expires_at) \
             {with}SELECT n, 'ru', {byte}, {byte}, {byte}, {byte}, n, n FROM {numbers}"
        ),
        format!(
            "INSERT INTO deliveries (request_id, error_code, error_message, recorded_at, state, \
             due_at, attempts) {with}SELECT n, 'FORBIDDEN', '', n, \
             CASE n % 3 WHEN 0 THEN 'pending' WHEN 1 THEN 'delivered' ELSE 'dead' END, n, 0 \
             FROM {numbers}"
        ),
        format!(
            "INSERT INTO operations (kind, key, parent_id, customer, fingerprint, state, data, version, \
             is_final, created_at, changed_at, next_attempt_at, attempts) \
             {with}SELECT 'a kind', '' || n, CASE WHEN n > 1 THEN n - 1 END, 'customer ' || n, {byte}, \
             'pending', {byte}, 1, n % 2, n, n, CASE n % 100 WHEN 0 THEN n END, 0 FROM {numbers}"
        ),
        format!(
            "INSERT INTO deliveries (operation_id, event_type, event_id, event, recorded_at, state, \
             due_at, attempts) {with}SELECT n, '', '' || n, {byte}, n, \
             CASE n % 3 WHEN 0 THEN 'pending' WHEN 1 THEN 'delivered' ELSE 'dead' END, n, 0 \
             FROM {numbers}"
        ),
        format!("INSERT INTO store_keys (id) {with}SELECT 'key-' || n FROM {numbers}"),
        format!(
            "INSERT INTO api_keys (name, digest, created_at) \
             {with}SELECT 'key-' || n, {byte}, n FROM {numbers}"
        ),
    ];
    inserts.map(|insert| insert.replace("ROWS", ROWS))
}
