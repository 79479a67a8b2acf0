//! The client certificate is really presented, and its refusal has a name of its own.

use std::sync::Arc;

use pantoken_qiwi_pay::{ClientBuilder, Error, NotSent, Transaction, UnknownCause};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::calls::payment;
use crate::provider::client_builder;

/// It signed the certificates of the server, which is for the name `localhost`, and of the client.
const ROOT: &[u8] = include_bytes!("../golden/tls-root.pem");
const CERTIFICATE: &[u8] = include_bytes!("../golden/tls-localhost.pem");
const KEY: &[u8] = include_bytes!("../golden/tls-localhost-key.pem");
const CLIENT: &str = include_str!("../golden/client.pem");
/// It signed itself.
const OTHER_CLIENT: &str = include_str!("../golden/other-client.pem");

const TLS: [&SupportedProtocolVersion; 2] = [&rustls::version::TLS12, &rustls::version::TLS13];

/// Starts a server that requires a client certificate, or only asks for one, and returns its address.
async fn start(version: &'static SupportedProtocolVersion, is_required: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(ROOT).unwrap())
        .unwrap();
    let mut verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
    if !is_required {
        verifier = verifier.allow_unauthenticated();
    }
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(
            vec![certificate],
            PrivateKeyDer::from_pem_slice(KEY).unwrap(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        loop {
            let (connection, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(acceptor.clone(), connection));
        }
    });
    format!("https://localhost:{port}/merchant/direct")
}

/// Answers as nginx does: with a page if there is no certificate, and otherwise with a transaction.
async fn serve(acceptor: TlsAcceptor, connection: TcpStream) {
    let Ok(mut connection) = acceptor.accept(connection).await else {
        return;
    };
    let mut request = [0; 4096];
    let _ = connection.read(&mut request).await;
    let (status, body) = match connection.get_ref().1.peer_certificates() {
        Some(_) => (
            "200 OK",
            r#"{"txn_id":1,"txn_status":2,"txn_type":2,"error_code":0}"#,
        ),
        None => (
            "400 Bad Request",
            "<html>400 No required SSL certificate was sent</html>",
        ),
    };
    let length = body.len();
    let answer =
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
    let _ = connection.write_all(answer.as_bytes()).await;
    let _ = connection.shutdown().await;
}

async fn pay(builder: ClientBuilder) -> Result<Transaction, Error> {
    let client = builder.root_certificates(ROOT).build().unwrap();
    client.pay(&payment()).await
}

#[tokio::test]
async fn the_client_certificate_is_presented() {
    for version in TLS {
        let url = start(version, true).await;
        let answer = pay(client_builder(&url).client_certificate(CLIENT)).await;
        assert!(answer.is_ok(), "{version:?} {answer:?}");
    }
}

#[tokio::test]
async fn a_refused_certificate_is_named_as_such() {
    let refused = Err(Error::Unknown(UnknownCause::CertificateRefused));
    for version in TLS {
        let url = start(version, true).await;
        let answer = pay(client_builder(&url).client_certificate(OTHER_CLIENT)).await;
        assert_eq!(answer, refused, "{version:?}");
    }
}

#[tokio::test]
async fn the_page_of_nginx_for_a_missing_certificate_is_named_as_such() {
    // The test's own provider is reached with the root only, as a client would whose certificate is left out.
    let error = pantoken_qiwi_pay::read_answer::<Transaction>(
        400,
        b"<html>400 No required SSL certificate was sent</html>",
    );
    assert_eq!(error, Err(Error::Unknown(UnknownCause::CertificateRefused)));
}

#[tokio::test]
async fn the_providers_certificate_is_verified() {
    let url = start(&rustls::version::TLS13, false).await;
    let builder = client_builder(&url).client_certificate(CLIENT);
    // Without the root, and with an address for which the certificate is not.
    let client = builder.clone().build().unwrap();
    let error = client.pay(&payment()).await.unwrap_err();
    assert!(
        matches!(error, Error::NotSent(NotSent::NoConnection(_))),
        "{error:?}"
    );
    let by_address = url.replace("localhost", "127.0.0.1");
    let error = pay(builder.api_url(&by_address)).await.unwrap_err();
    assert!(
        matches!(error, Error::NotSent(NotSent::NoConnection(_))),
        "{error:?}"
    );
}
