//! Who calls. Source: design.md, "Contract: HTTP API", column "who".

use axum::http::{HeaderMap, HeaderName, header};
use pantoken_protocol::Origin;

use crate::app::ApiOptions;
use crate::problem::Problem;

/// Who may create sessions.
pub(crate) enum Caller<'a> {
    /// The agent's back end, by its API key.
    Agent,
    /// A browser on one of the agent's pages.
    Browser(&'a Origin),
}

impl<'a> Caller<'a> {
    /// Knows the caller by the API key, or by the browser's `Origin` where sessions are public.
    pub(crate) fn identify(options: &'a ApiOptions, headers: &HeaderMap) -> Result<Self, Problem> {
        if headers.contains_key(header::AUTHORIZATION) {
            require_api_key(options, headers)?;
            return Ok(Self::Agent);
        }
        if !options.public_sessions {
            return Err(Problem::ApiKeyRequired);
        }
        let origin = single(headers, &header::ORIGIN).ok_or(Problem::ApiKeyRequired)?;
        let mut allowed = options.allowed_origins.iter();
        allowed
            .find(|allowed| allowed.as_str() == origin)
            .map(Self::Browser)
            .ok_or(Problem::OriginNotAllowed)
    }

    /// In whose name an idempotency key counts.
    pub(crate) fn scope(&self) -> &str {
        match self {
            Self::Agent => "agent",
            Self::Browser(origin) => origin.as_str(),
        }
    }
}

/// Lets the agent's back end pass, and nobody else.
pub(crate) fn require_api_key(options: &ApiOptions, headers: &HeaderMap) -> Result<(), Problem> {
    let presented = bearer(headers).ok_or(Problem::ApiKeyRequired)?;
    match &options.api_key {
        Some(key) if key.is(presented) => Ok(()),
        _ => Err(Problem::ApiKeyRequired),
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
