//! Connections that break, and answers without an end: it is not known what the provider did.

use std::time::Duration;

use pantoken_payin::{Error, PaymentId, UnknownCause};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::answers::request;
use crate::provider::client_builder;

/// What the server does with a connection once the request has arrived.
#[derive(Clone, Copy)]
enum Then {
    Close,
    Write(&'static str),
    WriteForEver,
    /// Until the client closes the connection.
    WriteAndWait(&'static str),
    /// Keeps the connection, and closes it when the next request has arrived on it.
    AnswerOnce(&'static str),
}

/// Starts a server and returns its base URL. The channel gets a message for each request.
async fn start(then: Then) -> (String, mpsc::UnboundedReceiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/sites", listener.local_addr().unwrap());
    let (arrived, requests) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (connection, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(connection, then, arrived.clone()));
        }
    });
    (base_url, requests)
}

/// Reads a request with its body, if it has one. Returns `None` if the client closed the connection.
async fn read_request(connection: &mut TcpStream) -> Option<()> {
    let mut buffer = [0; 4096];
    let mut request = Vec::new();
    loop {
        match connection.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => request.extend_from_slice(&buffer[..count]),
        }
        let is_question = request.starts_with(b"GET");
        if request.ends_with(if is_question { "\r\n\r\n" } else { "}" }.as_bytes()) {
            return Some(());
        }
    }
}

async fn serve(mut connection: TcpStream, then: Then, arrived: mpsc::UnboundedSender<()>) {
    let mut buffer = [0; 4096];
    if read_request(&mut connection).await.is_none() {
        return;
    }
    arrived.send(()).unwrap();
    match then {
        Then::Close => {}
        Then::Write(answer) => connection.write_all(answer.as_bytes()).await.unwrap(),
        Then::WriteForEver => {
            let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
            connection.write_all(head).await.unwrap();
            let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
            while connection.write_all(chunk.as_bytes()).await.is_ok() {}
        }
        Then::AnswerOnce(answer) => {
            connection.write_all(answer.as_bytes()).await.unwrap();
            if read_request(&mut connection).await.is_some() {
                arrived.send(()).unwrap();
            }
        }
        Then::WriteAndWait(answer) => {
            connection.write_all(answer.as_bytes()).await.unwrap();
            while connection
                .read(&mut buffer)
                .await
                .is_ok_and(|count| count > 0)
            {}
        }
    }
}

async fn pay(then: Then, timeout: Duration) -> UnknownCause {
    let (base_url, mut requests) = start(then).await;
    let client = client_builder(&base_url).build().unwrap();
    let client = client.with_timeout(timeout);
    let error = client.payments().create(request()).await.unwrap_err();
    requests.recv().await.unwrap();
    // It was not sent again.
    assert!(requests.try_recv().is_err());
    match error {
        Error::Unknown(cause) => cause,
        error => panic!("{error:?}"),
    }
}

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_connection_that_is_cut_leaves_the_outcome_unknown() {
    for then in [
        Then::Close,
        Then::Write("HTTP/1.1 200 OK\r\nContent-Le"),
        Then::Write("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"paymentId\":\"1\""),
        Then::Write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"paymentId"),
        Then::Write("no HTTP at all\r\n\r\n"),
    ] {
        assert_eq!(pay(then, LONG).await, UnknownCause::ConnectionLost);
    }
}

#[tokio::test]
async fn an_answer_without_an_end_is_not_kept() {
    let cause = pay(Then::WriteForEver, LONG).await;
    assert!(matches!(cause, UnknownCause::TooLong(_)), "{cause:?}");
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_leaves_the_outcome_unknown() {
    let soon = Duration::from_millis(300);
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{";
    for answer in ["", "HTTP/1.1 200", half] {
        let cause = pay(Then::WriteAndWait(answer), soon).await;
        assert_eq!(cause, UnknownCause::Timeout, "{answer}");
    }
}

#[tokio::test]
async fn a_request_on_a_kept_connection_that_is_cut_is_not_sent_again() {
    let answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    let (base_url, mut requests) = start(Then::AnswerOnce(answer)).await;
    let client = client_builder(&base_url).build().unwrap();
    let error = client.payments().create(request()).await.unwrap_err();
    assert!(error.is_not_found());
    let error = client.payments().create(request()).await;
    let lost = Error::Unknown(UnknownCause::ConnectionLost);
    assert_eq!(error, Err(lost));
    for _ in 0..2 {
        requests.recv().await.unwrap();
    }
    assert!(requests.try_recv().is_err());
}

#[tokio::test]
async fn a_question_has_a_time_limit_too() {
    let (base_url, _requests) = start(Then::WriteAndWait("")).await;
    let client = client_builder(&base_url).build().unwrap();
    let client = client.with_timeout(Duration::from_millis(300));
    let error = client.payments().get(&PaymentId::parse("1").unwrap()).await;
    assert_eq!(error, Err(Error::Unknown(UnknownCause::Timeout)));
}
