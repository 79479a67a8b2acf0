//! The threads that wait for the disk. They are not the runtime's threads for blocking calls, because slow work there, such
//! as looking up a name, would hold up SQLite. There are few of them, because each holds on to memory that it has used.

use std::io;
use std::thread::{Builder, JoinHandle};

/// Starts a thread. The system shows the first 15 characters of its name.
pub(super) fn spawn(
    name: &str,
    work: impl FnOnce() + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    Builder::new().name(name.to_owned()).spawn(work)
}
