//! Who may do what.

use axum::http::request::Parts as Request;
use axum::http::{HeaderMap, HeaderName, header};
use pantoken_core::Origin;
use pantoken_store::ApiKeyName;

use crate::app::Parts;
use crate::http::api_key_holder::ApiKeyHolder;
use crate::http::client_address::client_address;
use crate::http::customer::Customer;
use crate::http::problem::Problem;

/// Who creates a session.
pub(crate) enum Principal<'a> {
    /// The agent's back end, by its API key.
    Agent(ApiKeyHolder),
    /// A browser on one of the agent's pages.
    Browser(&'a Origin),
    /// A customer of the agent, whom the agent's own middleware has authenticated.
    Customer(&'a Customer),
}

impl<'a> Principal<'a> {
    /// Identifies the principal: a [`Customer`] in the request's extensions, an API key, or, where
    /// sessions are public, the browser's `Origin` within the rate limits.
    pub(crate) async fn identify(app: &'a Parts, request: &'a Request) -> Result<Self, Problem> {
        let (options, headers) = (&app.options, &request.headers);
        if let Some(customer) = request.extensions.get() {
            return Ok(Self::Customer(customer));
        }
        if headers.contains_key(header::AUTHORIZATION) {
            let holder = ApiKeyHolder::identify(app, request).await?;
            return Ok(Self::Agent(holder));
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

    /// Returns the scope of the principal's idempotency keys.
    pub(crate) fn scope(&self) -> String {
        match self {
            Self::Agent(holder) => holder.idempotency_scope(),
            Self::Browser(origin) => origin.to_string(),
            // No origin contains a space.
            Self::Customer(customer) => format!("customer {}", customer.as_str()),
        }
    }

    /// Returns the name of the API key in the store, if it is one's.
    pub(crate) fn api_key_name(&self) -> Option<&ApiKeyName> {
        match self {
            Self::Agent(holder) => holder.name(),
            Self::Browser(_) | Self::Customer(_) => None,
        }
    }

    /// Returns the name of the kind, for metrics.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Agent(_) => "agent",
            Self::Browser(_) => "browser",
            Self::Customer(_) => "customer",
        }
    }
}

/// Returns the credentials of `Authorization: Bearer …`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, credentials) = single(headers, &header::AUTHORIZATION)?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| credentials.trim_start_matches(' '))
}

/// Returns the header's value, unless there are several.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    values.next().is_none().then(|| value.to_str().ok())?
}
