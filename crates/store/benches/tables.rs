//! Fills databases with as many rows as a test of large tables needs.

use std::str::FromStr;

use pantoken_store::{
    Database, DatabaseUrl, Digest, Idempotency, SessionData, SessionFlow, SessionId,
};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, Row};

/// When the first row was created, in Unix milliseconds. The others follow, one in each millisecond.
pub(crate) const FIRST_TIME: i64 = 1_790_000_000_000;
/// What a provider's side keeps of an operation is about this long.
pub(crate) const DATA_LENGTH: usize = 300;
const PAN_TOKEN: &str = "1a77343a-dd8a-11eb-ba80-0242ac130004";

/// Returns the id of the session with this number. Ids grow with time and are as large as those of a server, because
/// SQLite stores small numbers in fewer bytes.
pub(crate) fn session_id(number: i64) -> SessionId {
    SessionId::from_i64(FIRST_SESSION + number * SESSION_STEP)
}

/// Returns a session to create, with the idempotency key that makes this as slow as it gets: its index grows at random
/// places.
pub(crate) fn new_session(number: i64, customer: String) -> (SessionData, Option<Idempotency>) {
    let data = SessionData {
        id: session_id(number),
        language: "ru".to_owned(),
        flow: SessionFlow::Iframe,
        customer: Some(customer),
        created_by: None,
        seed: [7; 16],
        result_token: Digest::of(b"token"),
        created_at: FIRST_TIME + number,
        expires_at: FIRST_TIME + number + LIFETIME,
    };
    let idempotency = Idempotency {
        key: Digest::of(&number.to_le_bytes()),
        fingerprint: Digest::of(b"fingerprint"),
    };
    (data, Some(idempotency))
}

/// A quarter of an hour, in milliseconds.
const LIFETIME: i64 = 900_000;
const FIRST_SESSION: i64 = 221_000_000_000_000;
/// So many ids has a millisecond.
const SESSION_STEP: i64 = 1 << 12;

/// A database that is being filled, by a connection that does not wait for the disk.
pub(crate) enum Filling {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Filling {
    /// Creates the tables.
    pub(crate) async fn begin(url: &str) -> Self {
        let parsed = DatabaseUrl::parse(url).unwrap();
        Database::migrate(&parsed).await.unwrap();
        match parsed {
            DatabaseUrl::Sqlite(file) => {
                let options = SqliteConnectOptions::new()
                    .filename(file)
                    .pragma("synchronous", "OFF")
                    .pragma("cache_size", "-1000000");
                Self::Sqlite(options.connect().await.unwrap())
            }
            _ => {
                let options = PgConnectOptions::from_str(url).unwrap();
                Self::Postgres(options.connect().await.unwrap())
            }
        }
    }

    /// Adds sessions with a token and an idempotency key each, and of customers in no order.
    pub(crate) async fn add_sessions(&mut self, rows: i64) {
        let [seed, digest, key, fingerprint] =
            [("seed", 16), ("digest", 32), ("key", 32), ("print", 32)]
                .map(|(name, length)| self.random_bytes(name, length));
        let (customer, token) = (self.customer(rows), self.bytes_of(PAN_TOKEN));
        self.insert(
            rows,
            "sessions (request_id, language, customer, seed, result_token_digest, idempotency_key, \
             fingerprint, created_at, expires_at, pan_token, finished_at)",
            &format!(
                "{FIRST_SESSION} + n * {SESSION_STEP}, 'ru', {customer}, {seed}, {digest}, {key}, \
                 {fingerprint}, {FIRST_TIME} + n, {FIRST_TIME} + n + {LIFETIME}, {token}, {FIRST_TIME} + n"
            ),
        )
        .await;
    }

    /// Adds operations that are finished.
    pub(crate) async fn add_finished_operations(&mut self, rows: i64) {
        self.add_operations(rows, "p", "'captured'", 1, "NULL")
            .await;
    }

    /// Adds operations that have been due since [`FIRST_TIME`], one after the other.
    pub(crate) async fn add_open_operations(&mut self, rows: i64) {
        let due = format!("{FIRST_TIME} + n");
        self.add_operations(rows, "open", "'pending'", 0, &due)
            .await;
    }

    async fn add_operations(
        &mut self,
        rows: i64,
        key: &str,
        state: &str,
        is_final: i64,
        due: &str,
    ) {
        let (customer, fingerprint) = (self.customer(rows), self.random_bytes("print", 32));
        let data = self.bytes_of(&"x".repeat(DATA_LENGTH));
        self.insert(
            rows,
            "operations (kind, key, customer, fingerprint, state, data, version, is_final, created_at, \
             changed_at, next_attempt_at, attempts)",
            &format!(
                "'payin.payment', '{key}-' || n, {customer}, {fingerprint}, {state}, {data}, 2, {is_final}, \
                 {FIRST_TIME} + n, {FIRST_TIME} + n, {due}, 0"
            ),
        )
        .await;
    }

    /// Inserts one row for each number `n`, in several transactions: the write-ahead log holds the whole of each.
    async fn insert(&mut self, rows: i64, table: &str, values: &str) {
        const AT_ONCE: i64 = 500_000;
        let mut first = 1;
        while first <= rows {
            let last = rows.min(first + AT_ONCE - 1);
            let numbers = self.numbers(first, last);
            self.run(format!(
                "WITH RECURSIVE numbers (n) AS ({numbers}) INSERT INTO {table} SELECT {values} FROM numbers"
            ))
            .await;
            first = last + 1;
        }
    }

    fn numbers(&self, first: i64, last: i64) -> String {
        match self {
            Self::Sqlite(_) => {
                format!("SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last}")
            }
            Self::Postgres(_) => format!("SELECT generate_series({first}, {last}::bigint)"),
        }
    }

    /// Does what the database does by itself after a while, so that it does not do it while something is
    /// measured.
    pub(crate) async fn settle(&mut self) {
        let statements: &[&str] = match self {
            Self::Sqlite(_) => &["PRAGMA wal_checkpoint(TRUNCATE)"],
            Self::Postgres(_) => &["VACUUM ANALYZE", "CHECKPOINT"],
        };
        for statement in statements {
            self.run((*statement).to_owned()).await;
        }
    }

    /// Returns the size of the database with its indexes, in bytes.
    pub(crate) async fn bytes(&mut self) -> i64 {
        match self {
            Self::Sqlite(connection) => {
                let size = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
                connection.fetch_one(size).await.unwrap().get(0)
            }
            Self::Postgres(connection) => {
                let size = "SELECT pg_database_size(current_database())";
                connection.fetch_one(size).await.unwrap().get(0)
            }
        }
    }

    async fn run(&mut self, statement: String) {
        let statement = AssertSqlSafe(statement);
        match self {
            Self::Sqlite(connection) => connection.execute(statement).await.map(drop),
            Self::Postgres(connection) => connection.execute(statement).await.map(drop),
        }
        .unwrap();
    }

    /// Each customer has one session or operation, or a few.
    fn customer(&self, rows: i64) -> String {
        match self {
            Self::Sqlite(_) => format!("'customer ' || abs(random() % {rows})"),
            Self::Postgres(_) => format!("'customer ' || floor(random() * {rows})::bigint"),
        }
    }

    /// Postgres has random bytes only in an extension, and digests without.
    fn random_bytes(&self, name: &str, length: usize) -> String {
        match self {
            Self::Sqlite(_) => format!("randomblob({length})"),
            Self::Postgres(_) => {
                format!("substr(sha256(convert_to('{name}' || n, 'UTF8')), 1, {length})")
            }
        }
    }

    fn bytes_of(&self, text: &str) -> String {
        match self {
            Self::Sqlite(_) => format!("CAST('{text}' AS BLOB)"),
            Self::Postgres(_) => format!("convert_to('{text}', 'UTF8')"),
        }
    }
}
