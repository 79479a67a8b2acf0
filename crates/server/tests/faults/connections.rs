use std::process::Command;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

use crate::faulty_site::FaultySite;
use crate::load::cards::Cards;
use crate::load::short_or_long;

const CONNECTIONS: usize = 10_000;
/// The number of files that this process has open for other reasons.
const OTHER_FILES: usize = 500;
/// The number of connections that `pantoken serve` accepts at one time (docs/server.md, "Limits").
const SERVED: usize = 900;

/// Returns how many connections this process may open, up to 10,000.
fn connections() -> usize {
    let process = std::process::id().to_string();
    // Raising the limit up to the hard limit needs no privileges.
    let raise = ["--pid", &process, "--nofile=20000"];
    let _ = Command::new("prlimit").args(raise).output();
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let soft = line.unwrap().split_whitespace().nth(3).unwrap();
    let files = soft.parse().unwrap_or(usize::MAX);
    let connections = CONNECTIONS.min(files - OTHER_FILES);
    if connections < CONNECTIONS {
        eprintln!("{connections} connections: this process may open no more than {files} files");
    }
    connections
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_are_served_beside_thousands_of_idle_and_slow_connections() {
    let connections = connections();
    let site = FaultySite::open();
    let mut cards = Cards::start(&site.agent);
    let mut acknowledged = cards.next(40).await;
    let mut crowd = JoinSet::new();
    for number in 0..connections {
        crowd.spawn(wait_for_ever(site.address(), number));
    }
    wait_until_full(&site).await;
    acknowledged.extend(cards.next(short_or_long(200, 2000)).await);
    let resident = site.resident_mebibytes();
    crowd.shutdown().await;
    acknowledged.extend(cards.finish().await);
    let fault = format!("{connections} idle and slow connections");
    site.check_cards(&fault, &acknowledged).await;
    assert!(resident < 64, "{resident} MiB");
    // A new client is served.
    assert!(health(&site.address()).await.contains("200 OK"));
}

/// Waits until the server has as many connections as it accepts.
async fn wait_until_full(site: &FaultySite) {
    let full = async {
        while site.open_sockets() < SERVED {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let full = tokio::time::timeout(Duration::from_secs(60), full).await;
    full.unwrap_or_else(|_| panic!("only {} connections were accepted", site.open_sockets()));
}

/// Opens a connection and never finishes. Half of them send nothing, and half start a request.
async fn wait_for_ever(address: String, number: usize) {
    let Ok(mut stream) = connect_from(number, &address).await else {
        return;
    };
    if number.is_multiple_of(2) {
        let start = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
        let _ = stream.write_all(start).await;
    }
    // This ends when the server or the test closes the connection.
    let _ = stream.read(&mut [0]).await;
}

/// Connects from one of many addresses, none of which may open all the connections there are.
async fn connect_from(number: usize, server: &str) -> std::io::Result<TcpStream> {
    let last = u8::try_from(number % 100).unwrap() + 2;
    let socket = TcpSocket::new_v4()?;
    socket.bind(([127, 0, 1, last], 0).into())?;
    let (_, port) = server.rsplit_once(':').unwrap();
    let port: u16 = port.parse().unwrap();
    socket.connect(([127, 0, 0, 1], port).into()).await
}

async fn health(address: &str) -> String {
    let call = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(request).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let answer = tokio::time::timeout(Duration::from_secs(60), call).await;
    answer.unwrap_or_else(|_| panic!("the server accepts no connection"))
}
