//! The connections that read. Reads wait in one queue, and a thread that has begun to read goes on until the queue is empty,
//! because waking a thread for each read costs more than most reads.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tokio::sync::{Notify, oneshot};

use crate::backend::Operation;
use crate::sqlite::connection::run;
use crate::sqlite::open::connect_to_read;
use crate::{StoreError, StoreOptions};

/// How many threads read at the same time, each with a connection of its own.
const LIMIT: usize = 4;

/// Clones share the queue and the connections, which are opened when they are first needed.
#[derive(Clone)]
pub(super) struct Readers(Arc<Shared>);

struct Shared {
    file: Arc<Path>,
    options: Arc<StoreOptions>,
    state: Mutex<State>,
    /// Told when the last thread ends.
    ended: Notify,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Box<dyn Read>>,
    threads: usize,
    idle: Vec<Connection>,
    is_closed: bool,
}

impl Readers {
    pub(super) fn new(file: Arc<Path>, options: Arc<StoreOptions>) -> Self {
        Self(Arc::new(Shared {
            file,
            options,
            state: Mutex::default(),
            ended: Notify::new(),
        }))
    }

    pub(super) async fn read<O: Operation>(&self, operation: O) -> Result<O::Answer, StoreError> {
        let (reply, answer) = oneshot::channel();
        if self.enqueue(Box::new(Queued { operation, reply }))? {
            let shared = self.0.clone();
            tokio::task::spawn_blocking(move || shared.read_all());
        }
        let lost = |_| StoreError::unavailable("a call that reads did not end");
        answer.await.map_err(lost)?
    }

    /// Adds a call to the queue. Returns whether another thread is to read it.
    fn enqueue(&self, read: Box<dyn Read>) -> Result<bool, StoreError> {
        let mut state = self.0.state();
        if state.is_closed {
            return Err(StoreError::closed());
        }
        state.waiting.push_back(read);
        let needs_thread = state.threads < LIMIT;
        state.threads += usize::from(needs_thread);
        Ok(needs_thread)
    }

    /// Waits for the calls in progress, then closes the connections.
    pub(super) async fn close(&self) {
        self.0.state().is_closed = true;
        loop {
            let ended = self.0.ended.notified();
            if self.0.close_idle() {
                return;
            }
            ended.await;
        }
    }
}

impl fmt::Debug for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readers").finish_non_exhaustive()
    }
}

impl Shared {
    /// Reads until no call is waiting.
    fn read_all(&self) {
        let mut connection = None;
        while let Some(read) = self.next(&mut connection) {
            // After an error or a panic the connection is closed. It may cache damaged pages of a file that has since
            // been repaired.
            let held = connection.take();
            let work = AssertUnwindSafe(|| read.run(held, &self.file, &self.options));
            connection = catch_unwind(work).ok().flatten();
        }
    }

    /// Returns the next call, and a connection for it if one is idle. If no call is waiting, the thread counts as ended.
    fn next(&self, connection: &mut Option<Connection>) -> Option<Box<dyn Read>> {
        let mut state = self.state();
        let next = state.waiting.pop_front();
        if next.is_some() {
            *connection = connection.take().or_else(|| state.idle.pop());
        } else {
            state.idle.extend(connection.take());
            state.threads -= 1;
            if state.threads == 0 {
                self.ended.notify_waiters();
            }
        }
        next
    }

    /// Closes the connections if no thread reads, and returns whether that is so.
    fn close_idle(&self) -> bool {
        let mut state = self.state();
        let is_idle = state.threads == 0;
        if is_idle {
            state.idle.clear();
        }
        is_idle
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code that holds the lock leaves the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
