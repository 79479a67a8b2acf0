//! The span of a request and its line in the log. They contain what is needed to run the server, and
//! nothing that a client sent except a known method. The URI is never logged, because that of a callback
//! contains a panToken.

use std::fmt::Display;
use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use axum::response::Response;
use tower_http::request_id::RequestId;
use tracing::{Span, field};

use crate::http::problem::ProblemCode;

/// Names the session in the span, as `requestId`. Call it only with an id that this server issued.
pub(crate) fn record_session(request_id: impl Display) {
    Span::current().record("requestId", field::display(request_id));
}

/// Names the API key of the request in the span, as `apiKey`. Call it only once the key is accepted.
pub(crate) fn record_api_key(name: &str) {
    Span::current().record("apiKey", field::display(name));
}

/// Creates the span of a request.
pub(super) fn make_span(request: &Request) -> Span {
    let id = request.extensions().get::<RequestId>();
    let id = id.and_then(|id| id.header_value().to_str().ok());
    // Of the level `error`, so that a subscriber that shows only errors shows their requests too.
    tracing::error_span!(
        "request",
        method = method(request),
        route = %route(request),
        x_request_id = id.map(field::display),
        requestId = field::Empty,
        apiKey = field::Empty,
    )
}

/// Logs that a request was answered.
pub(super) fn log_response(response: &Response, latency: Duration, _: &Span) {
    tracing::info!(
        status = response.status().as_u16(),
        code = ProblemCode::of(response),
        duration_ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX),
        "answered"
    );
}

/// Returns the request's method. Clients can send any word, so unknown ones are `other`.
pub(super) fn method(request: &Request) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let method = request.method().as_str();
    let known = KNOWN.into_iter().find(|known| *known == method);
    known.unwrap_or("other")
}

/// Returns the template of the request's path, or `other`.
fn route(request: &Request) -> &str {
    template(request.extensions().get())
}

/// Returns the template of a path, or `other`.
pub(super) fn template(route: Option<&MatchedPath>) -> &str {
    route.map_or("other", MatchedPath::as_str)
}
