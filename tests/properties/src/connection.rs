//! Connects a client to a router.

use std::convert::Infallible;
use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower::ServiceExt;

/// Returns the answers to a client that sends these bytes and then closes its side.
pub(crate) async fn answers_to(router: &Router, bytes: &[u8]) -> Vec<u8> {
    let (client, served) = tokio::io::duplex(64 * 1024);
    let answer = service_fn(|request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(Body::new);
        let peer = SocketAddr::from(([192, 0, 2, 1], 1));
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = router.clone().oneshot(request);
        async move { Ok::<_, Infallible>(answer.await.unwrap()) }
    });
    let connection = http1::Builder::new()
        .half_close(true)
        .max_buf_size(16 * 1024)
        .serve_connection(TokioIo::new(served), answer);
    let (mut reader, mut writer) = tokio::io::split(client);
    let send = async {
        // The server may close the connection in the middle.
        let _ = writer.write_all(bytes).await;
        let _ = writer.shutdown().await;
    };
    let mut answers = Vec::new();
    let (_, (), read) = tokio::join!(connection, send, reader.read_to_end(&mut answers));
    read.unwrap();
    answers
}

/// Panics if one of the answers has a server error status.
pub(crate) fn assert_no_failure(answers: &str) {
    for failure in ["HTTP/1.1 5", "HTTP/1.0 5"] {
        assert!(!answers.contains(failure), "{answers}");
    }
}
