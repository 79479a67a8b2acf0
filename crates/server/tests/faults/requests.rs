use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::faulty_site::FaultySite;
use crate::load::API_KEY;
use crate::load::answers::Answers;
use crate::load::cards::Cards;
use crate::load::short_or_long;
use crate::numbers;

#[tokio::test(flavor = "multi_thread")]
async fn half_sent_bodies_hurt_only_who_sends_them() {
    let whole = create(r#"{"flow":"iframe"}"#);
    // Each request is truncated, and the connection closed.
    let requests = (0..whole.len()).map(|end| whole[..end].to_vec()).collect();
    hurts_nobody_else("half-sent requests", requests).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn oversized_headers_hurt_only_who_sends_them() {
    let long = |length: usize| format!("X-Long: {}\r\n", "a".repeat(length));
    let requests = [
        get("/healthz", &long(20_000)),
        get("/healthz", &long(5_000_000)),
        get("/healthz", &"X-Many: a\r\n".repeat(200)),
        get("/healthz", &"X-Many: a\r\n".repeat(100_000)),
        get(&format!("/{}", "a".repeat(100_000)), ""),
        get("/healthz", &format!("{}: a\r\n", "X".repeat(100_000))),
        format!("{} /healthz HTTP/1.1\r\n\r\n", "G".repeat(100_000)).into_bytes(),
        create(&format!(r#"{{"flow":"{}"}}"#, "a".repeat(5_000_000))),
    ];
    hurts_nobody_else("oversized headers and bodies", requests.to_vec()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_http_hurts_only_who_sends_it() {
    let requests = [
        "\r\n\r\n",
        "GET\r\n\r\n",
        "GET /healthz\r\n\r\n",
        "GET /healthz HTTP/9.9\r\n\r\n",
        "GET  /healthz  HTTP/1.1\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nno colon\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: a\0b\r\n\r\n",
        "GET /\u{0}\u{1} HTTP/1.1\r\n\r\n",
        "GET /%ff%00/../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://[::1 HTTP/1.1\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}\u{3}\u{3}",
        "POST /v1/sessions HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST /v1/sessions HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n{",
        "POST /v1/sessions HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "POST /v1/sessions HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        "POST /v1/sessions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST /v1/sessions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{",
        "POST /v1/sessions HTTP/1.1\r\nTransfer-Encoding: gzip, identity\r\n\r\n{}",
        "POST /v1/sessions HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n",
    ];
    let mut requests: Vec<_> = requests.map(|text| text.as_bytes().to_vec()).to_vec();
    requests.extend(changed(
        &create(r#"{"flow":"iframe"}"#),
        short_or_long(300, 5000),
    ));
    hurts_nobody_else("malformed HTTP", requests).await;
}

/// A request with three of its bytes changed, so many times.
fn changed(whole: &[u8], count: usize) -> Vec<Vec<u8>> {
    let mut places = numbers(whole.len());
    let mut change = || {
        let mut request = whole.to_vec();
        for _ in 0..3 {
            let byte = places().to_le_bytes()[0].wrapping_mul(37);
            request[places()] = byte;
        }
        request
    };
    (0..count).map(|_| change()).collect()
}

fn create(body: &str) -> Vec<u8> {
    let length = body.len();
    let request = format!(
        "POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Authorization: Bearer {API_KEY}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    request.into_bytes()
}

fn get(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n").into_bytes()
}

/// While customers bring their cards, each request is sent and its connection half closed.
async fn hurts_nobody_else(fault: &str, requests: Vec<Vec<u8>>) {
    let site = FaultySite::open();
    let mut cards = Cards::start(&site.agent);
    let mut acknowledged = cards.next(20).await;
    let answers = Answers::default();
    for request in &requests {
        answers.count(status(&site.address(), request).await);
    }
    for status in 500..600 {
        assert_eq!(answers.of(Some(status)), 0, "{fault}: {answers}");
    }
    acknowledged.extend(cards.next(20).await);
    acknowledged.extend(cards.finish().await);
    assert_eq!(
        site.agent.answers.of(None),
        0,
        "customers were not answered"
    );
    let fault = format!("{} {fault}, answered {answers}", requests.len());
    site.check_cards(&fault, &acknowledged).await;
}

/// The status of the answer, if there is any before the connection is closed.
async fn status(address: &str, request: &[u8]) -> Option<u16> {
    let call = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        // The server may close it before it has all.
        let _ = stream.write_all(request).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let status = answer.get(9..12)?;
        std::str::from_utf8(status).ok()?.parse().ok()
    };
    let status = tokio::time::timeout(Duration::from_secs(60), call).await;
    status.unwrap_or_else(|_| panic!("neither answered nor closed: {request:?}"))
}
