//! Migrates the tables of a file to this version. The migrations that were applied are listed in the table that sqlx uses, as
//! in Postgres.

use std::collections::HashMap;

use rusqlite::{Connection, params};
use sqlx::migrate::{MigrateError, Migrator};

use crate::store_error::is_locked_in_sqlite;

static MIGRATOR: Migrator = sqlx::migrate!("migrations/sqlite");

const CREATE_LIST: &str = "CREATE TABLE IF NOT EXISTS _sqlx_migrations (\
     version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
     installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, \
     checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)";
const LIST: &str = "SELECT version, checksum FROM _sqlx_migrations";
/// The duration is unknown, which sqlx writes as -1, because nobody reads it.
const ADD: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
     VALUES (?1, ?2, TRUE, ?3, -1)";

/// Why a file cannot be opened or migrated.
#[derive(Debug, thiserror::Error)]
pub(super) enum MigrationError {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("migration {version} failed: {source}")]
    Failed {
        version: i64,
        source: rusqlite::Error,
    },
    /// The file is of another version of the store.
    #[error(transparent)]
    OtherVersion(MigrateError),
}

impl MigrationError {
    /// Returns whether another process has locked the file.
    pub(super) fn is_of_lock(&self) -> bool {
        match self {
            Self::Sqlite(error) | Self::Failed { source: error, .. } => is_locked_in_sqlite(error),
            Self::OtherVersion(_) => false,
        }
    }
}

/// Runs the migrations that are missing. The caller begins and commits a transaction around them.
pub(super) fn run(connection: &Connection) -> Result<(), MigrationError> {
    connection.execute_batch(CREATE_LIST)?;
    let mut done = connection
        .prepare(LIST)?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<HashMap<i64, Vec<u8>>, _>>()?;
    for migration in MIGRATOR.iter() {
        let version = migration.version;
        match done.remove(&version) {
            Some(checksum) if *checksum == *migration.checksum => {}
            Some(_) => {
                let differs = MigrateError::VersionMismatch(version);
                return Err(MigrationError::OtherVersion(differs));
            }
            None => {
                let run = connection.execute_batch(migration.sql.as_str());
                run.map_err(|source| MigrationError::Failed { version, source })?;
                let row = params![version, migration.description, migration.checksum];
                connection.execute(ADD, row)?;
            }
        }
    }
    match done.into_keys().min() {
        Some(newer) => Err(MigrationError::OtherVersion(MigrateError::VersionMissing(
            newer,
        ))),
        None => Ok(()),
    }
}
