//! The only writer. Writes that arrive while a transaction commits are combined in the next one, so
//! that they wait for the disk once.

use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::backend::Operation;
use crate::sqlite::checkpointer::{Checkpointer, measure_log};
use crate::sqlite::connection::run;
use crate::sqlite::open::connect;
use crate::sqlite::thread::spawn;
use crate::{StoreError, StoreOptions};

const MAX_BATCH: usize = 256;
const MAX_WAITING: usize = 1024;

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
        connection: Connection,
        file: Arc<Path>,
        options: Arc<StoreOptions>,
    ) -> io::Result<Self> {
        let (queue, entries) = mpsc::channel(MAX_WAITING);
        let task = Task {
            connection: Some(connection),
            checkpointer: Checkpointer::start(file.clone())?,
            file,
            options,
        };
        spawn("sqlite writer", move || task.run(entries))?;
        Ok(Self { queue })
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
        sent.map_err(|_| StoreError::closed())?;
        let lost = |_| StoreError::unavailable("a call that writes did not end");
        answer.await.map_err(lost)?
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

/// An operation of any kind, with the channel for its answer.
trait Write: Send {
    /// Runs the operation and stores its answer. Returns its error as well.
    fn run(
        &mut self,
        connection: &mut Connection,
        options: &StoreOptions,
    ) -> Result<(), StoreError>;

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
    fn run(
        &mut self,
        connection: &mut Connection,
        options: &StoreOptions,
    ) -> Result<(), StoreError> {
        let answer = run(self.operation.run(connection, options));
        let answer = self.answer.insert(answer).as_ref();
        answer.map(drop).map_err(Clone::clone)
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
    connection: Option<Connection>,
    file: Arc<Path>,
    checkpointer: Checkpointer,
    options: Arc<StoreOptions>,
}

impl Task {
    fn run(mut self, mut entries: mpsc::Receiver<Entry>) {
        let mut batch = Vec::with_capacity(MAX_BATCH);
        while entries.blocking_recv_many(&mut batch, MAX_BATCH) > 0 {
            let mut writes = Vec::with_capacity(batch.len());
            let mut closing = Vec::new();
            for entry in batch.drain(..) {
                match entry {
                    Entry::Write(write) => writes.push(write),
                    Entry::Close(reply) => closing.push(reply),
                }
            }
            self.write(writes);
            if !closing.is_empty() {
                entries.close();
                return self.finish(entries);
            }
        }
    }

    /// Writes the operations that are left in the closed queue.
    fn finish(mut self, mut entries: mpsc::Receiver<Entry>) {
        while let Some(entry) = entries.blocking_recv() {
            if let Entry::Write(write) = entry {
                self.write(vec![write]);
            }
        }
        self.checkpointer.close();
        // Last, because the last connection copies the write-ahead log into the file and deletes it.
        drop(self.connection);
    }

    /// Writes the operations. A panic, which is a bug in one of them, fails all operations of the same
    /// transaction, but the writer continues.
    fn write(&mut self, writes: Vec<Box<dyn Write>>) {
        if writes.is_empty() {
            return;
        }
        let held = self.connection.take();
        let work = AssertUnwindSafe(|| {
            let connection = held.map_or_else(|| connect(&self.file), Ok);
            let connection = write(connection.map_err(StoreError::from), &self.options, writes)?;
            let log = measure_log(&connection)?;
            Ok::<_, StoreError>((connection, log))
        });
        if let Ok(Ok((connection, log))) = catch_unwind(work) {
            self.connection = Some(connection);
            self.checkpointer.log_has_grown_to(log);
        }
    }
}

/// Writes the operations in one transaction, and answers them. Returns the connection if it can be used again.
fn write(
    connection: Result<Connection, StoreError>,
    options: &StoreOptions,
    mut writes: Vec<Box<dyn Write>>,
) -> Result<Connection, StoreError> {
    let committed = connection.and_then(|mut connection| {
        commit(&mut connection, options, &mut writes)?;
        Ok(connection)
    });
    match &committed {
        Ok(_) => writes.into_iter().for_each(Write::acknowledge),
        Err(error) => {
            for write in writes {
                write.fail(error.clone());
            }
        }
    }
    committed
}

/// Runs the operations in one transaction, and commits it. An operation that fails is undone by its savepoint. One that
/// writes with a single statement needs none, because SQLite undoes a statement that fails.
fn commit(
    connection: &mut Connection,
    options: &StoreOptions,
    writes: &mut [Box<dyn Write>],
) -> Result<(), StoreError> {
    execute(connection, "BEGIN IMMEDIATE")?;
    for write in writes {
        if write.needs_savepoint() {
            execute(connection, "SAVEPOINT operation")?;
        }
        let done = write.run(connection, options);
        if let Err(error) = &done
            && connection.is_autocommit()
        {
            // SQLite has rolled back the whole transaction. Every write fails.
            return Err(error.clone());
        }
        if write.needs_savepoint() {
            if done.is_err() {
                execute(connection, "ROLLBACK TO operation")?;
            }
            execute(connection, "RELEASE operation")?;
        }
    }
    execute(connection, "COMMIT")
}

fn execute(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    connection.prepare_cached(sql)?.raw_execute()?;
    Ok(())
}
