use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

/// Returns a port that is free at the moment, for programs that cannot choose one by themselves. Another
/// program may take it in the meantime.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Sends an HTTP request to `address` and returns the whole response as text. `head` is the request
/// line, with further header lines after it if there are any.
#[must_use]
pub fn send_request(address: &str, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let request = format!(
        "{head}\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    // The request is sent in one write, so that no response can come before the body is sent.
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}
