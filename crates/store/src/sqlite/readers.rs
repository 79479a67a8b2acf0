//! The threads that read, each with a connection of its own. They take their calls from one queue.

use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, unbounded};
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::backend::Operation;
use crate::sqlite::blocking::blocking;
use crate::sqlite::connection::run;
use crate::sqlite::open::connect_to_read;
use crate::sqlite::thread::spawn;
use crate::{StoreError, StoreOptions};

/// How many threads read at the same time.
const THREADS: usize = 4;

/// Clones share the queue and the threads, which end when all of them are dropped.
#[derive(Clone)]
pub(super) struct Readers(Arc<Shared>);

struct Shared {
    /// `None` once it is closed.
    queue: Mutex<Option<Sender<Box<dyn Read>>>>,
    threads: tokio::sync::Mutex<Vec<JoinHandle<()>>>,
}

impl Readers {
    pub(super) fn start(file: &Arc<Path>, options: &Arc<StoreOptions>) -> io::Result<Self> {
        let (queue, calls) = unbounded();
        let start = |_| {
            let reader = Reader {
                calls: calls.clone(),
                file: file.clone(),
                options: options.clone(),
            };
            spawn("sqlite reader", move || reader.run())
        };
        let threads: io::Result<Vec<_>> = (0..THREADS).map(start).collect();
        Ok(Self(Arc::new(Shared {
            queue: Mutex::new(Some(queue)),
            threads: threads?.into(),
        })))
    }

    pub(super) async fn read<O: Operation>(&self, operation: O) -> Result<O::Answer, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.enqueue(Box::new(Queued { operation, reply }))?;
        let lost = |_| StoreError::unavailable("a call that reads did not end");
        answer.await.map_err(lost)?
    }

    fn enqueue(&self, read: Box<dyn Read>) -> Result<(), StoreError> {
        let queue = self.queue();
        let queue = queue.as_ref().ok_or_else(StoreError::closed)?;
        queue.send(read).map_err(|_| StoreError::closed())
    }

    /// Waits for the calls in progress, then closes the connections.
    pub(super) async fn close(&self) {
        drop(self.queue().take());
        // Another call to close waits for this one.
        let mut threads = self.0.threads.lock().await;
        let ending: Vec<_> = threads.drain(..).collect();
        let ended = blocking(move || {
            for thread in ending {
                let _ = thread.join();
            }
            Ok(())
        });
        let _ = ended.await;
    }

    fn queue(&self) -> MutexGuard<'_, Option<Sender<Box<dyn Read>>>> {
        // No code that holds the lock leaves the queue half changed.
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readers").finish_non_exhaustive()
    }
}

struct Reader {
    calls: Receiver<Box<dyn Read>>,
    file: Arc<Path>,
    options: Arc<StoreOptions>,
}

impl Reader {
    fn run(self) {
        // Opened when it is first needed.
        let mut connection = None;
        for read in self.calls {
            // After an error or a panic the connection is closed. It may cache damaged pages of a file that has since
            // been repaired.
            let held = connection.take();
            let work = AssertUnwindSafe(|| read.run(held, &self.file, &self.options));
            connection = catch_unwind(work).ok().flatten();
        }
    }
}

/// A call of any kind, with the channel for its answer.
trait Read: Send {
    /// Runs the operation and sends its answer. Returns the connection if it can be used again.
    fn run(
        self: Box<Self>,
        connection: Option<Connection>,
        file: &Path,
        options: &StoreOptions,
    ) -> Option<Connection>;
}

struct Queued<O: Operation> {
    operation: O,
    reply: oneshot::Sender<Result<O::Answer, StoreError>>,
}

impl<O: Operation> Read for Queued<O> {
    fn run(
        self: Box<Self>,
        connection: Option<Connection>,
        file: &Path,
        options: &StoreOptions,
    ) -> Option<Connection> {
        if self.reply.is_closed() {
            // The caller has stopped waiting.
            return connection;
        }
        let (connection, answer) = match connection.map_or_else(|| connect_to_read(file), Ok) {
            Ok(mut connection) => {
                let answer = run(self.operation.run(&mut connection, options));
                (Some(connection), answer)
            }
            Err(error) => (None, Err(error.into())),
        };
        let connection = connection.filter(|_| answer.is_ok());
        let _ = self.reply.send(answer);
        connection
    }
}
