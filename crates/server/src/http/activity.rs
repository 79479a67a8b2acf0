//! What a connection is doing, and how long it may go on doing that.
//!
//! hyper has one time limit for the headers of a request and for an idle connection. They have to differ:
//! a proxy reuses a connection that has been idle for a minute, and nobody needs a minute for headers.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, sleep_until};

use crate::http::limits::Limits;

/// How many times a connection is looked at during the time for headers.
const LOOKS: u32 = 4;

/// The state of one connection, shared by its stream, its requests and the watch for its time limits.
pub(super) struct Activity {
    limits: Limits,
    opened: Instant,
    /// When the present state began, in milliseconds since `opened`.
    since: AtomicU64,
    /// The number of requests that are not answered completely.
    requests: AtomicUsize,
    /// Whether headers are on their way: from the start, and from the first byte after an answer.
    reads_headers: AtomicBool,
    is_http2: AtomicBool,
}

impl Activity {
    pub(super) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            opened: Instant::now(),
            since: AtomicU64::new(0),
            requests: AtomicUsize::new(0),
            reads_headers: AtomicBool::new(true),
            is_http2: AtomicBool::new(false),
        })
    }

    pub(super) fn is_http2(&self) -> bool {
        self.is_http2.load(Ordering::Relaxed)
    }

    /// Counts a request until the guard is dropped.
    pub(super) fn begin_request(self: &Arc<Self>, is_http2: bool) -> RequestGuard {
        self.is_http2.store(is_http2, Ordering::Relaxed);
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.reads_headers.store(false, Ordering::Relaxed);
        self.mark();
        RequestGuard(Arc::clone(self))
    }

    /// Bytes arrived. In HTTP/2 they need not be a request's, so there the time for headers is the idle time.
    fn received(&self) {
        if self.requests.load(Ordering::Relaxed) == 0
            && !self.is_http2()
            && !self.reads_headers.swap(true, Ordering::Relaxed)
        {
            self.mark();
        }
    }

    fn mark(&self) {
        let elapsed = u64::try_from(self.opened.elapsed().as_millis());
        self.since
            .store(elapsed.unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Returns until when the connection may stay as it is.
    fn deadline(&self) -> Instant {
        let limits = &self.limits;
        let time = if self.requests.load(Ordering::Relaxed) > 0 {
            // A client that reads a part of the answer now and then is served.
            limits.answer_time + limits.write_time
        } else if self.reads_headers.load(Ordering::Relaxed) {
            limits.header_time
        } else {
            limits.idle_time
        };
        let since = Duration::from_millis(self.since.load(Ordering::Relaxed));
        self.opened + since + time
    }

    /// Completes when the connection has been in one state for too long.
    pub(super) async fn expired(&self) {
        loop {
            let (now, deadline) = (Instant::now(), self.deadline());
            if deadline <= now {
                return;
            }
            // A new state may have an earlier deadline.
            sleep_until(deadline.min(now + self.limits.header_time / LOOKS)).await;
        }
    }
}

/// A request that is not answered completely.
pub(super) struct RequestGuard(Arc<Activity>);

impl Drop for RequestGuard {
    fn drop(&mut self) {
        self.0.mark();
        self.0.requests.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The body of an answer. The request ends with it.
pub(super) struct AnswerBody {
    pub(super) body: Body,
    pub(super) request: RequestGuard,
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if frame.is_ready() {
            self.request.0.mark();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream that reports when bytes arrive.
pub(super) struct WatchedStream<S> {
    pub(super) stream: S,
    pub(super) activity: Arc<Activity>,
}

impl<S: AsyncRead + Unpin> AsyncRead for WatchedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.activity.received();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WatchedStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
