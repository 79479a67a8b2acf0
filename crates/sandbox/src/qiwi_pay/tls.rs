//! Listens for calls of the API over TLS, and asks for the client certificate.

use std::future::pending;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use axum::serve::{IncomingStream, Listener};
use rustls::pki_types::UnixTime;
use rustls::server::danger::ClientCertVerifier;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::certificates::Certificates;

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How many connections wait to be served.
const WAITING: usize = 16;

/// What a client presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientCertificate {
    /// Nothing.
    Missing,
    /// A certificate that the sandbox did not issue, or that is not valid now.
    Wrong,
    /// The certificate that the sandbox issued.
    Right,
}

/// Listens over TLS. Serve the router of qiwi-pay with
/// `into_make_service_with_connect_info::<ClientCertificate>()` on it.
pub struct TlsListener {
    connections: mpsc::Receiver<(TlsStream<TcpStream>, ClientCertificate)>,
}

impl TlsListener {
    /// Accepts connections by a task of the runtime, until the listener is dropped.
    #[must_use]
    pub fn new(listener: TcpListener, certificates: &Certificates) -> Self {
        let (sender, connections) = mpsc::channel(WAITING);
        let acceptor = TlsAcceptor::from(certificates.config.clone());
        tokio::spawn(accept(
            listener,
            acceptor,
            certificates.verifier.clone(),
            sender,
        ));
        Self { connections }
    }
}

type Sender = mpsc::Sender<(TlsStream<TcpStream>, ClientCertificate)>;

async fn accept(
    mut listener: TcpListener,
    acceptor: TlsAcceptor,
    verifier: Arc<dyn ClientCertVerifier>,
    sender: Sender,
) {
    loop {
        // axum's own way to accept waits when there are too many open files.
        let connection = tokio::select! {
            (connection, _) = Listener::accept(&mut listener) => connection,
            () = sender.closed() => return,
        };
        let (acceptor, verifier, sender) = (acceptor.clone(), verifier.clone(), sender.clone());
        // A slow handshake keeps nobody else waiting.
        tokio::spawn(async move {
            let Ok(Ok(stream)) = timeout(HANDSHAKE, acceptor.accept(connection)).await else {
                return;
            };
            let presented = presented(&stream, verifier.as_ref());
            // An error means that the sandbox stops.
            let _ = sender.send((stream, presented)).await;
        });
    }
}

fn presented(
    stream: &TlsStream<TcpStream>,
    verifier: &dyn ClientCertVerifier,
) -> ClientCertificate {
    let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
    let Some((certificate, intermediates)) = chain.split_first() else {
        return ClientCertificate::Missing;
    };
    match verifier.verify_client_cert(certificate, intermediates, UnixTime::now()) {
        Ok(_) => ClientCertificate::Right,
        Err(_) => ClientCertificate::Wrong,
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = ClientCertificate;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.connections.recv().await {
            Some(connection) => connection,
            None => pending().await,
        }
    }

    /// The address of this side, which has no certificate of a client.
    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(ClientCertificate::Missing)
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for ClientCertificate {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        *stream.remote_addr()
    }
}

/// What a proxy in front of the sandbox says about the certificate, as nginx does with `$ssl_client_verify`.
const VERIFIED: &str = "X-SSL-Client-Verify";

impl ClientCertificate {
    /// Returns what the client of a call presented, or `None` over plain http without a word of a proxy.
    fn of(request: &Request) -> Option<Self> {
        if let Some(ConnectInfo(presented)) = request.extensions().get() {
            return Some(*presented);
        }
        let verified = request.headers().get(VERIFIED)?;
        Some(match verified.as_bytes() {
            b"SUCCESS" => Self::Right,
            b"NONE" => Self::Missing,
            _ => Self::Wrong,
        })
    }
}

/// Answers a client without the right certificate as the provider's nginx does. Over plain http, none is needed.
pub(super) async fn require_certificate(request: Request, next: Next) -> Response {
    let error = match ClientCertificate::of(&request) {
        Some(ClientCertificate::Missing) => "No required SSL certificate was sent",
        Some(ClientCertificate::Wrong) => "The SSL certificate error",
        Some(ClientCertificate::Right) | None => return next.run(request).await,
    };
    let title = "<head><title>400 Bad Request</title></head>";
    let page = format!(
        "<html>\r\n{title}\r\n<body>\r\n<center><h1>400 Bad Request</h1></center>\r\n\
         <center>{error}</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    );
    (StatusCode::BAD_REQUEST, Html(page)).into_response()
}
