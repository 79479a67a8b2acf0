//! Webhooks through a proxy, with a root certificate of the tests' own, and without any.

use std::future::pending;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use pantoken_server::webhooks::{WebhookSecret, WebhookTarget, deliver};
use pantoken_server::{Outgoing, OutgoingProxy};
use pantoken_store::{Delivery, DeliveryState, Outbox};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::process::{Server as Process, command};
use crate::support::{Server, server};
use crate::wait;

const SAVED: &str = r#"{"panToken":"token-1"}"#;

/// Where rustls finds no root certificates, as in a minimal image.
const NO_ROOTS: [(&str, &str); 2] = [
    ("SSL_CERT_FILE", "/nowhere/ca.pem"),
    ("SSL_CERT_DIR", "/nowhere"),
];

fn target(url: &str) -> WebhookTarget {
    let secret = WebhookSecret::parse("a-webhook-secret-of-tests").unwrap();
    WebhookTarget::new(url, secret, true).unwrap()
}

/// Saves a card and sends its webhook. Returns the delivery once it was tried.
async fn send(server: &Server, target: WebhookTarget) -> Delivery {
    tokio::spawn(deliver(server.app.clone(), target, pending()));
    let session = server.iframe_session().await;
    server.post_result(&session, SAVED).await;
    wait::until_some("the webhook to be tried", async || {
        for state in [DeliveryState::Delivered, DeliveryState::Pending] {
            let mut found = server.store.list_deliveries(state, None, 1).await.unwrap();
            let tried =
                |it: &Delivery| it.state == DeliveryState::Delivered || it.last_error.is_some();
            if let Some(delivery) = found.pop().filter(tried) {
                return Some(delivery);
            }
        }
        None
    })
    .await
}

/// Reads a request and answers 200. Returns its first line.
fn answer(stream: impl Read + Write) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        let (name, value) = line.split_once(':')?;
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    reader.get_mut().write_all(answer).ok()?;
    reader.get_mut().flush().ok()?;
    Some(first)
}

/// A web proxy that answers in place of every host. Returns its port and the first lines of its requests.
fn proxy() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (lines, received) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let line = answer(stream.unwrap());
            if lines.send(line.unwrap_or_default()).is_err() {
                return;
            }
        }
    });
    (port, received)
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_go_through_the_proxy() {
    let (port, requests) = proxy();
    let proxy = OutgoingProxy::parse(&format!("http://127.0.0.1:{port}")).unwrap();
    let outgoing = || Outgoing::default().with_proxy(proxy.clone());
    // Nobody listens there.
    let plain = target("http://127.0.0.1:9/hook").with_outgoing(outgoing());
    let delivery = send(&server().await, plain).await;
    assert_eq!(delivery.state, DeliveryState::Delivered, "{delivery:?}");
    let line = requests.recv().unwrap();
    assert_eq!(line, "POST http://127.0.0.1:9/hook HTTP/1.1\r\n");

    // This proxy answers without a tunnel, so nothing is told.
    let encrypted = target("https://shop.invalid/hook").with_outgoing(outgoing());
    let delivery = send(&server().await, encrypted).await;
    assert_eq!(delivery.state, DeliveryState::Pending, "{delivery:?}");
    let line = requests.recv().unwrap();
    assert_eq!(line, "CONNECT shop.invalid:443 HTTP/1.1\r\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_is_no_way_into_a_private_network_or_out_of_one_in_clear() {
    let (port, requests) = proxy();
    let outgoing = || {
        let proxy = OutgoingProxy::parse(&format!("http://127.0.0.1:{port}"));
        Outgoing::default().with_proxy(proxy.unwrap())
    };
    let secret = WebhookSecret::parse("a-webhook-secret-of-tests").unwrap();
    let private = WebhookTarget::new("https://localhost/hook", secret, false).unwrap();
    let delivery = send(&server().await, private.with_outgoing(outgoing())).await;
    let reason = delivery.last_error.unwrap();
    assert!(reason.contains("no public address"), "{reason}");
    // Who knows where the proxy would send it.
    let unknown = target("http://shop.invalid/hook").with_outgoing(outgoing());
    let delivery = send(&server().await, unknown).await;
    assert!(delivery.last_error.is_some(), "{delivery:?}");
    assert!(requests.try_recv().is_err());
}

/// Makes a root certificate, and one for localhost that it signs. Returns `false` without openssl.
fn make_certificates(folder: &Path) -> bool {
    const SCRIPT: &str = "set -e
        curve='-pkeyopt ec_paramgen_curve:P-256 -nodes'
        openssl req -x509 -newkey ec $curve -keyout ca.key -out ca.pem -days 2 -subj '/CN=Test' \
            -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign'
        openssl req -newkey ec $curve -keyout key.pem -out request.pem -subj '/CN=localhost'
        printf 'subjectAltName=DNS:localhost\\nextendedKeyUsage=serverAuth\\n' > extensions
        openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
            -extfile extensions -out certificate.pem";
    let has_openssl = Command::new("openssl").arg("version").output().is_ok();
    if !has_openssl {
        return false;
    }
    let output = Command::new("sh")
        .args(["-c", SCRIPT])
        .current_dir(folder)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    true
}

/// A receiver of webhooks by https. Returns its port.
fn https_receiver(folder: &Path) -> u16 {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let certificate = CertificateDer::from_pem_file(folder.join("certificate.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("key.pem")).unwrap();
    let config = ServerConfig::builder().with_no_client_auth();
    let config = Arc::new(config.with_single_cert(vec![certificate], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            answer(StreamOwned::new(connection, stream.unwrap()));
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_certificate_of_ones_own_is_trusted_only_if_it_is_given() {
    let folder = tempfile::tempdir().unwrap();
    if !make_certificates(folder.path()) {
        return;
    }
    let port = https_receiver(folder.path());
    let url = format!("https://localhost:{port}/hook");
    let delivery = send(&server().await, target(&url)).await;
    let reason = delivery.last_error.unwrap();
    assert!(reason.contains("UnknownIssuer"), "{reason}");

    let pem = std::fs::read_to_string(folder.path().join("ca.pem")).unwrap();
    let outgoing = Outgoing::default().with_roots(&pem).unwrap();
    let delivery = send(&server().await, target(&url).with_outgoing(outgoing)).await;
    assert_eq!(delivery.state, DeliveryState::Delivered, "{delivery:?}");
}

#[test]
fn without_root_certificates_plain_http_works_and_https_says_what_to_install() {
    let folder = tempfile::tempdir().unwrap();
    let mut plain = command(folder.path(), "127.0.0.1:0", "text");
    Process::spawn(plain.envs(NO_ROOTS)).stop();

    let mut encrypted = command(folder.path(), "127.0.0.1:0", "text");
    let encrypted = encrypted
        .envs(NO_ROOTS)
        .env("PANTOKEN_WEBHOOK_URL", "https://shop.kz/hook");
    let output = encrypted.output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(
        text.contains("ca-certificates") && text.contains("PANTOKEN_CA_FILE"),
        "{text}"
    );

    if make_certificates(folder.path()) {
        Process::spawn(encrypted.env("PANTOKEN_CA_FILE", "ca.pem")).stop();
    }
}
