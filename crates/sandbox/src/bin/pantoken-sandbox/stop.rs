use std::io;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// How long answers under way may still take after a signal.
const GRACE: Duration = Duration::from_secs(3);

/// Ctrl-C and SIGTERM, either of which stops the sandbox.
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: Signal,
    #[cfg(unix)]
    terminate: Signal,
}

impl Signals {
    /// Takes the signals over from now on.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt())?,
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate())?,
        })
    }

    #[cfg(unix)]
    async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn received(&mut self) {
        // Without a handler the system ends the process by itself.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }

    /// Serves until a signal comes, then finishes what is under way, within [`GRACE`].
    pub(crate) async fn serve(mut self, listener: TcpListener, router: Router) -> io::Result<()> {
        let (stop, mut stopped) = watch::channel(());
        let server = axum::serve(listener, router).with_graceful_shutdown(async move {
            let _ = stopped.changed().await;
        });
        let grace_is_over = async {
            self.received().await;
            drop(stop);
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            result = server => result,
            () = grace_is_over => Ok(()),
        }
    }
}
