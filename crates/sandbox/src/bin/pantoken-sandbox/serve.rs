use std::io;
use std::time::Duration;

use axum::Router;
use pantoken_core::StopSignals;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long requests in progress may take after a signal.
const GRACE: Duration = Duration::from_secs(3);

/// Serves until a signal arrives, then finishes the requests in progress, within [`GRACE`].
pub(crate) async fn until_stopped(
    mut signals: StopSignals,
    listener: TcpListener,
    router: Router,
) -> io::Result<()> {
    let (stop, mut stopped) = watch::channel(());
    let server = axum::serve(listener, router).with_graceful_shutdown(async move {
        let _ = stopped.changed().await;
    });
    let grace_period = async {
        signals.received().await;
        drop(stop);
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        result = server => result,
        () = grace_period => Ok(()),
    }
}
