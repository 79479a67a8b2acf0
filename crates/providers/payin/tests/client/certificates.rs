//! Certificates are always verified: before anything is sent, the server must prove its name.

use std::sync::Arc;

use pantoken_payin::{ClientBuilder, Error, NotSent, Payment};
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::answers::request;
use crate::provider::client_builder;

/// It signed the certificate of the server, which is for the name `localhost` only.
const ROOT: &[u8] = include_bytes!("../golden/tls-root.pem");
const CERTIFICATE: &[u8] = include_bytes!("../golden/tls-localhost.pem");
const KEY: &[u8] = include_bytes!("../golden/tls-localhost-key.pem");

/// Starts a server with TLS and returns its port.
async fn start() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        loop {
            let (connection, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(acceptor.clone(), connection));
        }
    });
    port
}

async fn serve(acceptor: TlsAcceptor, connection: TcpStream) {
    let Ok(mut connection) = acceptor.accept(connection).await else {
        return;
    };
    let mut request = [0; 4096];
    let _ = connection.read(&mut request).await;
    let body =
        r#"{"paymentId":"1","amount":{"value":"10.00","currency":"RUB"},"status":"COMPLETED"}"#;
    let length = body.len();
    let answer =
        format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
    let _ = connection.write_all(answer.as_bytes()).await;
    let _ = connection.shutdown().await;
}

async fn pay(builder: ClientBuilder) -> Result<Payment, Error> {
    let client = builder.build().unwrap();
    client.payments().create(request()).await
}

fn is_refused(answer: &Result<Payment, Error>) -> bool {
    matches!(answer, Err(Error::NotSent(NotSent::NoConnection(_))))
}

#[tokio::test]
async fn a_certificate_must_be_of_a_trusted_root_and_of_this_name() {
    let port = start().await;
    let by_name = client_builder(&format!("https://localhost:{port}/sites"));
    let answer = pay(by_name.clone().root_certificates(ROOT)).await;
    assert!(answer.is_ok(), "{answer:?}");

    let answer = pay(by_name).await;
    assert!(is_refused(&answer), "{answer:?}");
    let by_address = client_builder(&format!("https://127.0.0.1:{port}/sites"));
    let answer = pay(by_address.root_certificates(ROOT)).await;
    assert!(is_refused(&answer), "{answer:?}");
}
