//! One line and one measurement for each request: what is needed to run the server, and nothing that
//! came in from outside but the method. Never the URI: a callback's holds a panToken.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use pantoken_protocol::RequestId;
use tracing::{Instrument, Span, field};

use crate::app::{AppState, Store};
use crate::problem::ProblemCode;

pub(crate) async fn log<S: Store>(
    State(app): State<AppState<S>>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("other", MatchedPath::as_str);
    let method = method_name(request.method());
    let span = tracing::info_span!("request", method, route, requestId = field::Empty);
    let response = next.run(request).instrument(span.clone()).await;
    let took = started.elapsed();
    let status = response.status().as_u16();
    let problem = response.extensions().get::<ProblemCode>();
    let metrics = &app.parts().metrics;
    metrics.answered(method, route, status, took);
    if let Some(ProblemCode(code)) = problem {
        metrics.problem(code);
    }
    span.in_scope(|| {
        let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let code = problem.map(|ProblemCode(code)| *code);
        tracing::info!(status, code, duration_ms, "answered");
    });
    response
}

/// Names the session in the request's line; only one that this server issued.
pub(crate) fn note(request_id: RequestId) {
    Span::current().record("requestId", field::display(request_id));
}

/// A method can be any word that a client sends.
fn method_name(method: &axum::http::Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let known = KNOWN.into_iter().find(|known| *known == method.as_str());
    known.unwrap_or("other")
}
