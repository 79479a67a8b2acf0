use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

use crate::http::activity::{Activity, AnswerBody, WatchedStream};
use crate::http::client_address::TrustedProxies;
use crate::http::connections_per_address::{AddressGuard, ConnectionsPerAddress};
use crate::http::limits::{Limits, MAX_HEADERS, MAX_STREAMS};

/// How long to wait if the system has no free files or memory.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(1);
/// How long an HTTP/2 client has to notice that its connection is being closed.
const GOODBYE_TIME: Duration = Duration::from_secs(1);
/// How much of a body a client may send ahead, in bytes. HTTP/2's default is the least that is allowed.
const WINDOW: u32 = 64 * 1024;

/// Serves the router over HTTP/1.1 and, to clients that start with it, over HTTP/2 without TLS, until `stop`
/// completes. Then finishes the requests that are in progress and returns.
///
/// Unlike `axum::serve`, it enforces [`Limits`], and adds the peer's address to each request, which the
/// limits of public sessions are based on. The connections of trusted proxies are not counted by address.
pub async fn serve_connections(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    proxies: TrustedProxies,
    stop: impl Future<Output = ()>,
) {
    // Every connection has a receiver until it ends.
    let (stopping, stopped) = watch::channel(());
    let free = Arc::new(Semaphore::new(limits.connections));
    let per_address = ConnectionsPerAddress::new(limits.connections_per_address);
    tokio::pin!(stop);
    loop {
        let next = async { (permit(&free).await, accept(&listener).await) };
        let (permit, (stream, peer)) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
        };
        let Some(address) = count(&per_address, &proxies, peer.ip()) else {
            continue;
        };
        let connection = Connection {
            stream,
            peer,
            limits,
            _permit: permit,
            _address: address,
        };
        tokio::spawn(connection.serve(router.clone(), stopped.clone()));
    }
    drop((listener, stopped));
    let _ = stopping.send(());
    stopping.closed().await;
}

/// Returns a guard unless the peer is a trusted proxy, or `None` if the peer has too many connections.
fn count(
    per_address: &ConnectionsPerAddress,
    proxies: &TrustedProxies,
    peer: IpAddr,
) -> Option<Option<AddressGuard>> {
    if proxies.contains(peer.to_canonical()) {
        return Some(None);
    }
    per_address.open(peer).map(Some)
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
    _address: Option<AddressGuard>,
}

impl Connection {
    async fn serve(self, router: Router, mut stopped: watch::Receiver<()>) {
        // Responses are small, and should not wait for more data.
        let _ = self.stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(self.stream);
        stream.set_write_timeout(Some(self.limits.write_time));
        let activity = Activity::new(self.limits);
        let stream = WatchedStream {
            stream: Box::pin(stream),
            activity: Arc::clone(&activity),
        };
        let (peer, requests) = (self.peer, Arc::clone(&activity));
        let answer = service_fn(move |request: hyper::Request<Incoming>| {
            let guard = requests.begin_request(request.version() == hyper::Version::HTTP_2);
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            let answer = router.clone().oneshot(request);
            async move {
                let answer = answer.await?;
                Ok::<_, std::convert::Infallible>(answer.map(|body| AnswerBody {
                    body,
                    request: guard,
                }))
            }
        });
        let builder = builder();
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), answer));
        let (mut is_stopping, mut is_closing) = (false, false);
        loop {
            tokio::select! {
                // Errors of a connection are the client's own.
                _ = connection.as_mut() => break,
                _ = stopped.changed(), if !is_stopping => is_stopping = true,
                () = activity.expired(), if !is_closing => {
                    is_closing = true;
                    if !activity.is_http2() {
                        break;
                    }
                }
                () = tokio::time::sleep(GOODBYE_TIME), if is_closing => break,
            }
            connection.as_mut().graceful_shutdown();
        }
    }
}

/// Returns how to serve a connection of either version, without hyper's own time limits.
fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .header_read_timeout(None)
        .max_buf_size(MAX_HEADERS as usize)
        // One small write is faster than a vectored one.
        .writev(false);
    builder
        .http2()
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEADERS)
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW);
    builder
}
