use crate::backend::{Backend, Operation};
use crate::{DatabaseUrl, PostgresStore, SqliteStore, StoreError, StoreOptions, postgres};

/// A store in whatever database a URL names.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Database {
    /// In a SQLite file.
    Sqlite(SqliteStore),
    /// In a Postgres database.
    Postgres(PostgresStore),
}

impl Database {
    /// Opens the database, creates a SQLite file where it is missing, and brings the tables to this
    /// version.
    ///
    /// # Errors
    /// [`StoreError::Open`] when the database cannot be opened or migrated,
    /// [`StoreError::UnknownKey`] when it holds panTokens under a key that is not among the options.
    pub async fn open(url: &DatabaseUrl, options: StoreOptions) -> Result<Self, StoreError> {
        Ok(match url {
            DatabaseUrl::Sqlite(file) => Self::Sqlite(SqliteStore::open_with(file, options).await?),
            DatabaseUrl::Postgres(url) => {
                Self::Postgres(PostgresStore::open_with(url, options).await?)
            }
        })
    }

    /// [`Database::open`] for work that reads and records no result, such as that on API keys: no key
    /// is needed, and a sealed panToken is [`StoreError::UnknownKey`].
    ///
    /// # Errors
    /// [`StoreError::Open`] when the database cannot be opened or migrated.
    pub async fn open_without_keys(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let options = StoreOptions::default();
        Ok(match url {
            DatabaseUrl::Sqlite(file) => Self::Sqlite(SqliteStore::connect(file, options).await?),
            DatabaseUrl::Postgres(url) => {
                Self::Postgres(PostgresStore::connect(url, options).await?)
            }
        })
    }

    /// Brings the tables to this version, and nothing more: no key is needed.
    ///
    /// # Errors
    /// [`StoreError::Open`] when the database cannot be opened or migrated.
    pub async fn migrate(url: &DatabaseUrl) -> Result<(), StoreError> {
        match url {
            DatabaseUrl::Sqlite(file) => crate::sqlite::migrate(file).await,
            DatabaseUrl::Postgres(url) => postgres::migrate(url).await,
        }
    }

    /// Waits for the calls under way and closes the database.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(store) => store.close().await,
            Self::Postgres(store) => store.close().await,
        }
    }
}

impl Backend for Database {
    async fn read<O: Operation>(&self, operation: O) -> Result<O::Answer, StoreError> {
        match self {
            Self::Sqlite(store) => store.read(operation).await,
            Self::Postgres(store) => store.read(operation).await,
        }
    }

    async fn write<O: Operation>(&self, operation: O) -> Result<O::Answer, StoreError> {
        match self {
            Self::Sqlite(store) => store.write(operation).await,
            Self::Postgres(store) => store.write(operation).await,
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
