use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use pantoken_a2c::Origin;
use pantoken_a2c_signing::Signer;
use pantoken_store::{ApiKeyStore, SessionStore};

use crate::a2c::return_url::ReturnUrls;
use crate::http::api_key::ApiKey;
use crate::http::client_address::TrustedProxies;
use crate::http::limits::Limits;
use crate::http::metrics::Metrics;
use crate::http::public_url::PublicUrl;
use crate::http::rate_limit::{PublicSessionLimits, RateLimits};
use crate::http::readiness::Readiness;
use crate::http::request_id::CallIds;
use pantoken_core::Clock;
use pantoken_core::Random;

/// What the HTTP API is allowed to do, and where it is.
#[derive(Clone, Debug)]
pub struct ApiOptions {
    /// Where browsers reach this server.
    pub public_url: PublicUrl,
    /// The agent's key; without it only public sessions can be created.
    pub api_key: Option<ApiKey>,
    /// The pages whose browsers may call.
    pub allowed_origins: Vec<Origin>,
    /// Whether a browser on an allowed origin may create sessions without a key.
    pub public_sessions: bool,
    /// Where the redirect flow may end.
    pub return_urls: ReturnUrls,
    /// How long a session takes its first result, in seconds.
    pub session_seconds: u32,
    /// A folder of static files to serve at `/`.
    pub pages: Option<PathBuf>,
    /// Whether `/metrics` is answered beside the API: for an address that the public does not reach.
    /// [`crate::metrics_router`] answers it elsewhere.
    pub metrics: bool,
    /// How many sessions browsers may create without a key.
    pub public_session_limits: PublicSessionLimits,
    /// The proxies whose word on the client's address counts.
    pub trusted_proxies: TrustedProxies,
    /// How long a client and an answer may take.
    pub limits: Limits,
}

impl ApiOptions {
    /// The options of a server that lets nobody create a session yet: give it an API key, public
    /// sessions, or a [`crate::Customer`] with each request.
    #[must_use]
    pub fn new(public_url: PublicUrl) -> Self {
        Self {
            public_url,
            api_key: None,
            allowed_origins: Vec::new(),
            public_sessions: false,
            return_urls: ReturnUrls::default(),
            session_seconds: 1800,
            pages: None,
            metrics: false,
            public_session_limits: PublicSessionLimits::default(),
            trusted_proxies: TrustedProxies::default(),
            limits: Limits::default(),
        }
    }
}

/// What the HTTP API keeps things in: sessions and API keys.
pub trait Store: SessionStore + ApiKeyStore {}

impl<S: SessionStore + ApiKeyStore> Store for S {}

/// Everything that an endpoint works with.
pub struct AppState<S>(Arc<Parts<S>>);

pub(crate) struct Parts<S> {
    pub(crate) store: S,
    pub(crate) signer: Signer,
    pub(crate) options: ApiOptions,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Box<dyn Random>,
    pub(crate) rate_limits: RateLimits,
    pub(crate) readiness: Readiness,
    pub(crate) metrics: Metrics,
    pub(crate) call_ids: CallIds,
}

impl<S> AppState<S> {
    /// Puts the parts together.
    pub fn new(
        store: S,
        signer: Signer,
        options: ApiOptions,
        clock: impl Clock,
        random: impl Random,
    ) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(clock);
        Self(Arc::new(Parts {
            store,
            signer,
            rate_limits: RateLimits::new(options.public_session_limits, Arc::clone(&clock)),
            readiness: Readiness::default(),
            options,
            clock,
            random: Box::new(random),
            metrics: Metrics::new(),
            call_ids: CallIds::default(),
        }))
    }
}

impl<S> Clone for AppState<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S> fmt::Debug for AppState<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppState").finish_non_exhaustive()
    }
}

impl<S> AppState<S> {
    pub(crate) fn parts(&self) -> &Parts<S> {
        &self.0
    }
}
