use std::io;
use std::time::Duration;

use axum::Router;
use futures_util::future::try_join_all;
use pantoken_core::StopSignals;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long requests in progress may take after a signal.
const GRACE: Duration = Duration::from_secs(3);

/// Serves until a signal arrives, then finishes the requests in progress, within [`GRACE`].
pub(crate) async fn until_stopped(
    mut signals: StopSignals,
    providers: Vec<(TcpListener, Router)>,
) -> io::Result<()> {
    let (stop, stopped) = watch::channel(());
    let servers = providers.into_iter().map(|(listener, router)| {
        let mut stopped = stopped.clone();
        let server = axum::serve(listener, router).with_graceful_shutdown(async move {
            let _ = stopped.changed().await;
        });
        server.into_future()
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
