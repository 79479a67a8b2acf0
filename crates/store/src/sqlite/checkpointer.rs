//! Copies the write-ahead log into the file, on a connection of its own, so that writes need not wait for it.

use sqlx::ConnectOptions;
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::StoreError;
use crate::connection::{Connection, Row, Statement};

/// How much the log grows from one checkpoint to the next, in pages: 4 MB. A checkpoint copies a page
/// that was written several times only once.
const STEP: i64 = 1000;

/// Copies nothing, and returns the size of the log.
const MEASURE: Statement = Statement::same("PRAGMA wal_checkpoint(NOOP)");
/// Copies what no reader needs in the log, while others read and write.
const COPY: Statement = Statement::same("PRAGMA wal_checkpoint(PASSIVE)");

/// A task with a connection of its own, which ends when this is dropped.
pub(super) struct Checkpointer {
    commits: mpsc::Sender<()>,
    task: JoinHandle<()>,
}

impl Checkpointer {
    pub(super) fn start(connect: SqliteConnectOptions) -> Self {
        // One message is enough: it stands for all commits until it is received.
        let (commits, received) = mpsc::channel(1);
        let task = Task {
            connect,
            connection: None,
            tried_at: 0,
        };
        let task = tokio::spawn(task.run(received));
        Self { commits, task }
    }

    /// Tells the task of a commit, without waiting for it.
    pub(super) fn log_has_grown(&self) {
        // It is full if the task has not received an earlier commit yet.
        let _ = self.commits.try_send(());
    }

    /// Returns when the connection is closed.
    pub(super) async fn close(self) {
        drop(self.commits);
        let _ = self.task.await;
    }
}

struct Task {
    connect: SqliteConnectOptions,
    /// `None` until the first commit and after a failure.
    connection: Option<SqliteConnection>,
    /// The size of the log at the last checkpoint, whether it succeeded or not.
    tried_at: i64,
}

impl Task {
    async fn run(mut self, mut commits: mpsc::Receiver<()>) {
        while commits.recv().await.is_some() {
            if self.copy_if_due().await.is_err() {
                // No write has failed. It is tried again when the log has grown further, and if that does
                // not help, SQLite does it after a commit.
                self.connection = None;
            }
        }
        if let Some(connection) = self.connection {
            let _ = connection.close().await;
        }
    }

    async fn copy_if_due(&mut self) -> Result<(), StoreError> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            None => self.connection.insert(self.connect.connect().await?),
        };
        let size = match connection.row(&MEASURE, &[]).await? {
            Some(row) => row.integer("log")?.unwrap_or_default(),
            None => 0,
        };
        if size < self.tried_at {
            // A write began the log anew.
            self.tried_at = 0;
        }
        if size - self.tried_at >= STEP {
            self.tried_at = size;
            connection.row(&COPY, &[]).await?;
        }
        Ok(())
    }
}
