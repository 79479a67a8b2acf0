//! One line for each request: what is needed to run the server, and nothing that came in from
//! outside but the method. Never the URI: a callback's holds a panToken.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use pantoken_protocol::RequestId;
use tracing::{Instrument, Span, field};

pub(crate) async fn log(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route = request.extensions().get::<MatchedPath>();
    let span = tracing::info_span!(
        "request",
        method = method_name(request.method()),
        route = route.map_or("other", MatchedPath::as_str),
        requestId = field::Empty,
    );
    let response = next.run(request).instrument(span.clone()).await;
    span.in_scope(|| {
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(status = response.status().as_u16(), duration_ms, "answered");
    });
    response
}

/// Names the session in the request's line; only one that this server issued.
pub(crate) fn note(request_id: RequestId) {
    Span::current().record("requestId", field::display(request_id));
}

/// A method can be any word that a client sends.
fn method_name(method: &axum::http::Method) -> &str {
    match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known,
        _ => "other",
    }
}
