//! The only writer. Writes that arrive while a transaction commits are combined in the next one, so
//! that they wait for the disk once.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;

use futures_util::FutureExt as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection as _};
use tokio::sync::{mpsc, oneshot};

use crate::backend::Operation;
use crate::connection::{Connection, Statement};
use crate::sqlite::checkpointer::Checkpointer;
use crate::{StoreError, StoreOptions};

const MAX_BATCH: usize = 256;
const MAX_WAITING: usize = 1024;

/// Statements are sent in pairs, because each call makes a round trip to SQLite's thread. The savepoint is where the
/// transaction goes back to if an operation fails. One that writes with a single statement needs none of its own,
/// because SQLite undoes a statement that fails.
const BEGIN: Statement = Statement::same("BEGIN IMMEDIATE; SAVEPOINT operation");
const NEXT: Statement = Statement::same("RELEASE operation; SAVEPOINT operation");
const COMMIT: Statement = Statement::same("RELEASE operation; COMMIT");
const UNDO: Statement = Statement::same("ROLLBACK TO operation");

/// The queue of operations. Clones share the writer, which stops when all of them are dropped.
#[derive(Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Entry>,
}

enum Entry {
    Write(Box<dyn Write>),
    Close(oneshot::Sender<()>),
}

impl Writer {
    pub(super) fn start(
        connection: SqliteConnection,
        connect: SqliteConnectOptions,
        options: StoreOptions,
    ) -> Self {
        let (queue, entries) = mpsc::channel(MAX_WAITING);
        let task = Task {
            connection: Some(connection),
            checkpointer: Checkpointer::start(connect.clone()),
            connect,
            options,
        };
        tokio::spawn(task.run(entries));
        Self { queue }
    }

    /// Returns after the commit. If the future is dropped, the operation may still take effect.
    pub(super) async fn write<O: Operation>(&self, operation: O) -> Result<O::Answer, StoreError> {
        let (reply, answer) = oneshot::channel();
        let write = Box::new(Queued {
            operation,
            answer: None,
            reply,
        });
        let sent = self.queue.send(Entry::Write(write)).await;
        sent.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// Returns when all earlier operations are written and the file is closed.
    pub(super) async fn close(&self) {
        let (reply, done) = oneshot::channel();
        if self.queue.send(Entry::Close(reply)).await.is_ok() {
            // An error means that another call closed it.
            let _ = done.await;
        }
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

fn closed() -> StoreError {
    sqlx::Error::PoolClosed.into()
}

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// An operation of any kind, with the channel for its answer.
trait Write: Send {
    /// Runs the operation and stores its answer. Returns its error as well.
    fn run<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
        options: &'a StoreOptions,
    ) -> Boxed<'a, Result<(), StoreError>>;

    /// Whether more than one statement has to be undone if the operation fails.
    fn needs_savepoint(&self) -> bool;

    /// Sends the stored answer.
    fn acknowledge(self: Box<Self>);

    /// Reports that nothing was written.
    fn fail(self: Box<Self>, error: StoreError);
}

struct Queued<O: Operation> {
    operation: O,
    answer: Option<Result<O::Answer, StoreError>>,
    reply: oneshot::Sender<Result<O::Answer, StoreError>>,
}

impl<O: Operation> Write for Queued<O> {
    fn run<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
        options: &'a StoreOptions,
    ) -> Boxed<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let answer = self.operation.run(connection, options).await;
            let answer = self.answer.insert(answer).as_ref();
            answer.map(drop).map_err(Clone::clone)
        })
    }

    fn needs_savepoint(&self) -> bool {
        O::NEEDS_TRANSACTION
    }

    fn acknowledge(self: Box<Self>) {
        if let Some(answer) = self.answer {
            // The caller may have stopped waiting.
            let _ = self.reply.send(answer);
        }
    }

    fn fail(self: Box<Self>, error: StoreError) {
        let _ = self.reply.send(Err(error));
    }
}

struct Task {
    /// `None` after a failure, so that the next operation starts with a new connection.
    connection: Option<SqliteConnection>,
    connect: SqliteConnectOptions,
    checkpointer: Checkpointer,
    options: StoreOptions,
}

impl Task {
    async fn run(mut self, mut entries: mpsc::Receiver<Entry>) {
        let mut batch = Vec::with_capacity(MAX_BATCH);
        while entries.recv_many(&mut batch, MAX_BATCH).await > 0 {
            let mut writes = Vec::with_capacity(batch.len());
            let mut closing = Vec::new();
            for entry in batch.drain(..) {
                match entry {
                    Entry::Write(write) => writes.push(write),
                    Entry::Close(reply) => closing.push(reply),
                }
            }
            self.write_catching_panics(writes).await;
            if !closing.is_empty() {
                entries.close();
                self.finish(entries).await;
                return;
            }
        }
    }

    /// Writes the operations that are left in the closed queue.
    async fn finish(mut self, mut entries: mpsc::Receiver<Entry>) {
        while let Some(entry) = entries.recv().await {
            if let Entry::Write(write) = entry {
                self.write_catching_panics(vec![write]).await;
            }
        }
        self.checkpointer.close().await;
        // Last, because the last connection copies the write-ahead log into the file and deletes it.
        if let Some(connection) = self.connection {
            let _ = connection.close().await;
        }
    }

    /// Writes the operations. A panic, which is a bug in one of them, fails all operations of the same
    /// transaction, but the writer continues.
    async fn write_catching_panics(&mut self, writes: Vec<Box<dyn Write>>) {
        let work = AssertUnwindSafe(self.write(writes));
        if work.catch_unwind().await.is_err() {
            self.connection = None;
        }
    }

    async fn write(&mut self, mut writes: Vec<Box<dyn Write>>) {
        if writes.is_empty() {
            return;
        }
        match self.commit(&mut writes).await {
            Ok(()) => {
                writes.into_iter().for_each(Write::acknowledge);
                self.checkpointer.log_has_grown();
            }
            Err(error) => {
                self.connection = None;
                for write in writes {
                    write.fail(error.clone());
                }
            }
        }
    }

    async fn commit(&mut self, writes: &mut [Box<dyn Write>]) -> Result<(), StoreError> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            None => self.connection.insert(self.connect.connect().await?),
        };
        connection.execute(&BEGIN, &[]).await?;
        let mut is_at_savepoint = true;
        for write in writes {
            if write.needs_savepoint() && !is_at_savepoint {
                connection.execute(&NEXT, &[]).await?;
            }
            is_at_savepoint = false;
            if let Err(error) = write.run(connection, &self.options).await {
                let undo = if write.needs_savepoint() {
                    &UNDO
                } else {
                    &NEXT
                };
                // This fails if SQLite has rolled back the whole transaction. Then every write fails.
                let undone = connection.execute(undo, &[]).await;
                undone.map_err(|_| error)?;
                is_at_savepoint = true;
            }
        }
        connection.execute(&COMMIT, &[]).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use crate::backend::{Backend, Operation};
    use crate::connection::Connection;
    use crate::{SessionStore, SqliteStore, StoreError, StoreOptions};

    struct Panic;

    impl Operation for Panic {
        type Answer = ();

        async fn run<C: Connection>(
            &self,
            _connection: &mut C,
            _options: &StoreOptions,
        ) -> Result<(), StoreError> {
            tokio::task::yield_now().await;
            panic!("a bug")
        }
    }

    #[tokio::test]
    async fn a_panic_fails_one_write_and_not_the_writer() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("pantoken.db")).await;
        let store = store.unwrap();
        for _ in 0..2 {
            let answer = store.write(Panic).await;
            assert!(matches!(answer, Err(StoreError::Unavailable(_))));
            store.check().await.unwrap();
        }
        store.close().await;
    }
}
