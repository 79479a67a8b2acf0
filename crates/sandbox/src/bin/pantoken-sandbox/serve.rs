use std::io;
use std::time::Duration;

use axum::Router;
use futures_util::future::try_join_all;
use pantoken_core::StopSignals;
use pantoken_sandbox::qiwi_pay::{ClientCertificate, TlsListener};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long requests in progress may take after a signal.
const GRACE: Duration = Duration::from_secs(3);

/// A port, and what is served on it.
pub(crate) enum Server {
    Plain(TcpListener, Router),
    /// With TLS and client certificates.
    Tls(TlsListener, Router),
}

impl Server {
    async fn serve(self, stopped: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        match self {
            Self::Plain(listener, router) => {
                let server = axum::serve(listener, router);
                server.with_graceful_shutdown(stopped).await
            }
            Self::Tls(listener, router) => {
                let router = router.into_make_service_with_connect_info::<ClientCertificate>();
                let server = axum::serve(listener, router);
                server.with_graceful_shutdown(stopped).await
            }
        }
    }
}

/// Serves until a signal arrives, then finishes the requests in progress, within [`GRACE`].
pub(crate) async fn until_stopped(
    mut signals: StopSignals,
    servers: Vec<Server>,
) -> io::Result<()> {
    let (stop, stopped) = watch::channel(());
    let servers = servers.into_iter().map(|server| {
        let mut stopped = stopped.clone();
        server.serve(async move {
            let _ = stopped.changed().await;
        })
    });
    let grace_period = async {
        signals.received().await;
        drop(stop);
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        result = try_join_all(servers) => result.map(drop),
        () = grace_period => Ok(()),
    }
}
