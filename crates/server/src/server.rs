use std::future::IntoFuture;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use pantoken_store::{SqliteStore, StoreError};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::api_key::ApiKey;
use crate::app::AppState;
use crate::clock::SystemClock;
use crate::public_url::PublicUrlError;
use crate::random::SystemRandom;
use crate::router::router;
use crate::settings::Settings;
use crate::stop_signals::StopSignals;

/// How long calls under way may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Why the server does not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The folder of pages is none.
    #[error("PANTOKEN_PAGES: {0} is not a folder")]
    Pages(PathBuf),
    /// The database cannot be opened.
    #[error("PANTOKEN_DATABASE_URL: {0}")]
    Store(#[from] StoreError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address} (PANTOKEN_LISTEN): {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// No callback URL can be made.
    #[error("PANTOKEN_PUBLIC_URL: {0}")]
    PublicUrl(#[from] PublicUrlError),
    /// The system failed the running server.
    #[error("the server stopped: {0}")]
    Run(#[from] io::Error),
}

/// Runs the server until SIGINT or SIGTERM; `announce` is told the real address once it listens.
///
/// # Errors
/// [`ServeError`] when it cannot start, or the system fails it.
pub async fn serve(
    settings: &Settings,
    announce: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    if let Some(folder) = settings.pages.as_ref().filter(|folder| !folder.is_dir()) {
        return Err(ServeError::Pages(folder.clone()));
    }
    let listener = listen(settings.listen).await?;
    let store = SqliteStore::open(&settings.database_file).await?;
    let address = listener.local_addr()?;
    let app = AppState::new(
        store.clone(),
        settings.signer.clone(),
        settings.api_options(address)?,
        SystemClock,
        SystemRandom,
    );
    // Before anyone knows that we listen, so that a signal that follows at once is not missed.
    let mut signals = StopSignals::take_over()?;
    announce(address);
    if settings.api_key.as_ref().is_some_and(ApiKey::is_guessable) {
        tracing::warn!(
            "PANTOKEN_API_KEY is short enough to be found by trying: use 16 characters or more"
        );
    }
    let (stop, stopped) = oneshot::channel::<()>();
    let server = axum::serve(listener, router(app)).with_graceful_shutdown(async {
        let _ = stopped.await;
    });
    let too_slow = async {
        signals.received().await;
        drop(stop);
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        done = server.into_future() => done?,
        () = too_slow => tracing::warn!("calls under way were cut off"),
    }
    store.close().await;
    Ok(())
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|source| ServeError::Listen { address, source })
}
