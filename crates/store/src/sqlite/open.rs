//! Opening a file that other processes may be opening at the same moment.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::SqliteConnection;
use sqlx::{ConnectOptions, Connection};

use super::{BUSY_TIMEOUT, connect_options};
use crate::StoreError;

static MIGRATOR: Migrator = sqlx::migrate!("migrations/sqlite");
/// Where SQLite does not wait by itself: while another process makes the file a WAL database.
const PAUSE: Duration = Duration::from_millis(50);

/// Creates the file where it is missing and brings its tables to this version. It waits for another
/// process's lock as long as SQLite does, and as long again.
pub(super) async fn migrate(file: &Path) -> Result<SqliteConnection, StoreError> {
    let location = || file.display().to_string();
    create_private(file).map_err(|error| StoreError::opening(location(), error))?;
    let started = Instant::now();
    loop {
        match try_migrate(file).await {
            Err(error) if is_locked(&error) => {
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

/// In one transaction that writes from its start, so that of several processes one migrates and the
/// others find it done.
async fn try_migrate(file: &Path) -> Result<SqliteConnection, MigrateError> {
    let mut connection = connect_options(file).connect().await?;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    MIGRATOR.run_direct(None, &mut *transaction, false).await?;
    transaction.commit().await?;
    Ok(connection)
}

fn is_locked(error: &MigrateError) -> bool {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            crate::store_error::is_locked(error)
        }
        _ => false,
    }
}

/// Creates a missing file for its owner alone: it will hold panTokens. SQLite gives its journal the
/// same permissions. A file that is there is not even opened: closing it would drop the locks that
/// this process holds on it.
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
