use std::fmt;
use std::sync::Arc;

use pantoken_a2c_signing::Signer;
use pantoken_core::{Clock, Random};
use pantoken_store::Database;

use crate::admin::key::AdminKey;
use crate::http::api_key::ApiKey;
use crate::http::key_guesses::KeyGuesses;
use crate::http::metrics::Metrics;
use crate::http::problem::Problem;
use crate::http::rate_limit::RateLimits;
use crate::http::readiness::Readiness;
use crate::jetpay::JetpayProvider;
use crate::operations::{Engine, Provider};
use crate::payin::PayinProvider;
use crate::qiwi_pay::QiwiPayProvider;
use crate::settings::ApiOptions;

/// The state that all endpoints share. Clones share it too.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) store: Database,
    /// `None` if a2c is not configured.
    pub(crate) signer: Option<Signer>,
    pub(crate) options: ApiOptions,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) rate_limits: RateLimits,
    pub(crate) key_guesses: KeyGuesses,
    /// Guesses of the key of the pages for operators.
    pub(crate) admin_guesses: KeyGuesses,
    pub(crate) readiness: Readiness,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) operations: Engine,
}

impl Parts {
    /// Returns what the calls of a2c need, or the problem that names the settings.
    pub(crate) fn signer(&self) -> Result<&Signer, Problem> {
        self.signer.as_ref().ok_or(Problem::ProviderNotConfigured(
            "PANTOKEN_FORM_HOST, PANTOKEN_AGENT_ID and PANTOKEN_AGENT_SECRET_KEY",
        ))
    }
}

impl AppState {
    /// Creates the state of one server. Without a signer, the calls of a2c are answered with 404.
    pub fn new(
        store: impl Into<Database>,
        signer: impl Into<Option<Signer>>,
        options: ApiOptions,
        clock: impl Clock,
        random: impl Random,
    ) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(clock);
        let random: Arc<dyn Random> = Arc::new(random);
        let metrics = Arc::new(Metrics::new());
        let store = store.into();
        let payin = options.payin.clone().map(PayinProvider);
        let payin = payin.map(|payin| Arc::new(payin) as Arc<dyn Provider>);
        let jetpay = options.jetpay.clone();
        let jetpay = jetpay.map(|jetpay| JetpayProvider::new(jetpay, store.clone()));
        let jetpay = jetpay.map(|jetpay| Arc::new(jetpay) as Arc<dyn Provider>);
        let qiwi_pay = options.qiwi_pay.clone();
        let qiwi_pay = qiwi_pay.map(|options| QiwiPayProvider::new(options, store.clone()));
        let qiwi_pay = qiwi_pay.map(|qiwi_pay| Arc::new(qiwi_pay) as Arc<dyn Provider>);
        let providers = payin.into_iter().chain(jetpay).chain(qiwi_pay);
        let operations = Engine::new(
            store.clone(),
            clock.clone(),
            random.clone(),
            metrics.clone(),
            providers.collect(),
        );
        Self(Arc::new(Parts {
            store,
            signer: signer.into(),
            rate_limits: RateLimits::new(options.public_session_limits, &clock),
            key_guesses: KeyGuesses::new(options.api_key.as_ref().map(ApiKey::expose)),
            admin_guesses: KeyGuesses::new(options.admin_key.as_ref().map(AdminKey::expose)),
            readiness: Readiness::default(),
            options,
            clock,
            random,
            metrics,
            operations,
        }))
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.0
    }
}

impl fmt::Debug for AppState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppState").finish_non_exhaustive()
    }
}
