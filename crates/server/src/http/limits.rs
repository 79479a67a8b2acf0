use std::time::Duration;

/// The largest body of a request, in bytes.
pub(crate) const MAX_BODY: usize = 16 * 1024;
/// The largest headers of a request together, in bytes.
pub(crate) const MAX_HEADERS: usize = 16 * 1024;

/// How long requests and responses may take, and how many connections there may be.
///
/// The sizes are fixed: 16 KiB for a body, and 16 KiB for all headers together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The time for the headers of a request. An idle connection is closed after this time too.
    pub header_time: Duration,
    /// The time for the body of a request.
    pub body_time: Duration,
    /// The time for a whole request, from its headers to the response.
    pub answer_time: Duration,
    /// The time after which a client that reads nothing is disconnected.
    pub write_time: Duration,
    /// The number of connections at one time. Connections beyond it wait until one closes.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_time: Duration::from_secs(15),
            body_time: Duration::from_secs(10),
            answer_time: Duration::from_secs(30),
            write_time: Duration::from_secs(30),
            // Below 1,024, the usual limit of open files in a process.
            connections: 900,
        }
    }
}
