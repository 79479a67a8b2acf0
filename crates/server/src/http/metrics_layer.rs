//! Counts each request and how long it took. axum's `middleware::from_fn` would do, but boxes a future and clones the
//! services below it for each request.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::response::Response;
use pin_project_lite::pin_project;
use tower::{Layer, Service};

use crate::app::AppState;
use crate::http::problem::ProblemCode;
use crate::http::trace;

#[derive(Clone)]
pub(super) struct MetricsLayer(pub(super) AppState);

impl<S> Layer<S> for MetricsLayer {
    type Service = RecordMetrics<S>;

    fn layer(&self, inner: S) -> RecordMetrics<S> {
        RecordMetrics {
            inner,
            app: self.0.clone(),
        }
    }
}

#[derive(Clone)]
pub(super) struct RecordMetrics<S> {
    inner: S,
    app: AppState,
}

impl<S> Service<Request> for RecordMetrics<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = RecordedFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        RecordedFuture {
            app: self.app.clone(),
            started: Instant::now(),
            method: trace::method(&request),
            route: request.extensions().get().cloned(),
            response: self.inner.call(request),
        }
    }
}

pin_project! {
    pub(super) struct RecordedFuture<F> {
        #[pin]
        response: F,
        app: AppState,
        started: Instant,
        method: &'static str,
        route: Option<MatchedPath>,
    }
}

impl<F: Future<Output = Result<Response, Infallible>>> Future for RecordedFuture<F> {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Ok(response) = ready!(this.response.poll(context));
        let metrics = &this.app.parts().metrics;
        let route = trace::template(this.route.as_ref()).to_owned();
        metrics.record_response(
            this.method,
            route,
            response.status(),
            this.started.elapsed(),
        );
        if let Some(code) = ProblemCode::of(&response) {
            metrics.record_problem(code);
        }
        Poll::Ready(Ok(response))
    }
}
