//! Clients that are slow, idle, too large or too many, over real sockets.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use pantoken_server::{ApiOptions, Limits, serve_connections};
use sqlx::{Connection, SqliteConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::{API_KEY, Server, server_with};
use crate::wait;

const SHORT: Duration = Duration::from_millis(50);

/// A server at a real socket, until it is stopped.
struct Listening {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

async fn listen(router: Router, limits: Limits) -> Listening {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let ended = tokio::spawn(serve_connections(listener, router, limits, async {
        let _ = stopped.await;
    }));
    Listening {
        address,
        stop,
        ended,
    }
}

/// A server with one limit that is soon reached.
async fn limited(change: impl Fn(&mut Limits)) -> (Server, Listening) {
    let server = server_with(|options: &mut ApiOptions| change(&mut options.limits)).await;
    let mut limits = Limits::default();
    change(&mut limits);
    let listening = listen(server.router.clone(), limits).await;
    (server, listening)
}

async fn send(address: SocketAddr, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

/// What comes until the server closes.
async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A server that closes while more is sent resets the connection.
    let _ = wait::until_done("the server to close", stream.read_to_end(&mut bytes)).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The first answer of a connection that stays open.
async fn head(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"ok\n") {
        let byte = wait::until_done("an answer", stream.read_u8()).await;
        bytes.push(byte.unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

fn post(length: usize, body: &str) -> String {
    format!(
        "POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {API_KEY}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

#[tokio::test]
async fn headers_that_do_not_end_close_the_connection() {
    let (_server, listening) = limited(|limits| limits.header_time = SHORT).await;
    for start in ["", "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: "] {
        let answer = rest(send(listening.address, start).await).await;
        assert!(!answer.contains("200"), "{answer}");
    }
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_its_answer() {
    let (_server, listening) = limited(|limits| limits.header_time = SHORT).await;
    let answer = rest(send(listening.address, HEALTH).await).await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_body_that_does_not_end_is_answered_and_given_up() {
    let (_server, listening) = limited(|limits| limits.body_time = SHORT).await;
    let answer = rest(send(listening.address, &post(100, "{")).await).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("BODY_TIMEOUT"), "{answer}");
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_given_up_and_can_be_tried_again() {
    let (server, listening) = limited(|limits| limits.answer_time = SHORT).await;
    let url = format!("sqlite://{}", server.database.display());
    let mut other = SqliteConnection::connect(&url).await.unwrap();
    let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let body = r#"{"flow":"iframe"}"#;
    let request = post(body.len(), body).replace("Host:", "Connection: close\r\nHost:");
    let answer = rest(send(listening.address, &request).await).await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(
        answer.contains("ANSWER_TIMEOUT") && answer.contains("retry-after: 5"),
        "{answer}"
    );
    drop(lock);
    other.close().await.unwrap();
    // The store may still be waiting for the lock that is gone.
    wait::until_some("a session", async || {
        let answer = server.post("/v1/sessions", body).await;
        (answer.status == 201).then_some(())
    })
    .await;
}

#[tokio::test]
async fn headers_have_a_size() {
    let (_server, listening) = limited(|_| {}).await;
    let long = format!(
        "GET /healthz HTTP/1.1\r\nX-Long: {}\r\n\r\n",
        "a".repeat(20_000)
    );
    let many = format!(
        "GET /healthz HTTP/1.1\r\n{}\r\n",
        "X-Many: a\r\n".repeat(200)
    );
    for request in [long, many] {
        let answer = rest(send(listening.address, &request).await).await;
        assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    }
}

#[tokio::test]
async fn a_connection_too_many_waits_until_another_ends() {
    let (_server, listening) = limited(|limits| limits.connections = 1).await;
    let mut first = send(listening.address, HEALTH).await;
    head(&mut first).await;
    let request = HEALTH.replace("Host", "Connection: close\r\nHost");
    let second = send(listening.address, &request).await;
    for _ in 0..20 {
        first.write_all(HEALTH.as_bytes()).await.unwrap();
        head(&mut first).await;
        let nothing = second.try_read(&mut [0]).unwrap_err();
        assert_eq!(nothing.kind(), ErrorKind::WouldBlock);
    }
    drop(first);
    assert!(rest(second).await.ends_with("ok\n"));
}

#[tokio::test]
async fn a_client_that_does_not_read_makes_room_for_the_next() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("large.bin"), vec![0; 64 << 20]).unwrap();
    let server = server_with(|options| options.pages = Some(folder.path().to_owned())).await;
    let limits = Limits {
        write_time: SHORT,
        connections: 1,
        ..Limits::default()
    };
    let listening = listen(server.router.clone(), limits).await;
    let _stuck = send(listening.address, &HEALTH.replace("healthz", "large.bin")).await;
    let request = HEALTH.replace("Host", "Connection: close\r\nHost");
    let answer = rest(send(listening.address, &request).await).await;
    assert!(answer.ends_with("ok\n"), "{answer}");
}

#[tokio::test]
async fn a_call_under_way_is_answered_after_the_signal_to_stop() {
    let (_server, listening) = limited(|_| {}).await;
    let body = r#"{"flow":"iframe"}"#;
    let mut under_way = send(listening.address, &post(body.len(), "{")).await;
    let mut idle = send(listening.address, HEALTH).await;
    head(&mut idle).await;
    listening.stop.send(()).unwrap();
    // An idle connection has nothing to wait for.
    assert_eq!(rest(idle).await, "");
    assert!(TcpStream::connect(listening.address).await.is_err());
    under_way.write_all(&body.as_bytes()[1..]).await.unwrap();
    let answer = rest(under_way).await;
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    listening.ended.await.unwrap();
}
