use std::time::Duration;

/// How long a client may take, how long an answer may take, and how many clients there may be.
///
/// The size of a body is fixed (16 KiB), and so is that of all headers together (16 KiB).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For the headers of a request; an idle connection is closed after this time too.
    pub header_time: Duration,
    /// For the body of a request.
    pub body_time: Duration,
    /// For the answer to a request, its body included.
    pub answer_time: Duration,
    /// For a client that does not take what is sent to it.
    pub write_time: Duration,
    /// Connections at one time; further ones wait.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_time: Duration::from_secs(15),
            body_time: Duration::from_secs(10),
            answer_time: Duration::from_secs(30),
            write_time: Duration::from_secs(30),
            // Below the 1,024 files that a process may usually open.
            connections: 900,
        }
    }
}
