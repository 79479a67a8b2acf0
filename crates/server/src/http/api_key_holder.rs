//! Who holds an API key, and what the key allows.

use axum::extract::FromRequestParts;
use axum::http::request::Parts as Request;
use pantoken_store::{ApiKeyName, ApiKeyScope, ApiKeyStore, SessionData, StoredOperation};

use crate::app::{AppState, Parts};
use crate::http::api_key::ApiKey;
use crate::http::client_address::client_address;
use crate::http::credentials::bearer;
use crate::http::problem::Problem;
use crate::http::rate_limit::RateLimited;
use crate::http::trace::record_api_key;

/// What the log calls the key of the settings, which has no name.
const SETTING: &str = "PANTOKEN_API_KEY";

/// The holder of a valid API key.
#[derive(Debug)]
pub(crate) struct ApiKeyHolder {
    /// `None` for the key of the settings.
    name: Option<ApiKeyName>,
    scope: ApiKeyScope,
}

impl ApiKeyHolder {
    /// Identifies the sender of a request by its API key. Names the key in the log.
    pub(crate) async fn identify(app: &Parts, request: &Request) -> Result<Self, Problem> {
        let presented = bearer(&request.headers).ok_or(Problem::ApiKeyRequired)?;
        let address = client_address(&app.options.trusted_proxies, request);
        let guess = app
            .key_guesses
            .check(presented, address, app.clock.elapsed());
        guess.map_err(|RateLimited(wait)| Problem::WrongApiKeys(wait))?;
        let holder = Self::find(app, presented).await?;
        app.key_guesses.remember(presented);
        record_api_key(holder.name.as_ref().map_or(SETTING, ApiKeyName::as_str));
        Ok(holder)
    }

    /// Accepts the key of the settings, and those that `pantoken key add` created.
    async fn find(app: &Parts, presented: &str) -> Result<Self, Problem> {
        if let Some(key) = &app.options.api_key
            && key.is(presented)
        {
            return Ok(Self {
                name: None,
                scope: ApiKeyScope::ReadAll,
            });
        }
        // Only what can be a stored key is looked up, so that nonsense costs no query.
        let digest = ApiKey::digest_of_stored(presented).ok_or(Problem::ApiKeyRequired)?;
        let record = app.store.find_api_key(digest).await?;
        let record = record.ok_or(Problem::ApiKeyRequired)?;
        if !record.is_signed {
            tracing::warn!(
                apiKey = %record.name,
                "an API key was refused, because it is not signed with PANTOKEN_STORE_KEY"
            );
            return Err(Problem::ApiKeyRequired);
        }
        Ok(Self {
            name: Some(record.name),
            scope: record.scope,
        })
    }

    /// Returns the key's name, unless it is the key of the settings.
    pub(crate) fn name(&self) -> Option<&ApiKeyName> {
        self.name.as_ref()
    }

    /// Rejects a key that may only create sessions.
    pub(crate) fn require_reading(&self) -> Result<(), Problem> {
        match self.scope {
            ApiKeyScope::Create => Err(Problem::ApiKeyScope),
            ApiKeyScope::ReadOwn | ApiKeyScope::ReadAll => Ok(()),
        }
    }

    /// Returns whether the key may read this session.
    pub(crate) fn may_read(&self, session: &SessionData) -> bool {
        match self.scope {
            ApiKeyScope::Create => false,
            ApiKeyScope::ReadOwn => session.created_by.is_some() && session.created_by == self.name,
            ApiKeyScope::ReadAll => true,
        }
    }

    /// Returns whether the key may read this operation.
    pub(crate) fn may_read_operation(&self, operation: &StoredOperation) -> bool {
        let own = self.name.as_ref().map(ApiKeyName::as_str);
        match self.scope {
            ApiKeyScope::Create => false,
            ApiKeyScope::ReadOwn => own.is_some() && operation.created_by.as_deref() == own,
            ApiKeyScope::ReadAll => true,
        }
    }

    /// Returns the name of the key if it may read no sessions but its own.
    pub(crate) fn reads_only(&self) -> Option<&ApiKeyName> {
        match self.scope {
            ApiKeyScope::ReadAll => None,
            ApiKeyScope::Create | ApiKeyScope::ReadOwn => self.name.as_ref(),
        }
    }

    /// Returns the scope of the holder's idempotency keys. Keys that may read every session share one, so
    /// that a creation can be repeated with a new key. The others must not get each other's sessions.
    pub(crate) fn idempotency_scope(&self) -> String {
        match (&self.name, self.scope) {
            (Some(name), ApiKeyScope::Create | ApiKeyScope::ReadOwn) => format!("agent {name}"),
            _ => "agent".to_owned(),
        }
    }
}

/// Extracts the holder of the API key, and rejects requests without a valid one.
pub(crate) struct RequireApiKey(pub(crate) ApiKeyHolder);

impl FromRequestParts<AppState> for RequireApiKey {
    type Rejection = Problem;

    async fn from_request_parts(request: &mut Request, app: &AppState) -> Result<Self, Problem> {
        ApiKeyHolder::identify(app.parts(), request).await.map(Self)
    }
}
