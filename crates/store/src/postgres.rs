//! The store in Postgres, which any number of processes can share.

pub(crate) mod batch;
mod columns;
mod connection;
mod connections;
mod creations;
pub(crate) mod results;

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use sqlx::migrate::{AppliedMigration, Migrate, MigrateError, Migrator};
use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions, Connection, Executor};

use crate::backend::{Backend, Operation};
use crate::new_session::NewSession;
use crate::operations::create::Create;
use crate::operations::record_result::RecordResult;
use crate::operations::store_keys::CheckKeys;
use crate::recording::Recording;
use crate::store_error::{is_of_tls, migration_is_locked};
use crate::{CreateOutcome, PostgresUrl, RecordOutcome, StoreError, StoreOptions};
use batch::Batch;
use connections::{Connections, Lease};

/// The migrations. They take no lock of their own, because `run_migrations` does.
static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| {
    let mut migrator = sqlx::migrate!("migrations/postgres");
    migrator.set_locking(false);
    migrator
});
/// How long a migration waits for a table that others use. They would all wait behind it.
const MIGRATION_LOCK_TIMEOUT: &str = "SET lock_timeout = '5s'";
/// How often a transaction is tried that conflicts with concurrent ones.
const MAX_TRIES: u32 = 5;
/// The limit for opening and closing a connection to a host that may be gone.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A store in a Postgres database, which other processes may use at the same time.
///
/// A transaction locks the rows that its decisions depend on.
#[derive(Clone, Debug)]
pub struct PostgresStore {
    connections: Arc<Connections>,
    creations: Arc<Batch<NewSession>>,
    results: Arc<Batch<Recording>>,
    options: Arc<StoreOptions>,
}

impl PostgresStore {
    /// Opens the database and migrates its tables.
    ///
    /// # Errors
    /// Returns [`StoreError::Open`] if the database cannot be reached or migrated, and
    /// [`StoreError::UnknownKey`] if tokens are encrypted with a key that is not in the options.
    pub async fn open_with(url: &PostgresUrl, options: StoreOptions) -> Result<Self, StoreError> {
        let store = Self::connect(url, options).await?;
        store.read(CheckKeys).await?;
        Ok(store)
    }

    /// Opens the database without checking the store keys.
    pub(crate) async fn connect(
        url: &PostgresUrl,
        options: StoreOptions,
    ) -> Result<Self, StoreError> {
        migrate(url).await?;
        let connections = Arc::new(Connections::new(url, options.time_limit));
        Ok(Self {
            connections,
            creations: Arc::default(),
            results: Arc::default(),
            options: Arc::new(options),
        })
    }

    /// Waits for the calls in progress, then closes the connections. If the host does not answer, this
    /// takes as long as one call may take.
    pub async fn close(&self) {
        // Connections that are still open then end with the process.
        let _ = tokio::time::timeout(self.options.time_limit, self.connections.close()).await;
    }

    /// Runs statements of which each is a transaction of its own. If the connection turns out to be closed,
    /// they are run again on another one, unless they may have been run: `may_repeat` decides by the error.
    async fn run_alone<O: Operation>(
        &self,
        operation: &O,
        may_repeat: fn(&StoreError) -> bool,
    ) -> Result<O::Answer, StoreError> {
        loop {
            let mut lease = self.connections.take().await?;
            match operation.run(lease.connection()?, &self.options).await {
                Ok(answer) => {
                    lease.keep();
                    return Ok(answer);
                }
                Err(error) if lease.is_warm && may_repeat(&error) => {}
                Err(error) => {
                    if !error.is_of_closed_connection() {
                        lease.return_to_pool();
                    }
                    return Err(error);
                }
            }
        }
    }

    async fn try_write<O: Operation>(&self, operation: &O) -> Result<O::Answer, StoreError> {
        let mut lease = self.begin().await?;
        let answer = operation.run(lease.connection()?, &self.options).await;
        let end = match &answer {
            Ok(_) => "COMMIT",
            Err(_) => "ROLLBACK",
        };
        lease.connection()?.execute(end).await?;
        lease.keep();
        answer
    }

    /// Begins a transaction. Nothing is lost with a connection that turns out to be closed.
    async fn begin(&self) -> Result<Lease<'_>, StoreError> {
        loop {
            let mut lease = self.connections.take().await?;
            match lease.connection()?.execute("BEGIN").await {
                Ok(_) => return Ok(lease),
                Err(error) => {
                    let error = StoreError::from(error);
                    if !lease.is_warm || !error.is_of_closed_connection() {
                        return Err(error);
                    }
                }
            }
        }
    }

    async fn write_with_retries<O: Operation>(
        &self,
        operation: &O,
    ) -> Result<O::Answer, StoreError> {
        let mut tries = 1;
        loop {
            let written = match O::NEEDS_TRANSACTION {
                true => self.try_write(operation).await,
                false => {
                    self.run_alone(operation, StoreError::is_of_unsent_statement)
                        .await
                }
            };
            match written {
                Err(error) if error.is_serialization_failure() && tries < MAX_TRIES => tries += 1,
                done => return done,
            }
        }
    }
}

/// Runs a call in a task of its own, so that it ends even if its caller does not wait. Otherwise, clients that abort
/// their requests would have a connection closed each, and opening one takes longer than most calls.
async fn to_its_end<T: Send + 'static>(
    call: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> Result<T, StoreError> {
    let done = tokio::spawn(call).await;
    done.unwrap_or_else(|panic| Err(StoreError::Unavailable(Arc::new(panic))))
}

/// Limits the time, because the system would wait a quarter of an hour for a host that vanished.
async fn within<T>(
    time: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let done = tokio::time::timeout(time, work).await;
    done.unwrap_or_else(|late| Err(StoreError::Unavailable(Arc::new(late))))
}

/// Migrates the tables. The connection has no timeout for statements, because migrating a large table takes
/// time.
pub(crate) async fn migrate(url: &PostgresUrl) -> Result<(), StoreError> {
    let opening = |error: StoreError| match error {
        StoreError::Unavailable(source) if url.verifies_by_default() && is_of_tls(&source) => {
            let location = url.to_string();
            StoreError::Unverified { location, source }
        }
        error => StoreError::opening(url.to_string(), error),
    };
    let connect = async {
        let mut connection = url.options().connect().await?;
        let is_done = is_migrated(&mut connection).await;
        Ok((connection, is_done))
    };
    let connected = within(CONNECT_TIMEOUT, connect).await;
    let (mut connection, is_done) = connected.map_err(opening)?;
    if !is_done {
        let done = run_migrations(&mut connection).await;
        done.map_err(|error| match migration_is_locked(&error) {
            true => opening(StoreError::Locked(Arc::new(error))),
            false => StoreError::opening(url.to_string(), error),
        })?;
    }
    let close = async { Ok(connection.close().await?) };
    within(CONNECT_TIMEOUT, close).await.map_err(opening)
}

/// Of several processes one migrates, and the others wait for it however long it takes. It does not wait
/// long for the tables.
async fn run_migrations(connection: &mut PgConnection) -> Result<(), MigrateError> {
    connection.lock().await?;
    connection.execute(MIGRATION_LOCK_TIMEOUT).await?;
    MIGRATOR.run_direct(None, connection, false).await?;
    connection.unlock().await
}

/// Returns whether there is nothing to migrate, so that a user without the right to change tables
/// need not try.
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

/// The statements' futures are boxed because they are kilobytes, which would be copied each time that they are
/// handed on.
impl Backend for PostgresStore {
    async fn read<O: Operation>(&self, operation: O) -> Result<O::Answer, StoreError> {
        let store = self.clone();
        to_its_end(async move {
            let read = store.run_alone(&operation, StoreError::is_of_closed_connection);
            within(store.options.time_limit, Box::pin(read)).await
        })
        .await
    }

    async fn write<O: Operation>(&self, operation: O) -> Result<O::Answer, StoreError> {
        let store = self.clone();
        to_its_end(async move {
            let written = store.write_with_retries(&operation);
            within(store.options.time_limit, Box::pin(written)).await
        })
        .await
    }

    /// What no common statement has created, one of its own does, or tells why not.
    async fn create_session(&self, new: NewSession) -> Result<CreateOutcome, StoreError> {
        let store = self.clone();
        to_its_end(async move {
            let new = Arc::new(new);
            let created = async {
                let joined = store
                    .creations
                    .join(&store.connections, &store.options, &new);
                match joined.await? {
                    Some(outcome) => Ok(outcome),
                    None => store.write_with_retries(&Create(new)).await,
                }
            };
            within(store.options.time_limit, Box::pin(created)).await
        })
        .await
    }

    async fn record_session_result(
        &self,
        recording: Recording,
    ) -> Result<RecordOutcome, StoreError> {
        let store = self.clone();
        to_its_end(async move {
            let recording = Arc::new(recording);
            let recorded = async {
                let results = &store.results;
                let joined = results.join(&store.connections, &store.options, &recording);
                match joined.await? {
                    Some(outcome) => Ok(outcome),
                    None => store.write_with_retries(&RecordResult(recording)).await,
                }
            };
            within(store.options.time_limit, Box::pin(recorded)).await
        })
        .await
    }
}
