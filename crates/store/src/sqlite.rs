//! SQLite: one file, one writer, several readers.

mod open;
mod writer;

use std::path::Path;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use crate::backend::{Backend, Operation};
use crate::operations::store_keys::CheckKeys;
use crate::{StoreError, StoreOptions};
use writer::Writer;

const READERS: u32 = 4;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// From the log of writes into the file, in pages: at 16 MB. All writes wait while it is done, so it
/// is done a fourth as often as SQLite would, with the pages that were written again copied once.
const CHECKPOINT_PAGES: &str = "4000";

/// A store in a SQLite file.
///
/// Its clones share one writer, which puts what comes in at the same time into one transaction;
/// other processes may open the same file.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    writer: Writer,
    readers: SqlitePool,
    options: StoreOptions,
}

impl SqliteStore {
    /// Opens the file, creates it where it is missing, and brings its tables to this version.
    ///
    /// # Errors
    /// [`StoreError::Open`] when the file cannot be opened or migrated.
    pub async fn open(file: &Path) -> Result<Self, StoreError> {
        Self::open_with(file, StoreOptions::default()).await
    }

    /// [`SqliteStore::open`] with options.
    ///
    /// # Errors
    /// [`StoreError::Open`] when the file cannot be opened or migrated, [`StoreError::UnknownKey`]
    /// when it holds panTokens under a key that is not among the options.
    pub async fn open_with(file: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        let store = Self::connect(file, options).await?;
        store.read(CheckKeys).await?;
        Ok(store)
    }

    /// Opens the file, whatever keys its panTokens are under.
    pub(crate) async fn connect(file: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        let connection = open::migrate(file).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(BUSY_TIMEOUT)
            .connect_lazy_with(connect_options(file).read_only(true));
        Ok(Self {
            writer: Writer::start(connection, connect_options(file), options.clone()),
            readers,
            options,
        })
    }

    /// Waits for the calls under way and closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        // Last, because who closes last puts the log of writes into the file, and a reader cannot.
        self.writer.close().await;
    }
}

pub(crate) async fn migrate(file: &Path) -> Result<(), StoreError> {
    open::migrate(file).await.map(drop)
}

fn connect_options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        // Bound values are secrets.
        .disable_statement_logging()
}

impl Backend for SqliteStore {
    async fn read<O: Operation>(&self, operation: O) -> Result<O::Answer, StoreError> {
        let mut connection = self.readers.acquire().await?;
        let answer = operation.run(&mut *connection, &self.options).await;
        if answer.is_err() {
            // It may remember broken pages of a file that is whole again.
            connection.close_on_drop();
        }
        answer
    }

    async fn write<O: Operation>(&self, operation: O) -> Result<O::Answer, StoreError> {
        self.writer.write(operation).await
    }
}
