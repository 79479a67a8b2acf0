//! Copies the write-ahead log into the file, on a connection of its own, so that writes need not wait for it.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use crate::StoreError;
use crate::sqlite::open::connect;
use crate::sqlite::thread::spawn;

/// How much the log grows from one checkpoint to the next, in pages: 4 MB. A checkpoint copies a page
/// that was written several times only once.
const STEP: i64 = 1000;

/// Copies nothing, and returns the size of the log.
const MEASURE: &str = "PRAGMA wal_checkpoint(NOOP)";
/// Copies what no reader needs in the log, while others read and write.
const COPY: &str = "PRAGMA wal_checkpoint(PASSIVE)";
/// The column with the size of the log, in pages.
const LOG: &str = "log";

/// Returns the size of the log, in pages.
pub(super) fn measure_log(connection: &Connection) -> Result<i64, StoreError> {
    let mut measure = connection.prepare_cached(MEASURE)?;
    Ok(measure.query_row([], |row| row.get(LOG))?)
}

/// A thread with a connection of its own, which ends when this is dropped.
pub(super) struct Checkpointer {
    sizes: SyncSender<i64>,
    thread: JoinHandle<()>,
}

impl Checkpointer {
    pub(super) fn start(file: Arc<Path>) -> io::Result<Self> {
        // While the thread copies, the sizes of some commits are lost. The next one's is enough.
        let (sizes, received) = sync_channel(1);
        let task = Task {
            file,
            connection: None,
            tried_at: 0,
        };
        let thread = spawn("checkpointer", move || task.run(&received))?;
        Ok(Self { sizes, thread })
    }

    /// Tells the thread of the log's size after a commit, without waiting for it.
    pub(super) fn log_has_grown_to(&self, pages: i64) {
        let _ = self.sizes.try_send(pages);
    }

    /// Returns when the connection is closed.
    pub(super) fn close(self) {
        drop(self.sizes);
        let _ = self.thread.join();
    }
}

struct Task {
    file: Arc<Path>,
    /// `None` until the first checkpoint and after a failure.
    connection: Option<Connection>,
    /// The size of the log at the last checkpoint, whether it succeeded or not.
    tried_at: i64,
}

impl Task {
    fn run(mut self, sizes: &Receiver<i64>) {
        for size in sizes {
            if size < self.tried_at {
                // A write began the log anew.
                self.tried_at = 0;
            }
            if size - self.tried_at >= STEP {
                self.tried_at = size;
                // If it fails, no write has. It is tried again when the log has grown further, and if that does not
                // help, SQLite does it after a commit.
                self.connection = self.copy().ok();
            }
        }
    }

    fn copy(&mut self) -> Result<Connection, rusqlite::Error> {
        let held = self.connection.take();
        let connection = held.map_or_else(|| connect(&self.file), Ok)?;
        connection.query_row(COPY, [], |_| Ok(()))?;
        Ok(connection)
    }
}
