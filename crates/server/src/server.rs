use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use pantoken_core::{StopSignals, SystemClock, SystemRandom};
use pantoken_store::{ApiKeyStore, Database, DeliveryState, Outbox, StoreError, StoreOptions};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::a2c::retention::{self, Webhooks};
use crate::app::AppState;
use crate::http::client::ClientError;
use crate::http::connections::serve_connections;
use crate::http::metrics_endpoint::metrics_router;
use crate::http::public_url::PublicUrl;
use crate::http::router::router;
use crate::operations::reconcile_operations;
use crate::settings::Settings;
use crate::webhooks::{WebhookTarget, deliver};

/// The time to send a response after its time limit.
const MARGIN: Duration = Duration::from_secs(1);

/// The error of [`serve`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The folder of pages does not exist.
    #[error("PANTOKEN_PAGES: {0} is not a folder")]
    Pages(PathBuf),
    /// The database cannot be opened.
    #[error("PANTOKEN_DATABASE_URL: {0}")]
    Store(StoreError),
    /// panTokens are encrypted with a key that is not set.
    #[error(
        "{0}: set PANTOKEN_STORE_KEY to it, or add it to PANTOKEN_STORE_KEY_OLD if there is a newer key"
    )]
    StoreKey(StoreError),
    /// There is no API key, and sessions are not public.
    #[error(
        "nobody could create a session: create an API key with `pantoken key add NAME`, or set \
         PANTOKEN_API_KEY or PANTOKEN_PUBLIC_SESSIONS=true"
    )]
    NobodyMayCreate,
    /// The server cannot listen on an address.
    #[error("cannot listen on {address} ({setting}): {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The setting that names it.
        setting: &'static str,
        /// The system's error.
        source: io::Error,
    },
    /// Webhooks cannot be sent.
    #[error("PANTOKEN_WEBHOOK_URL: webhooks cannot be sent: {0}")]
    Webhook(#[from] ClientError),
    /// The running server failed.
    #[error("the server stopped: {0}")]
    Run(#[from] io::Error),
}

/// Runs the server until SIGINT or SIGTERM. Calls `announce` with the real address once it listens.
///
/// # Errors
/// Returns [`ServeError`] if the server cannot start, or fails.
pub async fn serve(
    settings: &Settings,
    announce: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    serve_with(settings, Router::new(), announce).await
}

/// Like [`serve`], with more routes.
pub(crate) async fn serve_with(
    settings: &Settings,
    routes: Router,
    announce: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let mut options = settings.api.clone();
    if let Some(folder) = options.pages.as_ref().filter(|folder| !folder.is_dir()) {
        return Err(ServeError::Pages(folder.clone()));
    }
    let listener = listen(settings.listen, "PANTOKEN_LISTEN").await?;
    let metrics_listener = match settings.metrics_listen {
        Some(address) => Some(listen(address, "PANTOKEN_METRICS_LISTEN").await?),
        None => None,
    };
    let store = open_store(settings).await?;
    let address = listener.local_addr()?;
    if options.public_url == PublicUrl::localhost(settings.listen.port()) {
        options.public_url = PublicUrl::localhost(address.port());
    }
    let api_keys = StoredApiKeys::read(&store).await?;
    if let Some(warning) = api_keys.warning() {
        tracing::warn!("{warning}");
    }
    if options.api_key.is_none() && !options.public_sessions && !api_keys.any {
        return Err(ServeError::NobodyMayCreate);
    }
    let webhooks = webhooks(settings, &store).await?;
    let (limits, proxies) = (options.limits, options.trusted_proxies.clone());
    let (signer, random) = (settings.signer.clone(), SystemRandom);
    let app = AppState::new(store.clone(), signer, options, SystemClock::new(), random);
    // Listen before the address is announced, so that no signal is missed.
    let mut signals = StopSignals::listen()?;
    announce(address);
    let _sweeper = retention::sweep(store.clone(), settings.retention_days, webhooks);
    if let Some(listener) = metrics_listener {
        let address = listener.local_addr()?;
        tracing::info!("metrics at http://{address}/metrics");
        if app.parts().options.admin_key.is_some() {
            tracing::info!("pages for operators at http://{address}/admin");
            if !address.ip().is_loopback() {
                tracing::warn!("{UNENCRYPTED_ADMIN}");
            }
        }
        let metrics = metrics_router(app.clone());
        tokio::spawn(serve_connections(
            listener,
            metrics,
            limits,
            proxies.clone(),
            pending(),
        ));
    }
    let (stop, stopped) = watch::channel(());
    let deliveries = deliver_webhooks(&app, settings.webhook.clone(), until(stopped.clone()));
    let reconciling = reconcile_operations(app.clone(), until(stopped.clone()));
    let reconciled = async {
        reconciling.await;
        Ok(())
    };
    let api = serve_connections(
        listener,
        router(app.clone()).merge(routes),
        limits,
        proxies,
        until(stopped),
    );
    let answered = AtomicBool::new(false);
    let api = async {
        api.await;
        answered.store(true, Ordering::Relaxed);
        Ok::<_, ServeError>(())
    };
    let too_slow = async {
        signals.received().await;
        drop(stop);
        // As long as any request may take, and longer than a webhook takes.
        tokio::time::sleep(limits.answer_time + MARGIN).await;
    };
    tokio::select! {
        done = async { tokio::try_join!(api, deliveries, reconciled) } => drop(done?),
        // A webhook that was in progress is sent again.
        () = too_slow => if !answered.load(Ordering::Relaxed) {
            tracing::warn!("requests in progress were aborted");
        }
    }
    store.close().await;
    Ok(())
}

/// Returns whether webhooks are sent. Warns if some are waiting and there is no receiver.
async fn webhooks(settings: &Settings, store: &Database) -> Result<Webhooks, StoreError> {
    if settings.webhook.is_some() {
        return Ok(Webhooks::Sent);
    }
    let waiting = store.count_deliveries(DeliveryState::Pending).await?;
    if waiting > 0 {
        tracing::warn!("{waiting} webhooks are waiting: set PANTOKEN_WEBHOOK_URL to send them");
    }
    Ok(Webhooks::Unsent)
}

async fn deliver_webhooks(
    app: &AppState,
    target: Option<WebhookTarget>,
    stop: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    match target {
        Some(target) => Ok(deliver(app.clone(), target, stop).await?),
        None => Ok(()),
    }
}

/// Completes when the sender is dropped.
async fn until(mut stopped: watch::Receiver<()>) {
    while stopped.changed().await.is_ok() {}
}

async fn listen(address: SocketAddr, setting: &'static str) -> Result<TcpListener, ServeError> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|source| ServeError::Listen {
        address,
        setting,
        source,
    })
}

/// What to tell the operator about pages that other machines may open.
const UNENCRYPTED_ADMIN: &str = "the pages for operators are served without TLS, and not on loopback: whoever is on \
    the way can read the key; reach them through a proxy with TLS or a tunnel";

/// What to tell the operator about a connection to Postgres that is not protected.
pub(crate) const UNPROTECTED_DATABASE: &str = "its sslmode is weaker than verify-full, so whoever is between \
    this machine and the database can read the password and what is stored";

/// Opens the store.
pub(crate) async fn open_store(settings: &Settings) -> Result<Database, StoreError> {
    let options = StoreOptions {
        keys: settings.store_keys.clone(),
        outbox: settings.webhook.is_some(),
        ..StoreOptions::default()
    };
    if !settings.database.is_protected() {
        tracing::warn!("PANTOKEN_DATABASE_URL: {UNPROTECTED_DATABASE}");
    }
    if options.keys.is_none() {
        tracing::warn!(
            "panTokens and payment tokens are stored unencrypted: set PANTOKEN_STORE_KEY to encrypt them"
        );
    }
    Database::open(&settings.database, options).await
}

impl From<StoreError> for ServeError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::UnknownKey { .. } => Self::StoreKey(error),
            _ => Self::Store(error),
        }
    }
}

/// The API keys of the store that are not revoked.
pub(crate) struct StoredApiKeys {
    /// Whether any is accepted.
    pub(crate) any: bool,
    /// The names of those that are refused, because they are not signed with the store's key.
    pub(crate) unsigned: Vec<String>,
}

impl StoredApiKeys {
    pub(crate) async fn read(store: &Database) -> Result<Self, StoreError> {
        let keys = store.list_api_keys().await?;
        let valid = keys.into_iter().filter(|key| key.revoked_at.is_none());
        let (signed, unsigned): (Vec<_>, Vec<_>) = valid.partition(|key| key.is_signed);
        Ok(Self {
            any: !signed.is_empty(),
            unsigned: unsigned.iter().map(|key| key.name.to_string()).collect(),
        })
    }

    /// Returns what to tell the operator about keys that are refused.
    pub(crate) fn warning(&self) -> Option<String> {
        let names = self.unsigned.join(", ");
        (!self.unsigned.is_empty()).then(|| {
            format!(
                "these API keys are refused, because they are not signed with PANTOKEN_STORE_KEY: \
                 {names}; revoke those that you do not know, and sign the others with `pantoken key \
                 rotate-store`"
            )
        })
    }
}
