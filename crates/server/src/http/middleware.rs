//! What every call gets, in one place because each costs as much as an endpoint: an id, a time
//! limit, the headers of every answer, a measurement and a line in the log. The line has what is
//! needed to run the server, and nothing that came in from outside but the method. Never the URI: a
//! callback's holds a panToken.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use pantoken_a2c::RequestId;
use tower::Service;

use crate::app::{AppState, Store};
use crate::http::call;
use crate::http::limits::within;
use crate::http::metrics::Metrics;
use crate::http::problem::{Problem, ProblemCode};
use crate::http::request_id::CallId;

/// Answers a call, or gives it up when that takes too long; what it was doing happens whole or not
/// at all. A service, because a function as middleware copies all below it for each call.
pub(crate) struct EveryCall<S, Inner> {
    pub(crate) app: AppState<S>,
    pub(crate) inner: Inner,
}

impl<S, Inner: Clone> Clone for EveryCall<S, Inner> {
    fn clone(&self) -> Self {
        Self {
            app: self.app.clone(),
            inner: self.inner.clone(),
        }
    }
}

impl<S, Inner> Service<Request> for EveryCall<S, Inner>
where
    S: Store,
    Inner: Service<Request, Response = Response, Error = Infallible>,
    Inner::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let started = Instant::now();
        let app = self.app.clone();
        let matched = request.extensions().get::<MatchedPath>().cloned();
        let method = method_name(request.method());
        // It is large, and moves no further.
        let mut answer = Box::pin(self.inner.call(request));
        Box::pin(async move {
            let app = app.parts();
            let call_id = app.call_ids.next();
            let answer = within(app.options.limits.answer_time, answer.as_mut());
            let (answer, session) = call::run(call_id, answer).await;
            let mut response = match answer {
                Some(Ok(response)) => response,
                None => Problem::AnswerTimeout.into_response(),
            };
            let line = Line {
                method,
                route: matched.as_ref().map_or("other", MatchedPath::as_str),
                call_id: &call_id,
                session,
                status: response.status(),
                code: problem_of(&response),
                took: started.elapsed(),
            };
            line.count(&app.metrics);
            line.log();
            add_headers(&mut response, &call_id);
            Ok(response)
        })
    }
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
