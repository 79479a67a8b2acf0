//! The connections of one listener: each within its limits, and none cut off while it is answered.

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

use crate::http::limits::Limits;

/// All headers of a request together, in bytes.
const MAX_HEADERS: usize = 16 * 1024;
/// A system without free files or memory gets this long to find some.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Answers at this listener until `stop` is done, then finishes what is under way and returns.
///
/// Unlike `axum::serve` it closes connections that are slow, idle or too many, and it gives every
/// request its peer's address, on which the limits of public sessions count.
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

/// Room for one more connection.
async fn permit(free: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    // It is never closed.
    Arc::clone(free).acquire_owned().await.ok()
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_of_the_client(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
            }
        }
    }
}

/// Whether the client gave up before it was accepted.
fn is_of_the_client(error: &io::Error) -> bool {
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
        // An answer is small: it should not wait for more.
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
            // An answer is short: the system takes it sooner in one piece.
            .writev(false)
            .serve_connection(TokioIo::new(Box::pin(stream)), answer);
        // What breaks a connection is the client's matter.
        let _ = watcher.watch(connection).await;
    }
}
