//! Threads that wait for the disk. SQLite has its own, so that slow work of other kinds on the runtime's threads, such as
//! looking up names, does not hold it up, and few, because each keeps memory that it has used.

use std::io;
use std::thread::{Builder, JoinHandle};

/// Starts a thread. The system shows the first 15 characters of its name.
pub(super) fn spawn(
    name: &str,
    work: impl FnOnce() + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    Builder::new().name(name.to_owned()).spawn(work)
}
