//! Postgres: one database for any number of processes.

mod lease;

use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::{AppliedMigration, Migrate, Migrator};
use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor};

use crate::backend::{Backend, Operation};
use crate::operations::store_keys::CheckKeys;
use crate::{PostgresUrl, StoreError, StoreOptions};
use lease::Lease;

static MIGRATOR: Migrator = sqlx::migrate!("migrations/postgres");
const MAX_CONNECTIONS: u32 = 16;
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How often a transaction is begun that others keep from its end.
const MAX_TRIES: u32 = 5;
/// For a connection to a host that may be gone, and for closing one.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// What the server itself ends: no statement waits for ever, and a process that stops in the middle of a
/// transaction does not hold up the others.
const TIMEOUTS: &str = "SET statement_timeout = '10s'; SET lock_timeout = '5s'; \
                        SET idle_in_transaction_session_timeout = '10s'";

/// A store in a Postgres database, which other processes may use at the same time.
///
/// Rows that a decision depends on are locked until its transaction ends.
#[derive(Clone, Debug)]
pub struct PostgresStore {
    pool: PgPool,
    options: StoreOptions,
}

impl PostgresStore {
    /// Opens the database and brings its tables to this version.
    ///
    /// # Errors
    /// [`StoreError::Open`] when the database cannot be reached or migrated,
    /// [`StoreError::UnknownKey`] when it holds panTokens under a key that is not among the options.
    pub async fn open_with(url: &PostgresUrl, options: StoreOptions) -> Result<Self, StoreError> {
        let store = Self::connect(url, options).await?;
        store.read(CheckKeys).await?;
        Ok(store)
    }

    /// Opens the database, whatever keys its panTokens are under.
    pub(crate) async fn connect(
        url: &PostgresUrl,
        options: StoreOptions,
    ) -> Result<Self, StoreError> {
        migrate(url).await?;
        let pool = PgPoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT.min(options.time_limit))
            .after_connect(|connection, _| {
                Box::pin(async move { connection.execute(TIMEOUTS).await.map(drop) })
            })
            .connect_lazy_with(url.options().clone());
        Ok(Self { pool, options })
    }

    /// Waits for the calls under way and closes the connections; of a host that does not answer, as
    /// long as one call may take.
    pub async fn close(&self) {
        // What is not closed by then goes with the process.
        let _ = tokio::time::timeout(self.options.time_limit, self.pool.close()).await;
    }

    async fn try_read<O: Operation>(&self, operation: &O) -> Result<O::Answer, StoreError> {
        let mut lease = Lease::take(&self.pool).await?;
        let answer = operation.run(lease.connection()?, &self.options).await?;
        lease.give_back(self.options.time_limit);
        Ok(answer)
    }

    async fn try_write<O: Operation>(&self, operation: &O) -> Result<O::Answer, StoreError> {
        let mut lease = Lease::take(&self.pool).await?;
        let mut transaction = lease.connection()?.begin().await?;
        let answer = operation.run(&mut *transaction, &self.options).await;
        match &answer {
            Ok(_) => transaction.commit().await?,
            Err(_) => transaction.rollback().await?,
        }
        lease.give_back(self.options.time_limit);
        answer
    }

    async fn write_again<O: Operation>(&self, operation: &O) -> Result<O::Answer, StoreError> {
        let mut tries = 1;
        loop {
            match self.try_write(operation).await {
                Err(error) if error.is_serialization_failure() && tries < MAX_TRIES => tries += 1,
                done => return done,
            }
        }
    }
}

/// The host may vanish without a word, and the system would wait for it for a quarter of an hour.
async fn within<T>(
    time: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let done = tokio::time::timeout(time, work).await;
    done.unwrap_or_else(|late| Err(StoreError::Unavailable(Arc::new(late))))
}

/// Under a lock that the migrator takes, so that of several processes one migrates and the others
/// wait for it; on a connection without a timeout, because a large table takes its time.
pub(crate) async fn migrate(url: &PostgresUrl) -> Result<(), StoreError> {
    let opening = |error| StoreError::opening(url.to_string(), error);
    let connect = async {
        let mut connection = url.options().connect().await?;
        let is_done = is_migrated(&mut connection).await;
        Ok((connection, is_done))
    };
    let connected = within(CONNECT_TIMEOUT, connect).await;
    let (mut connection, is_done) = connected.map_err(opening)?;
    if !is_done {
        let done = MIGRATOR.run_direct(None, &mut connection, false).await;
        done.map_err(|error| StoreError::opening(url.to_string(), error))?;
    }
    let close = async { Ok(connection.close().await?) };
    within(CONNECT_TIMEOUT, close).await.map_err(opening)
}

/// Whether there is nothing to migrate, so that a user who may not change tables need not try.
async fn is_migrated(connection: &mut PgConnection) -> bool {
    let applied = connection.list_applied_migrations(&MIGRATOR.table_name);
    let Ok(applied) = applied.await else {
        return false;
    };
    MIGRATOR.iter().all(|migration| {
        let same = |applied: &AppliedMigration| {
            applied.version == migration.version && applied.checksum == migration.checksum
        };
        applied.iter().any(same)
    })
}

impl Backend for PostgresStore {
    async fn read<O: Operation>(&self, operation: O) -> Result<O::Answer, StoreError> {
        within(self.options.time_limit, self.try_read(&operation)).await
    }

    async fn write<O: Operation>(&self, operation: O) -> Result<O::Answer, StoreError> {
        within(self.options.time_limit, self.write_again(&operation)).await
    }
}
