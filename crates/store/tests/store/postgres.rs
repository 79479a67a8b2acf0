use std::sync::OnceLock;

use pantoken_store::{
    PostgresStore, PostgresUrl, RecordOutcome, SessionStore, StoreError, StoreOptions,
};
use pantoken_test_support::postgres::Server;
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor};

use crate::contract::{
    CREATED_AT, Place, contract_tests, create, credential, saved, session_data, session_id,
};

/// One for all tests; a database for each.
pub(crate) fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(Server::start_or_skip).as_ref()
}

pub(crate) struct PostgresPlace {
    pub(crate) text: String,
    url: PostgresUrl,
}

impl Place for PostgresPlace {
    type Store = PostgresStore;

    fn new() -> Option<Self> {
        let text = server()?.create_database().unwrap();
        let url = PostgresUrl::parse(&text).unwrap();
        Some(Self { text, url })
    }

    async fn try_open(&self, options: StoreOptions) -> Result<PostgresStore, StoreError> {
        PostgresStore::open_with(&self.url, options).await
    }

    async fn edit(&self, sql: &'static str) {
        let mut connection = PgConnection::connect(&self.text).await.unwrap();
        connection.execute(sql).await.unwrap();
    }
}

contract_tests!(crate::postgres::PostgresPlace);

#[tokio::test]
async fn a_database_that_is_not_there_is_named_without_its_password() {
    let missing = "postgres://me:canary@127.0.0.1:1/cards";
    let url = PostgresUrl::parse(missing).unwrap();
    let error = PostgresStore::open_with(&url, StoreOptions::default()).await;
    let text = error.unwrap_err().to_string();
    assert!(text.contains("postgres://127.0.0.1:1/cards"), "{text}");
    assert!(!text.contains("canary"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_may_start_together_on_an_empty_database() {
    let Some(PostgresPlace { url, .. }) = PostgresPlace::new() else {
        return;
    };
    let starts: Vec<_> = (0..6)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(
                async move { PostgresStore::open_with(&url, StoreOptions::default()).await },
            )
        })
        .collect();
    for start in starts {
        start.await.unwrap().unwrap().check().await.unwrap();
    }
}

#[tokio::test]
async fn a_closed_store_is_unavailable() {
    let Some(place) = PostgresPlace::new() else {
        return;
    };
    let store = place.open(StoreOptions::default()).await;
    store.close().await;
    let answer = store.create(session_data(1), None).await;
    assert!(
        matches!(answer, Err(StoreError::Unavailable(_))),
        "{answer:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_is_told_and_used_again_when_it_is_back() {
    let Some(server) = Server::start_or_skip() else {
        return;
    };
    let url = PostgresUrl::parse(&server.create_database().unwrap()).unwrap();
    let store = PostgresStore::open_with(&url, StoreOptions::default())
        .await
        .unwrap();
    create(&store, 1).await;
    server.stop().unwrap();
    let answer = store.create(session_data(2), None).await;
    assert!(
        matches!(answer, Err(StoreError::Unavailable(_))),
        "{answer:?}"
    );
    assert!(store.check().await.is_err());
    server.start_again().unwrap();
    assert!(store.get(session_id(1)).await.unwrap().is_some());
    create(&store, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_takes_no_writes_is_told_and_written_to_when_it_does() {
    let Some(place) = PostgresPlace::new() else {
        return;
    };
    let store = place.open(StoreOptions::default()).await;
    create(&store, 1).await;
    place
        .edit(
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', \
             current_database()); END $$",
        )
        .await;
    place.edit(END_OTHER_CONNECTIONS).await;
    let answer = store.create(session_data(2), None).await;
    assert!(matches!(answer, Err(StoreError::ReadOnly(_))), "{answer:?}");
    assert!(store.get(session_id(1)).await.unwrap().is_some());
    place
        .edit(
            "BEGIN READ WRITE; DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET ALL', \
             current_database()); END $$; COMMIT",
        )
        .await;
    place.edit(END_OTHER_CONNECTIONS).await;
    create(&store, 2).await;
}

/// With tables and migrations of its own in another schema.
#[tokio::test]
async fn a_schema_of_its_own_keeps_it_apart_from_the_agents_tables() {
    let Some(place) = PostgresPlace::new() else {
        return;
    };
    place
        .edit(
            "CREATE TABLE sessions (id BIGINT); CREATE TABLE _sqlx_migrations (version BIGINT); \
             INSERT INTO _sqlx_migrations VALUES (1); CREATE SCHEMA pantoken",
        )
        .await;
    let url = format!("{}&options=-c%20search_path%3Dpantoken", place.text);
    let url = PostgresUrl::parse(&url).unwrap();
    for id in 1..=2 {
        let store = PostgresStore::open_with(&url, StoreOptions::default()).await;
        let store = store.unwrap();
        create(&store, id).await;
        store.close().await;
    }
    place
        .edit("INSERT INTO sessions VALUES (1); DROP TABLE sessions, _sqlx_migrations")
        .await;
    let store = PostgresStore::open_with(&url, StoreOptions::default()).await;
    assert!(store.unwrap().get(session_id(2)).await.unwrap().is_some());
}

const END_OTHER_CONNECTIONS: &str = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
    WHERE datname = current_database() AND pid <> pg_backend_pid()";

/// A server that is restarted closes its connections, and so can an administrator.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_does_not_fail_with_a_connection_that_was_closed_before_it() {
    let Some(place) = PostgresPlace::new() else {
        return;
    };
    let store = place.open(StoreOptions::default()).await;
    create(&store, 1).await;
    place.edit(END_OTHER_CONNECTIONS).await;
    create(&store, 2).await;
    place.edit(END_OTHER_CONNECTIONS).await;
    let result = store.record_result(session_id(1), credential(), saved("token"), CREATED_AT);
    let outcome = result.await.unwrap();
    assert!(matches!(outcome, RecordOutcome::Recorded(_)), "{outcome:?}");
    place.edit(END_OTHER_CONNECTIONS).await;
    assert!(store.get(session_id(2)).await.unwrap().is_some());
}

/// Calls that fail are made again, as an agent's back end does.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_the_server_restarts_under_load() {
    const WRITERS: i64 = 8;
    const EACH: i64 = 40;
    let Some(server) = Server::start_or_skip() else {
        return;
    };
    let url = PostgresUrl::parse(&server.create_database().unwrap()).unwrap();
    let options = StoreOptions::default();
    let store = PostgresStore::open_with(&url, options).await.unwrap();
    let (acknowledge, mut acknowledged) = tokio::sync::mpsc::unbounded_channel();
    for writer in 0..WRITERS {
        let (store, acknowledge) = (store.clone(), acknowledge.clone());
        tokio::spawn(async move {
            for number in 1..=EACH {
                let id = writer * EACH + number;
                while store.create(session_data(id), None).await.is_err() {}
                let token = || saved(&format!("token-{id}"));
                let record =
                    || store.record_result(session_id(id), credential(), token(), CREATED_AT);
                while record().await.is_err() {}
                acknowledge.send(id).unwrap();
            }
        });
    }
    drop(acknowledge);
    let mut ids = Vec::new();
    while let Some(id) = acknowledged.recv().await {
        ids.push(id);
        if ids.len() % 100 == 0 {
            server.stop().unwrap();
            server.start_again().unwrap();
        }
    }
    assert_eq!(i64::try_from(ids.len()).unwrap(), WRITERS * EACH);
    for id in ids {
        let session = store.get(session_id(id)).await.unwrap().unwrap();
        let expected = saved(&format!("token-{id}"));
        assert_eq!(session.recorded.unwrap().result, expected);
    }
}

#[tokio::test]
async fn a_user_who_may_not_change_tables_opens_what_another_has_migrated() {
    let Some(place) = PostgresPlace::new() else {
        return;
    };
    let weak = PostgresUrl::parse(&place.text.replace("user=postgres", "user=weak")).unwrap();
    place.edit("CREATE ROLE weak LOGIN").await;
    let answer = PostgresStore::open_with(&weak, StoreOptions::default()).await;
    assert!(matches!(answer, Err(StoreError::Open { .. })), "{answer:?}");
    place.open(StoreOptions::default()).await;
    place
        .edit("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO weak")
        .await;
    let store = PostgresStore::open_with(&weak, StoreOptions::default()).await;
    create(&store.unwrap(), 1).await;
}

/// Answers the first message of one connection with this, and returns all that it gets.
fn pretend_to_be_postgres(answer: &'static [u8]) -> (u16, std::thread::JoinHandle<Vec<u8>>) {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let received = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut first = [0; 8];
        stream.read_exact(&mut first).unwrap();
        stream.write_all(answer).unwrap();
        let mut rest = Vec::new();
        // A client that gives up may reset the connection.
        let _ = stream.read_to_end(&mut rest);
        [first.to_vec(), rest].concat()
    });
    (port, received)
}

/// What a client says first: that it wants TLS. Source: PostgreSQL's documentation, "SSLRequest".
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

#[tokio::test(flavor = "multi_thread")]
async fn a_man_in_the_middle_gets_no_password_unless_the_url_allows_it() {
    // This address leads to this machine, but is not a loopback address.
    let open = async |port: u16, query: &str| {
        let url = format!("postgres://me:canary@0.0.0.0:{port}/cards{query}");
        let url = PostgresUrl::parse(&url).unwrap();
        PostgresStore::open_with(&url, StoreOptions::default()).await
    };
    let (port, received) = pretend_to_be_postgres(b"N");
    let error = open(port, "").await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, StoreError::Unverified { .. }), "{text}");
    assert!(
        text.contains("sslrootcert=FILE") && text.contains("sslmode=prefer"),
        "{text}"
    );
    assert!(!text.contains("canary"), "{text}");
    assert_eq!(received.join().unwrap(), SSL_REQUEST);

    // It speaks TLS, and cannot show a certificate.
    let (port, received) = pretend_to_be_postgres(b"Sno certificate at all");
    let error = open(port, "").await.unwrap_err();
    assert!(matches!(error, StoreError::Unverified { .. }), "{error}");
    let sent = received.join().unwrap();
    assert!(!String::from_utf8_lossy(&sent).contains("canary"));

    let (port, received) = pretend_to_be_postgres(b"N");
    let waiting = tokio::spawn(async move {
        let url = format!("postgres://me@0.0.0.0:{port}/cards?sslmode=prefer");
        let url = PostgresUrl::parse(&url).unwrap();
        let _ = PostgresStore::open_with(&url, StoreOptions::default()).await;
    });
    let sent = tokio::task::spawn_blocking(move || {
        // The client waits for an answer until it gives up.
        received.join().unwrap()
    });
    let sent = sent.await.unwrap();
    assert!(sent.len() > SSL_REQUEST.len(), "it goes on in clear");
    waiting.abort();
}

/// The state of a connection to the database, while it is open.
async fn state_of(observer: &mut PgConnection, pid: i32) -> Option<String> {
    let state = sqlx::query_scalar("SELECT state FROM pg_stat_activity WHERE pid = $1");
    let state: Option<Option<String>> = state.bind(pid).fetch_optional(observer).await.unwrap();
    state.flatten()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_caller_is_gone_runs_to_its_end_and_keeps_its_connection() {
    const WAITING: &str = "SELECT pid FROM pg_stat_activity \
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let Some(place) = PostgresPlace::new() else {
        return;
    };
    let store = place.open(StoreOptions::default()).await;
    create(&store, 1).await;
    let mut locker = PgConnection::connect(&place.text).await.unwrap();
    let mut observer = PgConnection::connect(&place.text).await.unwrap();
    locker.execute("BEGIN; LOCK TABLE sessions").await.unwrap();
    let callers = store.clone();
    let caller = tokio::spawn(async move { callers.create(session_data(2), None).await });
    let pid: i32 = loop {
        let waiting = sqlx::query_scalar(WAITING).fetch_optional(&mut observer);
        if let Some(pid) = waiting.await.unwrap() {
            break pid;
        }
    };
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    locker.execute("COMMIT").await.unwrap();
    loop {
        match state_of(&mut observer, pid).await.as_deref() {
            Some("idle") => break,
            Some(_) => {}
            None => panic!("the connection was closed"),
        }
    }
    assert!(store.get(session_id(2)).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_does_not_wait_long_for_a_table_that_is_in_use() {
    let Some(place) = PostgresPlace::new() else {
        return;
    };
    let mut user = PgConnection::connect(&place.text).await.unwrap();
    sqlx::migrate!("migrations/postgres")
        .run_to(4, &mut user)
        .await
        .unwrap();
    user.execute("BEGIN; SELECT * FROM sessions, deliveries")
        .await
        .unwrap();
    let error = place.try_open(StoreOptions::default()).await.unwrap_err();
    assert!(error.to_string().contains("is locked"), "{error}");
    user.execute("COMMIT").await.unwrap();
    place.open(StoreOptions::default()).await;
}
