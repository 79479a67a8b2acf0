//! Copies the write-ahead log into the file, on a connection of its own, so that writes need not wait for it.

use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::StoreError;
use crate::sqlite::blocking::{blocking, close};
use crate::sqlite::open::connect;

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

/// A task with a connection of its own, which ends when this is dropped.
pub(super) struct Checkpointer {
    sizes: mpsc::Sender<i64>,
    task: JoinHandle<()>,
}

impl Checkpointer {
    pub(super) fn start(file: Arc<Path>) -> Self {
        // While the task copies, the sizes of some commits are lost. The next one's is enough.
        let (sizes, received) = mpsc::channel(1);
        let task = Task {
            file,
            connection: None,
            tried_at: 0,
        };
        let task = tokio::spawn(task.run(received));
        Self { sizes, task }
    }

    /// Tells the task of the log's size after a commit, without waiting for it.
    pub(super) fn log_has_grown_to(&self, pages: i64) {
        let _ = self.sizes.try_send(pages);
    }

    /// Returns when the connection is closed.
    pub(super) async fn close(self) {
        drop(self.sizes);
        let _ = self.task.await;
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
    async fn run(mut self, mut sizes: mpsc::Receiver<i64>) {
        while let Some(size) = sizes.recv().await {
            if size < self.tried_at {
                // A write began the log anew.
                self.tried_at = 0;
            }
            if size - self.tried_at >= STEP {
                self.tried_at = size;
                self.copy().await;
            }
        }
        close(self.connection).await;
    }

    async fn copy(&mut self) {
        let (connection, file) = (self.connection.take(), self.file.clone());
        let copied = blocking(move || {
            let connection = connection.map_or_else(|| connect(&file), Ok)?;
            connection.query_row(COPY, [], |_| Ok(()))?;
            Ok(connection)
        });
        // If it failed, no write has. It is tried again when the log has grown further, and if that does not help,
        // SQLite does it after a commit.
        self.connection = copied.await.ok();
    }
}
