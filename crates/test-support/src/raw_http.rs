use std::io::{Read, Write};
use std::net::TcpStream;

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
