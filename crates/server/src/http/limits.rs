use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
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

/// Does the work; `None` when it is not done in time. What need not wait gets no timer, which costs
/// more than most of what is done here. Pinned, because it would stand in the answer's future twice.
pub(crate) async fn within<T>(
    time: Duration,
    mut work: Pin<&mut impl Future<Output = T>>,
) -> Option<T> {
    if let Poll::Ready(done) = poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await {
        return Some(done);
    }
    // Boxed, because a timer makes every future that holds it large.
    Box::pin(tokio::time::timeout(time, work)).await.ok()
}
