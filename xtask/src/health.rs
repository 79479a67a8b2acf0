use std::io::{Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use anyhow::{Result, bail};

const PATIENCE: Duration = Duration::from_secs(2);

/// Fails if something listens on the port: on 127.0.0.1, or on ::1, where a browser looks for
/// `localhost` first.
pub(crate) fn port_is_free(port: u16, for_what: &str) -> Result<()> {
    for address in [
        SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
    ] {
        match TcpListener::bind(address) {
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => bail!(
                "port {port} is busy: something listens on {address}, where {for_what} \
                 should be; stop it and try again"
            ),
            // A machine without IPv6 has nothing on ::1.
            _ => {}
        }
    }
    Ok(())
}

/// Whether the server on this port of 127.0.0.1 says that it is well.
pub(crate) fn answers(port: u16) -> bool {
    status_line(port).is_ok_and(|line| line.starts_with("HTTP/1.1 200"))
}

fn status_line(port: u16) -> std::io::Result<String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    // In one piece: a server may answer and close before it has read a second one.
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.take(1024).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::thread;

    use super::*;

    fn answer_once(answer: &'static [u8]) -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let request = read_head(&mut stream);
            assert!(request.starts_with("GET /healthz HTTP/1.1\r\n"));
            stream.write_all(answer).unwrap();
        });
        port
    }

    fn read_head(stream: &mut TcpStream) -> String {
        let mut head = String::new();
        let mut reader = BufReader::new(stream);
        while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
        head
    }

    #[test]
    fn a_busy_port_is_named_with_what_it_is_for() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let text = port_is_free(port, "the sandbox").unwrap_err().to_string();
        assert!(text.contains(&format!("127.0.0.1:{port}")), "{text}");
        assert!(text.contains("the sandbox"), "{text}");
    }

    #[test]
    fn a_port_that_nobody_listens_on_is_free() {
        // Port 0 stands for any that is free.
        assert!(port_is_free(0, "the sandbox").is_ok());
    }

    #[test]
    fn only_a_200_is_well() {
        assert!(answers(answer_once(
            b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
        )));
        assert!(!answers(answer_once(
            b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"
        )));
    }
}
