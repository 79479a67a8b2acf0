//! Opens a file that other processes may be opening at the same time.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Executor, Row};

use crate::StoreError;
use crate::store_error::migration_is_locked;

static MIGRATOR: Migrator = sqlx::migrate!("migrations/sqlite");
/// How long SQLite waits for another process's lock.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// The size of the write-ahead log at which SQLite copies it into the file itself, after each commit, in
/// pages: 32 MB. Writes wait meanwhile, but [`super::checkpointer`] has left little to copy. A write
/// begins the log anew only if all of it is copied. Under constant load, another commit always comes before
/// the checkpointer is done, so that without this the log would grow without end.
const AUTOMATIC_CHECKPOINT_PAGES: &str = "8000";
/// How long to wait where SQLite does not: while another process makes the file a WAL database.
const PAUSE: Duration = Duration::from_millis(50);

pub(super) fn connect_options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("wal_autocheckpoint", AUTOMATIC_CHECKPOINT_PAGES)
        // What is deleted or replaced is overwritten with zeros, because it may be a token.
        .pragma("secure_delete", "ON")
        // Bound values are secrets.
        .disable_statement_logging()
}

/// Creates the file if it is missing, and migrates its tables. Waits up to twice as long as SQLite
/// does for another process's lock.
pub(super) async fn migrate(file: &Path) -> Result<SqliteConnection, StoreError> {
    let location = || file.display().to_string();
    create_private(file).map_err(|error| StoreError::opening(location(), error))?;
    let started = Instant::now();
    loop {
        match try_migrate(file).await {
            Err(error) if migration_is_locked(&error) => {
                if started.elapsed() >= BUSY_TIMEOUT {
                    let locked = StoreError::Locked(Arc::new(error));
                    return Err(StoreError::opening(location(), locked));
                }
                tokio::time::sleep(PAUSE).await;
            }
            done => return done.map_err(|error| StoreError::opening(location(), error)),
        }
    }
}

/// Migrates in one transaction that starts as a write, so that of several processes one migrates and
/// the others find it done.
async fn try_migrate(file: &Path) -> Result<SqliteConnection, MigrateError> {
    let mut connection = connect_options(file).connect().await?;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    MIGRATOR.run_direct(None, &mut *transaction, false).await?;
    transaction.commit().await?;
    Ok(connection)
}

/// Writes the file anew without what was deleted from it, and empties the write-ahead log.
pub(super) async fn vacuum(file: &Path) -> Result<(), StoreError> {
    let mut connection = connect_options(file).connect().await?;
    connection.execute("VACUUM").await?;
    let checkpoint = connection.fetch_one("PRAGMA wal_checkpoint(TRUNCATE)");
    let is_busy: i64 = checkpoint.await?.try_get(0)?;
    connection.close().await?;
    if is_busy == 0 {
        return Ok(());
    }
    let reader = io::Error::other("another process reads it");
    Err(StoreError::Locked(Arc::new(reader)))
}

/// Creates a missing file that only its owner can read, because it will contain tokens. SQLite gives
/// its journal the same permissions. An existing file is not opened, because closing it would drop the
/// locks that this process has on it.
fn create_private(file: &Path) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        done => done.map(drop),
    }
}
