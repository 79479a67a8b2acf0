use std::error::Error;
use std::io;
use std::sync::Arc;

use rusqlite::ErrorCode;
use sqlx::migrate::MigrateError;
use sqlx::postgres::PgDatabaseError;

use crate::{OperationId, SessionId};

/// The error of the database. It is shared by all calls that the same failure ended.
pub type Cause = Arc<dyn Error + Send + Sync>;

/// Why a store call failed. No message contains a value of a session.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database cannot be opened or migrated.
    #[error("cannot open the database {location}: {source}")]
    Open {
        /// The file, or the server and the database's name.
        location: String,
        /// The error of the database.
        source: Cause,
    },
    /// There is no TLS, or the certificate of the Postgres server cannot be verified.
    #[error(
        "cannot open the database {location}: {source}. Its URL has no sslmode, so its certificate must be \
         one that this system trusts for this host: add &sslrootcert=FILE with another root, or write \
         sslmode=prefer for what earlier versions did, which lets others on the network read the password"
    )]
    Unverified {
        /// The server and the database's name.
        location: String,
        /// The error of the connection.
        source: Cause,
    },
    /// The database does not answer. Try again later.
    #[error("the database does not answer: {0}")]
    Unavailable(#[source] Cause),
    /// Another process has locked the database. Try again later.
    #[error("the database is locked by another process: {0}")]
    Locked(#[source] Cause),
    /// The disk is full.
    #[error("the disk of the database is full, free some space on it: {0}")]
    Full(#[source] Cause),
    /// The database does not accept writes.
    #[error("the database is read-only, give this user write access: {0}")]
    ReadOnly(#[source] Cause),
    /// The database's files are broken.
    #[error("the database is damaged, restore it from a backup: {0}")]
    Damaged(#[source] Cause),
    /// A row contains a value that was not written by this store or by its caller.
    #[error(
        "session {session_id}: the column {column} has an invalid value: was the database edited?"
    )]
    Corrupt {
        /// The session.
        session_id: SessionId,
        /// The column.
        column: &'static str,
    },
    /// The row of an operation contains a value that was not written by this store.
    #[error(
        "operation {operation_id}: the column {column} has an invalid value: was the database edited?"
    )]
    CorruptOperation {
        /// The operation.
        operation_id: OperationId,
        /// The column.
        column: &'static str,
    },
    /// The row of an API key contains a value that was not written by this store.
    #[error("an API key: the column {column} has an invalid value: was the database edited?")]
    CorruptApiKey {
        /// The column.
        column: &'static str,
    },
    /// Every token of this database is encrypted, and the store was given no key.
    #[error("every saved token of this database is encrypted, but no store key was given")]
    KeyRequired,
    /// Tokens are encrypted with a key that the store was not given.
    #[error("saved tokens are encrypted with the store key {key_id}, which was not given")]
    UnknownKey {
        /// The id of the missing key, as [`crate::StoreKey::id`] returns it.
        key_id: String,
    },
}

impl StoreError {
    /// Reports a session's column with an invalid value. Callers use it for the values that the store
    /// does not interpret, such as the language.
    #[must_use]
    pub fn corrupt(session_id: SessionId, column: &'static str) -> Self {
        Self::Corrupt { session_id, column }
    }

    pub(crate) fn opening(location: String, source: impl Error + Send + Sync + 'static) -> Self {
        Self::Open {
            location,
            source: Arc::new(source),
        }
    }

    pub(crate) fn locked(source: impl Error + Send + Sync + 'static) -> Self {
        Self::Locked(Arc::new(source))
    }

    pub(crate) fn unavailable(reason: &'static str) -> Self {
        Self::Unavailable(Arc::new(io::Error::other(reason)))
    }

    /// The error of a call to a store that was closed.
    pub(crate) fn closed() -> Self {
        Self::unavailable("the store is closed")
    }

    /// Returns whether the connection to Postgres was closed. A statement that was sent on it may have
    /// been run.
    pub(crate) fn is_of_closed_connection(&self) -> bool {
        match self.sqlx_error() {
            Some(sqlx::Error::Io(_)) => true,
            // The server was stopped, has crashed, or starts.
            Some(error) => matches!(postgres_code(error), Some("57P01" | "57P02" | "57P03")),
            None => false,
        }
    }

    /// Returns whether the connection to Postgres was closed before a whole statement was sent on it.
    pub(crate) fn is_of_unsent_statement(&self) -> bool {
        // Only writing to a connection fails with this error.
        let is_unsent = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
        matches!(self.sqlx_error(), Some(sqlx::Error::Io(error)) if is_unsent(error))
    }

    /// Returns whether the database or the store has refused what a call wanted, on a connection that is still open.
    pub(crate) fn is_refusal(&self) -> bool {
        match self.sqlx_error() {
            Some(sqlx::Error::Database(_)) => !self.is_of_closed_connection(),
            Some(_) => false,
            None => true,
        }
    }

    /// Returns whether the database refused the transaction only because of a concurrent one.
    pub(crate) fn is_serialization_failure(&self) -> bool {
        const SERIALIZATION_FAILURE: &str = "40001";
        const DEADLOCK_DETECTED: &str = "40P01";
        let code = self.sqlx_error().and_then(postgres_code);
        matches!(code, Some(SERIALIZATION_FAILURE | DEADLOCK_DETECTED))
    }

    fn sqlx_error(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Unavailable(source)
            | Self::Locked(source)
            | Self::Full(source)
            | Self::ReadOnly(source)
            | Self::Damaged(source) => source.downcast_ref(),
            _ => None,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = postgres_code(&error);
        let variant = code.map_or(Self::Unavailable as _, from_postgres_code);
        variant(Arc::new(error))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let variant = match error.sqlite_error_code() {
            _ if is_locked_in_sqlite(&error) => Self::Locked,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged,
            Some(ErrorCode::DiskFull) => Self::Full,
            _ => Self::Unavailable,
        };
        variant(Arc::new(error))
    }
}

/// Returns whether TLS failed.
pub(crate) fn is_of_tls(source: &Cause) -> bool {
    match source.downcast_ref::<sqlx::Error>() {
        Some(sqlx::Error::Tls(_)) => true,
        // rustls's errors come as those of reading and writing.
        Some(sqlx::Error::Io(error)) => error.kind() == io::ErrorKind::InvalidData,
        _ => false,
    }
}

/// Returns whether another process has locked the SQLite file.
pub(crate) fn is_locked_in_sqlite(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(
        code,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

/// Returns whether a migration of Postgres failed because another process has locked a table.
pub(crate) fn migration_is_locked(error: &MigrateError) -> bool {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            postgres_code(error) == Some(LOCK_NOT_AVAILABLE)
        }
        _ => false,
    }
}

const LOCK_NOT_AVAILABLE: &str = "55P03";

/// Source: PostgreSQL's documentation, "PostgreSQL Error Codes".
fn from_postgres_code(code: &str) -> fn(Cause) -> StoreError {
    match code {
        LOCK_NOT_AVAILABLE => StoreError::Locked,
        "25006" => StoreError::ReadOnly,
        "XX001" | "XX002" => StoreError::Damaged,
        "53100" => StoreError::Full,
        _ => StoreError::Unavailable,
    }
}

fn postgres_code(error: &sqlx::Error) -> Option<&str> {
    let error = error.as_database_error()?;
    Some(error.try_downcast_ref::<PgDatabaseError>()?.code())
}
