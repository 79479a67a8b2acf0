//! The threads that read, each with a connection of its own. They take their calls from one queue.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle, Thread};

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

/// Clones share the threads, which end when all of them are dropped.
#[derive(Clone)]
pub(super) struct Readers(Arc<Threads>);

impl Readers {
    pub(super) fn start(file: &Arc<Path>, options: &Arc<StoreOptions>) -> io::Result<Self> {
        let mut threads = Threads::default();
        for _ in 0..THREADS {
            let reader = Reader {
                queue: threads.queue.clone(),
                file: file.clone(),
                options: options.clone(),
            };
            let thread = spawn("sqlite reader", move || reader.run())?;
            threads.running.get_mut().push(thread);
        }
        Ok(Self(Arc::new(threads)))
    }

    pub(super) async fn read<O: Operation>(&self, operation: O) -> Result<O::Answer, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.0.queue.add(Box::new(Queued { operation, reply }))?;
        let lost = |_| StoreError::unavailable("a call that reads did not end");
        answer.await.map_err(lost)?
    }

    /// Waits for the calls in progress, then closes the connections.
    pub(super) async fn close(&self) {
        self.0.queue.close();
        // Another call to close waits for this one.
        let mut running = self.0.running.lock().await;
        let ending: Vec<_> = running.drain(..).collect();
        let ended = blocking(move || {
            for thread in ending {
                let _ = thread.join();
            }
            Ok(())
        });
        let _ = ended.await;
    }
}

impl fmt::Debug for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readers").finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Threads {
    queue: Arc<Queue>,
    running: tokio::sync::Mutex<Vec<JoinHandle<()>>>,
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// The calls that wait, and the threads that wait for one. The thread that read last is woken first: its connection has
/// the most of the file in memory, and as long as one connection is enough, no other is opened.
#[derive(Default)]
struct Queue(Mutex<State>);

#[derive(Default)]
struct State {
    calls: VecDeque<Box<dyn Read>>,
    idle: Vec<Thread>,
    is_closed: bool,
}

impl Queue {
    fn add(&self, call: Box<dyn Read>) -> Result<(), StoreError> {
        let mut state = self.state();
        if state.is_closed {
            return Err(StoreError::closed());
        }
        state.calls.push_back(call);
        let woken = state.idle.pop();
        drop(state);
        if let Some(thread) = woken {
            thread.unpark();
        }
        Ok(())
    }

    /// Waits for a call. Returns `None` when the queue is closed and empty.
    fn next(&self) -> Option<Box<dyn Read>> {
        let this = thread::current();
        loop {
            let mut state = self.state();
            // `park` may return although nobody has woken the thread.
            state.idle.retain(|idle| idle.id() != this.id());
            if let Some(call) = state.calls.pop_front() {
                return Some(call);
            }
            if state.is_closed {
                return None;
            }
            state.idle.push(this.clone());
            drop(state);
            thread::park();
        }
    }

    fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        state.idle.drain(..).for_each(|idle| idle.unpark());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code that holds the lock leaves the state half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Reader {
    queue: Arc<Queue>,
    file: Arc<Path>,
    options: Arc<StoreOptions>,
}

impl Reader {
    fn run(self) {
        // Opened when it is first needed.
        let mut connection = None;
        while let Some(read) = self.queue.next() {
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};
    use std::thread::ThreadId;

    use super::*;

    /// A call that tells which thread made it.
    struct TellThread(Sender<ThreadId>);

    impl Read for TellThread {
        fn run(
            self: Box<Self>,
            connection: Option<Connection>,
            _file: &Path,
            _options: &StoreOptions,
        ) -> Option<Connection> {
            self.0.send(thread::current().id()).unwrap();
            connection
        }
    }

    fn wait_until_idle(queue: &Queue, threads: usize) {
        while queue.state().idle.len() != threads {}
    }

    #[test]
    fn calls_that_come_one_after_the_other_are_of_one_thread() {
        let queue = Arc::<Queue>::default();
        for started in 1..=THREADS {
            let reader = Reader {
                queue: queue.clone(),
                file: Path::new("none").into(),
                options: Arc::default(),
            };
            thread::spawn(|| reader.run());
            wait_until_idle(&queue, started);
        }
        let last = queue.state().idle[THREADS - 1].id();
        let (tell, told) = channel();
        for _ in 0..3 {
            queue.add(Box::new(TellThread(tell.clone()))).unwrap();
            assert_eq!(told.recv().unwrap(), last);
            wait_until_idle(&queue, THREADS);
        }
        queue.close();
        let refused = queue.add(Box::new(TellThread(tell)));
        assert!(matches!(refused, Err(StoreError::Unavailable(_))));
    }
}
