use std::fmt;
use std::sync::Arc;

use pantoken_a2c_signing::Signer;
use pantoken_store::{ApiKeyStore, SessionStore};

use crate::http::metrics::Metrics;
use crate::http::rate_limit::RateLimits;
use crate::http::readiness::Readiness;
use crate::settings::ApiOptions;
use pantoken_core::Clock;
use pantoken_core::Random;

/// The store of the HTTP API: sessions and API keys.
pub trait Store: SessionStore + ApiKeyStore {}

impl<S: SessionStore + ApiKeyStore> Store for S {}

/// The state that all endpoints share.
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
}

impl<S> AppState<S> {
    /// Creates the state of one server.
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
