//! Who may do what.

use axum::http::request::Parts as Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use pantoken_store::ApiKeyName;

use crate::app::Parts;
use crate::http::allowed_origin::AllowedOrigin;
use crate::http::api_key_holder::ApiKeyHolder;
use crate::http::client_address::client_address;
use crate::http::credentials::{bearer, single};
use crate::http::customer::Customer;
use crate::http::idempotency_key;
use crate::http::problem::Problem;

const RESULT_TOKEN: HeaderName = HeaderName::from_static("pantoken-result-token");

/// Who creates a session.
pub(crate) enum Principal<'a> {
    /// The agent's back end, by its API key.
    Agent(ApiKeyHolder),
    /// A browser on one of the agent's pages.
    Browser(&'a AllowedOrigin),
    /// A customer of the agent, whom the agent's own middleware has authenticated.
    Customer(&'a Customer),
}

impl<'a> Principal<'a> {
    /// Identifies the principal: a [`Customer`] in the request's extensions, an API key, or, where
    /// sessions are public, the browser's `Origin` within the rate limit of its address. Credentials of another scheme,
    /// such as `Basic`, are for a proxy in front, and are ignored.
    pub(crate) async fn identify(app: &'a Parts, request: &'a Request) -> Result<Self, Problem> {
        let (options, headers) = (&app.options, &request.headers);
        if let Some(customer) = request.extensions.get() {
            return Ok(Self::Customer(customer));
        }
        if claims_api_key(headers) {
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
        app.rate_limits.check_address(address)?;
        Ok(Self::Browser(origin))
    }

    /// Returns the customer that the server knows by itself. Refuses one that the request names without an API key:
    /// webhooks repeat it, and their receiver relies on it.
    pub(crate) fn known_customer(&self, is_named: bool) -> Result<Option<&Customer>, Problem> {
        let refuse = |rule| Err(Problem::invalid("customer", rule));
        match self {
            Self::Customer(_) if is_named => {
                refuse("must be omitted, because the server knows the customer")
            }
            Self::Browser(_) if is_named => {
                refuse("is accepted only with an API key, because browsers could choose it")
            }
            Self::Customer(customer) => Ok(Some(customer)),
            Self::Agent(_) | Self::Browser(_) => Ok(None),
        }
    }

    /// Reads the key with which a request may be repeated. A browser's must be random, and a customer's keys count for
    /// that customer alone.
    pub(crate) fn idempotency_key(&self, headers: &HeaderMap) -> Result<Option<String>, Problem> {
        let check = match self {
            Self::Agent(_) | Self::Customer(_) => idempotency_key::check,
            Self::Browser(_) => idempotency_key::check_random,
        };
        idempotency_key::read(headers, check)
    }

    /// Counts a valid request against the allowance of the browser's origin.
    pub(crate) fn count(&self, app: &Parts) -> Result<(), Problem> {
        match self {
            Self::Browser(origin) => Ok(app.rate_limits.check_origin(origin)?),
            Self::Agent(_) | Self::Customer(_) => Ok(()),
        }
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

/// Returns whether the request has what could be an API key: credentials that are not of another scheme.
fn claims_api_key(headers: &HeaderMap) -> bool {
    let is_foreign = |value: &HeaderValue| {
        let scheme = value.as_bytes().split(|byte| *byte == b' ').next();
        scheme.is_some_and(|scheme| !scheme.is_empty() && !scheme.eq_ignore_ascii_case(b"bearer"))
    };
    !headers
        .get_all(header::AUTHORIZATION)
        .iter()
        .all(is_foreign)
}

/// Returns the result token, which has a header of its own, because `Authorization` may be a proxy's.
pub(crate) fn result_token(headers: &HeaderMap) -> Option<&str> {
    if headers.contains_key(RESULT_TOKEN) {
        return single(headers, &RESULT_TOKEN);
    }
    bearer(headers)
}
