//! Clients that are slow, idle, too large or too many, over real sockets.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use pantoken_server::{ApiOptions, Limits, TrustedProxies, serve_connections};
use sqlx::{Connection, SqliteConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::{API_KEY, Answer, Server, callback_path, server_with};
use crate::wait;

const SHORT: Duration = Duration::from_millis(50);

/// A server at a real socket, until it is stopped.
struct Listening {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

async fn listen(router: Router, limits: Limits) -> Listening {
    listen_behind(TrustedProxies::default(), router, limits).await
}

async fn listen_behind(proxies: TrustedProxies, router: Router, limits: Limits) -> Listening {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let ended = tokio::spawn(serve_connections(
        listener,
        router,
        limits,
        proxies,
        async {
            let _ = stopped.await;
        },
    ));
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

async fn send(address: SocketAddr, bytes: impl AsRef<[u8]>) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes.as_ref()).await.unwrap();
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
    let (_server, listening) = limited(|limits| limits.idle_time = SHORT).await;
    let answer = rest(send(listening.address, HEALTH).await).await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_connection_is_idle_for_longer_than_its_headers_may_take() {
    let (_server, listening) = limited(|limits| limits.header_time = SHORT).await;
    let mut idle = send(listening.address, HEALTH).await;
    head(&mut idle).await;
    // Others time out meanwhile, more than once.
    for _ in 0..3 {
        assert_eq!(rest(send(listening.address, "").await).await, "");
    }
    idle.write_all(HEALTH.as_bytes()).await.unwrap();
    head(&mut idle).await;
    // From the first byte on, there is the time for headers.
    idle.write_all(b"GET").await.unwrap();
    assert_eq!(rest(idle).await, "");
}

/// A client that speaks HTTP/2 without TLS from the start, as the proxies of some platforms do.
async fn http2_client(address: SocketAddr) -> hyper::client::conn::http2::SendRequest<Body> {
    let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), stream);
    let (client, connection) = handshake.await.unwrap();
    tokio::spawn(connection);
    client
}

fn http2_request(address: SocketAddr, path: &str) -> Request<Body> {
    let uri = format!("http://{address}{path}");
    Request::get(uri).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn http2_without_tls_is_served_until_it_is_idle() {
    let (_server, listening) = limited(|limits| {
        limits.header_time = SHORT;
        limits.idle_time = SHORT;
    })
    .await;
    let mut client = http2_client(listening.address).await;
    for path in ["/healthz", "/openapi.json", "/healthz"] {
        let request = http2_request(listening.address, path);
        let answer = wait::until_done("an answer", client.send_request(request));
        let answer = answer.await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), answer.version()),
            (200, Version::HTTP_2)
        );
        axum::body::to_bytes(Body::new(answer.into_body()), 1 << 20)
            .await
            .unwrap();
    }
    wait::until_some("the end of the connection", async || {
        client.is_closed().then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_http2_connection_has_a_limit_of_requests_and_of_headers() {
    let (_server, listening) = limited(|_| {}).await;
    let mut client = http2_client(listening.address).await;
    let mut request = http2_request(listening.address, "/healthz");
    let long = "a".repeat(20_000).parse().unwrap();
    request.headers_mut().insert("x-long", long);
    let answer = wait::until_done("an answer", client.send_request(request)).await;
    assert_eq!(answer.unwrap().status(), 431);

    // The preface and empty settings. Source: RFC 9113, sections 3.4 and 6.5.
    let start = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0";
    let mut stream = send(listening.address, start).await;
    let mut head = [0; 9];
    wait::until_done("settings", stream.read_exact(&mut head))
        .await
        .unwrap();
    let mut settings = vec![0; head[2].into()];
    stream.read_exact(&mut settings).await.unwrap();
    let max_concurrent_streams = [0, 3, 0, 0, 0, 64];
    assert!(
        settings.chunks(6).any(|one| one == max_concurrent_streams),
        "{settings:?}"
    );
}

#[tokio::test]
async fn one_address_does_not_take_all_connections() {
    let (_server, listening) = limited(|limits| {
        limits.connections = 6;
        limits.connections_per_address = 3;
    })
    .await;
    let port = listening.address.port();
    let mut crowd = Vec::new();
    for _ in 0..12 {
        crowd.push(send(listening.address, "").await);
    }
    // The first three wait for headers, and the others are closed.
    for stream in crowd.split_off(3) {
        assert_eq!(rest(stream).await, "");
    }
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut other = socket.connect(([127, 0, 0, 1], port).into()).await.unwrap();
    other.write_all(HEALTH.as_bytes()).await.unwrap();
    head(&mut other).await;
}

#[tokio::test]
async fn a_trusted_proxy_has_as_many_connections_as_there_are() {
    let server = server_with(|_| {}).await;
    let limits = Limits {
        connections_per_address: 1,
        ..Limits::default()
    };
    let proxies = TrustedProxies::parse("127.0.0.1").unwrap();
    let listening = listen_behind(proxies, server.router.clone(), limits).await;
    let mut streams = Vec::new();
    for _ in 0..5 {
        streams.push(send(listening.address, HEALTH).await);
    }
    for stream in &mut streams {
        head(stream).await;
    }
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
async fn a_flood_of_wrong_result_tokens_does_not_wait_for_the_writer() {
    let server = server_with(|_| {}).await;
    let session = server.iframe_session().await;
    let path = format!("/v1/sessions/{}/result", session.field("requestId"));
    let url = format!("sqlite://{}", server.database.display());
    let mut other = SqliteConnection::connect(&url).await.unwrap();
    let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let body = r#"{"panToken":"token-1"}"#;
    let wrong = "a".repeat(43);
    for token in [&wrong, &session.field("resultToken").to_uppercase()] {
        let headers = [
            ("content-type", "application/json"),
            ("pantoken-result-token", token),
        ];
        for _ in 0..100 {
            let answer = server.call("POST", &path, &headers, body);
            let answer = wait::until_done("a refusal", answer).await;
            answer.is_problem(403, "RESULT_TOKEN_INVALID", None);
        }
    }
    // The right token needs the lock.
    let right = server.post_result(&session, body);
    tokio::pin!(right);
    let pending = tokio::time::timeout(SHORT, &mut right).await;
    assert!(pending.is_err(), "the writer is not locked");
    drop(lock);
    other.close().await.unwrap();
    let answer = wait::until_done("the result", right).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

/// Browsers percent-encode such bytes, so only another client sends them as they are. hyper takes UTF-8, and refuses
/// other bytes as no URI.
#[tokio::test]
async fn a_card_is_not_lost_for_bytes_of_a_callback_that_are_not_ascii() {
    let (server, listening) = limited(|_| {}).await;
    let come_back = async |session: &Answer, note: &[u8]| {
        let (path, id) = (callback_path(session), session.field("requestId"));
        let start = format!("GET {path}?requestId={id}&panToken=token-1&note=");
        let end = b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let request = [start.as_bytes(), note, end].concat();
        rest(send(listening.address, request).await).await
    };
    let session = server.redirect_session().await;
    let answer = come_back(&session, "Не".as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    assert_eq!(server.state(&session).await, "saved");

    let session = server.redirect_session().await;
    let answer = come_back(&session, b"\xcd\xe5").await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert_eq!(server.state(&session).await, "created");
    // The link is still good.
    let answer = come_back(&session, b"%CD%E5").await;
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    assert_eq!(server.state(&session).await, "saved");
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
