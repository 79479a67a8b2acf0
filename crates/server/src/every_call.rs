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

use crate::app::{AppState, Store};
use crate::call;
use crate::call_id::CallId;
use crate::metrics::Metrics;
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
    let answer = tokio::time::timeout(app.options.limits.answer_time, next.run(request));
    let (answer, session) = call::run(call_id, answer).await;
    let mut response = answer.unwrap_or_else(|_| Problem::AnswerTimeout.into_response());
    let line = Line {
        method,
        route,
        call_id: &call_id,
        session,
        status: response.status(),
        code: problem_of(&response),
        took: started.elapsed(),
    };
    line.count(&app.metrics);
    line.log();
    add_headers(&mut response, &call_id);
    response
}

/// What is known of a call once it is answered.
struct Line<'a> {
    method: &'static str,
    route: &'a str,
    call_id: &'a CallId,
    session: Option<RequestId>,
    status: StatusCode,
    code: Option<&'static str>,
    took: Duration,
}

impl Line<'_> {
    fn count(&self, metrics: &Metrics) {
        metrics.answered(self.method, self.route, self.status, self.took);
        if let Some(code) = self.code {
            metrics.problem(code);
        }
    }

    fn log(&self) {
        tracing::info!(
            method = %self.method,
            route = %self.route,
            callId = %self.call_id.as_str(),
            requestId = self.session.map(tracing::field::display),
            status = self.status.as_u16(),
            code = self.code,
            duration_ms = u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX),
            "answered"
        );
    }
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
