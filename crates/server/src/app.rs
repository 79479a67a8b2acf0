use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use pantoken_protocol::Origin;
use pantoken_signing::Signer;

use crate::api_key::ApiKey;
use crate::clock::Clock;
use crate::public_url::PublicUrl;
use crate::random::Random;
use crate::return_url::ReturnUrls;

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
}

/// Everything that an endpoint works with.
pub struct AppState<S>(Arc<Parts<S>>);

pub(crate) struct Parts<S> {
    pub(crate) store: S,
    pub(crate) signer: Signer,
    pub(crate) options: ApiOptions,
    pub(crate) clock: Box<dyn Clock>,
    pub(crate) random: Box<dyn Random>,
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
        Self(Arc::new(Parts {
            store,
            signer,
            options,
            clock: Box::new(clock),
            random: Box::new(random),
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
