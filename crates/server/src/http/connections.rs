//! Serves the connections of a listener within their limits, and shuts down gracefully.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

use crate::http::limits::{Limits, MAX_HEADERS};

/// How long to wait if the system has no free files or memory.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(1);

/// Serves the router until `stop` completes, then finishes the requests that are in progress and returns.
///
/// Unlike `axum::serve`, it enforces [`Limits`], and adds the peer's address to each request, which the
/// limits of public sessions are based on.
pub async fn serve_connections(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let open = GracefulShutdown::new();
    let free = Arc::new(Semaphore::new(limits.connections));
    tokio::pin!(stop);
    loop {
        let next = async { (permit(&free).await, accept(&listener).await) };
        let (permit, (stream, peer)) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
        };
        let connection = Connection {
            stream,
            peer,
            limits,
            _permit: permit,
        };
        tokio::spawn(connection.serve(router.clone(), open.watcher()));
    }
    drop(listener);
    open.shutdown().await;
}

/// Waits until there is room for one more connection.
async fn permit(free: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    // The semaphore is never closed.
    Arc::clone(free).acquire_owned().await.ok()
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_connection_error(&error) => {}
            Err(error) => {
                tracing::error!(%error, "connections cannot be accepted");
                tokio::time::sleep(PAUSE_AFTER_ERROR).await;
            }
        }
    }
}

/// Returns whether the client closed the connection before it was accepted.
fn is_connection_error(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    limits: Limits,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Connection {
    async fn serve(self, router: Router, watcher: Watcher) {
        // Responses are small, and should not wait for more data.
        let _ = self.stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(self.stream);
        stream.set_write_timeout(Some(self.limits.write_time));
        let peer = self.peer;
        let answer = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.header_time)
            .max_buf_size(MAX_HEADERS)
            // One small write is faster than a vectored one.
            .writev(false)
            .serve_connection(TokioIo::new(Box::pin(stream)), answer);
        // Errors of a connection are the client's own.
        let _ = watcher.watch(connection).await;
    }
}
