use crate::backend::{Backend, Operation};
use crate::new_session::NewSession;
use crate::recording::Recording;
use crate::{
    CreateOutcome, DatabaseUrl, PostgresStore, RecordOutcome, SqliteStore, StoreError,
    StoreOptions, postgres,
};

/// A store in SQLite or Postgres.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Database {
    /// A store in a SQLite file.
    Sqlite(SqliteStore),
    /// A store in a Postgres database.
    Postgres(PostgresStore),
}

impl Database {
    /// Opens the database and migrates its tables. Creates the file of a SQLite database if it is
    /// missing.
    ///
    /// # Errors
    /// Returns [`StoreError::Open`] if the database cannot be opened or migrated, and
    /// [`StoreError::UnknownKey`] if tokens are encrypted with a key that is not in the options.
    pub async fn open(url: &DatabaseUrl, options: StoreOptions) -> Result<Self, StoreError> {
        Ok(match url {
            DatabaseUrl::Sqlite(file) => Self::Sqlite(SqliteStore::open_with(file, options).await?),
            DatabaseUrl::Postgres(url) => {
                Self::Postgres(PostgresStore::open_with(url, options).await?)
            }
        })
    }

    /// Opens the database like [`Database::open`], but without store keys. This is enough for work that
    /// reads and records no results, such as managing API keys. Reading an encrypted token fails with
    /// [`StoreError::UnknownKey`].
    ///
    /// # Errors
    /// Returns [`StoreError::Open`] if the database cannot be opened or migrated.
    pub async fn open_without_keys(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let options = StoreOptions::default();
        Ok(match url {
            DatabaseUrl::Sqlite(file) => Self::Sqlite(SqliteStore::connect(file, options).await?),
            DatabaseUrl::Postgres(url) => {
                Self::Postgres(PostgresStore::connect(url, options).await?)
            }
        })
    }

    /// Migrates the tables without opening a store. No store key is needed.
    ///
    /// # Errors
    /// Returns [`StoreError::Open`] if the database cannot be opened or migrated.
    pub async fn migrate(url: &DatabaseUrl) -> Result<(), StoreError> {
        match url {
            DatabaseUrl::Sqlite(file) => crate::sqlite::migrate(file).await,
            DatabaseUrl::Postgres(url) => postgres::migrate(url).await,
        }
    }

    /// Erases what was deleted or replaced from a SQLite file and its write-ahead log. Writers wait
    /// meanwhile, and it needs the size of the file once more. In Postgres it does nothing, because only
    /// `VACUUM FULL` does, which needs the owner of the tables and stops all readers.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the file cannot be written, or is in use for too long.
    pub async fn erase_deleted(url: &DatabaseUrl) -> Result<(), StoreError> {
        match url {
            DatabaseUrl::Sqlite(file) => crate::sqlite::vacuum(file).await,
            DatabaseUrl::Postgres(_) => Ok(()),
        }
    }

    /// Waits for the calls in progress, then closes the database.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(store) => store.close().await,
            Self::Postgres(store) => store.close().await,
        }
    }
}

/// The futures are boxed because those of the drivers are tens of kilobytes, and a handler that contained one
/// would be moved with it several times per request, even if it does not use the store.
impl Backend for Database {
    async fn read<O: Operation>(&self, operation: O) -> Result<O::Answer, StoreError> {
        match self {
            Self::Sqlite(store) => Box::pin(store.read(operation)).await,
            Self::Postgres(store) => Box::pin(store.read(operation)).await,
        }
    }

    async fn write<O: Operation>(&self, operation: O) -> Result<O::Answer, StoreError> {
        match self {
            Self::Sqlite(store) => Box::pin(store.write(operation)).await,
            Self::Postgres(store) => Box::pin(store.write(operation)).await,
        }
    }

    async fn create_session(&self, new: NewSession) -> Result<CreateOutcome, StoreError> {
        match self {
            Self::Sqlite(store) => Box::pin(store.create_session(new)).await,
            Self::Postgres(store) => Box::pin(store.create_session(new)).await,
        }
    }

    async fn record_session_result(
        &self,
        recording: Recording,
    ) -> Result<RecordOutcome, StoreError> {
        match self {
            Self::Sqlite(store) => Box::pin(store.record_session_result(recording)).await,
            Self::Postgres(store) => Box::pin(store.record_session_result(recording)).await,
        }
    }
}

impl From<SqliteStore> for Database {
    fn from(store: SqliteStore) -> Self {
        Self::Sqlite(store)
    }
}

impl From<PostgresStore> for Database {
    fn from(store: PostgresStore) -> Self {
        Self::Postgres(store)
    }
}
