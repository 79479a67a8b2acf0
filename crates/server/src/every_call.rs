//! What every call gets, in one middleware because each costs as much as an endpoint: an id, a time
//! limit, the headers of every answer, a measurement and a line in the log. The line has what is
//! needed to run the server, and nothing that came in from outside but the method. Never the URI: a
//! callback's holds a panToken.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use pantoken_protocol::RequestId;
use tracing::{Instrument, Span, field};

use crate::app::{AppState, Store};
use crate::call_id::CallId;
use crate::problem::{Problem, ProblemCode};

/// Answers a call, or gives it up when that takes too long; what it was doing happens whole or not
/// at all.
pub(crate) async fn answer<S: Store>(
    State(app): State<AppState<S>>,
    request: Request,
    next: Next,
) -> Response {
    let app = app.parts();
    let started = Instant::now();
    let call_id = app.call_ids.next();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("other", MatchedPath::as_str);
    let method = method_name(request.method());
    let span = tracing::info_span!(
        "request",
        method,
        route,
        callId = call_id.as_str(),
        requestId = field::Empty
    );
    let answer = tokio::time::timeout(app.options.limits.answer_time, next.run(request));
    let answer = answer.instrument(span.clone()).await;
    let mut response = answer.unwrap_or_else(|_| Problem::AnswerTimeout.into_response());
    let took = started.elapsed();
    let (status, code) = (response.status(), problem_of(&response));
    app.metrics.answered(method, route, status, took);
    if let Some(code) = code {
        app.metrics.problem(code);
    }
    span.in_scope(|| log(status, code, took));
    add_headers(&mut response, &call_id);
    response
}

/// Names the session in the call's line; only one that this server issued.
pub(crate) fn note(request_id: RequestId) {
    Span::current().record("requestId", field::display(request_id));
}

/// A method can be any word that a client sends.
fn method_name(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let known = KNOWN.into_iter().find(|known| *known == method.as_str());
    known.unwrap_or("other")
}

fn problem_of(response: &Response) -> Option<&'static str> {
    let problem = response.extensions().get::<ProblemCode>();
    problem.map(|ProblemCode(code)| *code)
}

fn log(status: StatusCode, code: Option<&str>, took: Duration) {
    let status = status.as_u16();
    let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(status, code, duration_ms, "answered");
}

/// Unless the answer says otherwise, nothing is cached, sniffed or passed on.
fn add_headers(response: &mut Response, call_id: &CallId) {
    const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
    let fixed = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let headers = response.headers_mut();
    for (name, value) in fixed {
        let entry = headers.entry(name);
        entry.or_insert(HeaderValue::from_static(value));
    }
    if let Ok(id) = HeaderValue::from_str(call_id.as_str()) {
        headers.insert(X_REQUEST_ID, id);
    }
}
