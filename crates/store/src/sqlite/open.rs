//! Opens a file that other processes may be opening at the same time.

use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::StoreError;
use crate::sqlite::migrations::{self, MigrationError};

/// How long SQLite waits for another process's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// The size of the write-ahead log at which SQLite copies it into the file itself, after each commit, in
/// pages: 32 MB. Writes wait meanwhile, but [`super::checkpointer`] has left little to copy. A write
/// begins the log anew only if all of it is copied. Under constant load, another commit always comes before
/// the checkpointer is done, so that without this the log would grow without end.
const AUTOMATIC_CHECKPOINT_PAGES: u32 = 8000;
/// How many prepared statements a connection keeps: all that the store has.
const STATEMENTS: usize = 100;
/// How much of the file a connection keeps in memory, in KiB. The system caches the file as well, for all connections, and
/// with twice as much here, calls took as long.
const CACHE: i64 = 1000;
/// How long to wait where SQLite does not: while another process makes the file a WAL database.
const PAUSE: Duration = Duration::from_millis(50);

/// Opens a file that exists, to write.
pub(super) fn connect(file: &Path) -> Result<Connection, rusqlite::Error> {
    let connection = open(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", AUTOMATIC_CHECKPOINT_PAGES)?;
    // What is deleted or replaced is overwritten with zeros, because it may be a token.
    connection.pragma_update(None, "secure_delete", true)?;
    Ok(connection)
}

/// Opens a file that exists, only to read.
pub(super) fn connect_to_read(file: &Path) -> Result<Connection, rusqlite::Error> {
    open(file, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

/// Each connection is used by one thread at a time, so SQLite need not lock it.
fn open(file: &Path, flags: OpenFlags) -> Result<Connection, rusqlite::Error> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // A negative number is a size, and a positive one counts pages.
    connection.pragma_update(None, "cache_size", -CACHE)?;
    Ok(connection)
}

/// Creates the file if it is missing, and migrates its tables. Waits up to twice as long as SQLite
/// does for another process's lock.
pub(super) fn migrate(file: &Path) -> Result<Connection, StoreError> {
    let location = || file.display().to_string();
    create_private(file).map_err(|error| StoreError::opening(location(), error))?;
    let started = Instant::now();
    loop {
        match try_migrate(file) {
            Err(error) if error.is_of_lock() => {
                if started.elapsed() >= BUSY_TIMEOUT {
                    return Err(StoreError::opening(location(), StoreError::locked(error)));
                }
                thread::sleep(PAUSE);
            }
            done => return done.map_err(|error| StoreError::opening(location(), error)),
        }
    }
}

/// Migrates in one transaction that starts as a write, so that of several processes one migrates and
/// the others find it done.
fn try_migrate(file: &Path) -> Result<Connection, MigrationError> {
    let mut connection = connect(file)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    migrations::run(&transaction)?;
    transaction.commit()?;
    Ok(connection)
}

/// Writes the file anew without what was deleted from it, and empties the write-ahead log.
pub(super) fn vacuum(file: &Path) -> Result<(), StoreError> {
    let connection = connect(file)?;
    connection.execute_batch("VACUUM")?;
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    let is_busy: i64 = connection.query_row(checkpoint, [], |row| row.get("busy"))?;
    if is_busy == 0 {
        return Ok(());
    }
    let reader = io::Error::other("another process reads it");
    Err(StoreError::locked(reader))
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
