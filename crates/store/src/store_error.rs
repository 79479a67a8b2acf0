use std::error::Error;
use std::sync::Arc;

use pantoken_a2c::RequestId;
use sqlx::error::DatabaseError as _;
use sqlx::postgres::PgDatabaseError;
use sqlx::sqlite::SqliteError;

/// What the database said; shared by all calls that one failure ended.
pub type Cause = Arc<dyn Error + Send + Sync>;

/// Why a store cannot answer. No text holds a value of a session.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database cannot be opened or brought to this version.
    #[error("cannot open the database {location}: {source}")]
    Open {
        /// The file, or the server and the database's name.
        location: String,
        /// What the database says.
        source: Cause,
    },
    /// The database does not answer: try again later.
    #[error("the database does not answer: {0}")]
    Unavailable(#[source] Cause),
    /// Another process holds the database: try again later.
    #[error("the database is locked by another process: {0}")]
    Locked(#[source] Cause),
    /// The disk is full.
    #[error("the database has no room left, free some on its disk: {0}")]
    Full(#[source] Cause),
    /// The database takes no writes.
    #[error("the database is read-only, let this user write to it: {0}")]
    ReadOnly(#[source] Cause),
    /// The database's files are broken.
    #[error("the database is damaged, restore it from a backup: {0}")]
    Damaged(#[source] Cause),
    /// A row holds what no version of this store has written.
    #[error("session {request_id}: column {column} is not readable; was the database edited?")]
    Corrupt {
        /// The row.
        request_id: RequestId,
        /// Where in it.
        column: &'static str,
    },
    /// A row of an API key holds what no version of this store has written.
    #[error("an API key: column {column} is not readable; was the database edited?")]
    CorruptApiKey {
        /// Where in it.
        column: &'static str,
    },
    /// panTokens are sealed under a key that this store was not given.
    #[error("panTokens are sealed under the store key {key_id}, which was not given")]
    UnknownKey {
        /// [`crate::StoreKey::id`] of the missing key.
        key_id: String,
    },
}

impl StoreError {
    pub(crate) fn opening(location: String, source: impl Error + Send + Sync + 'static) -> Self {
        Self::Open {
            location,
            source: Arc::new(source),
        }
    }

    /// Whether the database refused the transaction only because another was under way.
    pub(crate) fn is_serialization_failure(&self) -> bool {
        const SERIALIZATION_FAILURE: &str = "40001";
        const DEADLOCK_DETECTED: &str = "40P01";
        let Self::Unavailable(source) = self else {
            return false;
        };
        let error = source.downcast_ref::<sqlx::Error>();
        let code = error.and_then(postgres_code);
        matches!(code, Some(SERIALIZATION_FAILURE | DEADLOCK_DETECTED))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let variant = match sqlite_code(&error) {
            Some(code) => of_sqlite(code),
            None => postgres_code(&error).map_or(Self::Unavailable as _, of_postgres),
        };
        variant(Arc::new(error))
    }
}

/// Whether another process holds the SQLite file.
pub(crate) fn is_locked(error: &sqlx::Error) -> bool {
    sqlite_code(error).is_some_and(|code| matches!(code, SQLITE_BUSY | SQLITE_LOCKED))
}

const SQLITE_BUSY: i32 = 5;
const SQLITE_LOCKED: i32 = 6;

/// Source: sqlite.org, "Result and Error Codes".
fn of_sqlite(code: i32) -> fn(Cause) -> StoreError {
    match code {
        SQLITE_BUSY | SQLITE_LOCKED => StoreError::Locked,
        8 => StoreError::ReadOnly,
        11 | 26 => StoreError::Damaged,
        13 => StoreError::Full,
        _ => StoreError::Unavailable,
    }
}

/// Source: PostgreSQL's documentation, "PostgreSQL Error Codes".
fn of_postgres(code: &str) -> fn(Cause) -> StoreError {
    match code {
        "55P03" => StoreError::Locked,
        "25006" => StoreError::ReadOnly,
        "XX001" | "XX002" => StoreError::Damaged,
        "53100" => StoreError::Full,
        _ => StoreError::Unavailable,
    }
}

/// The primary result code: the low byte of the extended one.
fn sqlite_code(error: &sqlx::Error) -> Option<i32> {
    let error = error.as_database_error()?;
    let code = error.try_downcast_ref::<SqliteError>()?.code()?;
    Some(code.parse::<i32>().ok()? & 0xff)
}

fn postgres_code(error: &sqlx::Error) -> Option<&str> {
    let error = error.as_database_error()?;
    Some(error.try_downcast_ref::<PgDatabaseError>()?.code())
}
