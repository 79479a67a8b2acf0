//! Who calls. Source: docs/server.md, "API keys".

use axum::extract::FromRequestParts;
use axum::http::request::Parts as Request;
use axum::http::{HeaderMap, HeaderName, header};
use pantoken_a2c::Origin;

use crate::app::{AppState, Parts, Store};
use crate::http::api_key::ApiKey;
use crate::http::client_address::client_address;
use crate::http::customer::Customer;
use crate::http::problem::Problem;

/// Who may create sessions.
pub(crate) enum Caller<'a> {
    /// The agent's back end, by its API key.
    Agent,
    /// A browser on one of the agent's pages.
    Browser(&'a Origin),
    /// A customer of the agent, by the agent's own authorisation around the router.
    Customer(&'a Customer),
}

impl<'a> Caller<'a> {
    /// Knows the caller by the agent's own authorisation, by the API key, or by the browser's
    /// `Origin` where sessions are public, within their limits.
    pub(crate) async fn identify<S: Store>(
        app: &'a Parts<S>,
        request: &'a Request,
    ) -> Result<Self, Problem> {
        let (options, headers) = (&app.options, &request.headers);
        if let Some(customer) = request.extensions.get() {
            return Ok(Self::Customer(customer));
        }
        if headers.contains_key(header::AUTHORIZATION) {
            require_api_key(app, headers).await?;
            return Ok(Self::Agent);
        }
        if !options.public_sessions {
            return Err(Problem::ApiKeyRequired);
        }
        let origin = single(headers, &header::ORIGIN).ok_or(Problem::ApiKeyRequired)?;
        let mut allowed = options.allowed_origins.iter();
        let origin = allowed
            .find(|allowed| allowed.as_str() == origin)
            .ok_or(Problem::OriginNotAllowed)?;
        let address = client_address(&options.trusted_proxies, request);
        app.rate_limits.check(address, origin)?;
        Ok(Self::Browser(origin))
    }

    /// In whose name an idempotency key counts.
    pub(crate) fn scope(&self) -> String {
        match self {
            Self::Agent => "agent".to_owned(),
            Self::Browser(origin) => origin.to_string(),
            // A blank keeps it apart from every origin.
            Self::Customer(customer) => format!("customer {}", customer.as_str()),
        }
    }

    /// What the caller is, in metrics.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Browser(_) => "browser",
            Self::Customer(_) => "customer",
        }
    }
}

/// That the agent's back end calls, and nobody else.
pub(crate) struct Agent;

impl<S: Store> FromRequestParts<AppState<S>> for Agent {
    type Rejection = Problem;

    async fn from_request_parts(request: &mut Request, app: &AppState<S>) -> Result<Self, Problem> {
        require_api_key(app.parts(), &request.headers).await?;
        Ok(Self)
    }
}

/// Lets pass with the key of the settings, or with one that `pantoken key add` made.
async fn require_api_key<S: Store>(app: &Parts<S>, headers: &HeaderMap) -> Result<(), Problem> {
    let presented = bearer(headers).ok_or(Problem::ApiKeyRequired)?;
    if let Some(key) = &app.options.api_key
        && key.is(presented)
    {
        return Ok(());
    }
    // Only what can be a stored key is looked up, so that nonsense costs no query.
    let digest = ApiKey::digest_of_stored(presented).ok_or(Problem::ApiKeyRequired)?;
    // Boxed, because a query's future is so large that moving it costs as much as signing.
    match Box::pin(app.store.find_api_key(digest)).await? {
        Some(_) => Ok(()),
        None => Err(Problem::ApiKeyRequired),
    }
}

/// The credentials of `Authorization: Bearer …`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, credentials) = single(headers, &header::AUTHORIZATION)?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| credentials.trim_start_matches(' '))
}

fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    values.next().is_none().then(|| value.to_str().ok())?
}
