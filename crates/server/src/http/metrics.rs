//! What Prometheus reads. Every label has a few known values: never a path, an address or an id.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use pantoken_a2c::Flow;
use pantoken_store::{RecordOutcome, SessionResult};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::app::{AppState, Store};
use crate::http::caller::Caller;
use crate::http::problem::Problem;

const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// In seconds: from an answer out of memory to the limit of an answer.
const BUCKETS: [f64; 12] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0,
];

type Counters<const N: usize> = Family<[(&'static str, &'static str); N], Counter>;
type Histograms = Family<Answered, Histogram>;

/// The labels of an answer.
#[derive(Clone, Debug, EncodeLabelSet, PartialEq, Eq, Hash)]
struct Answered {
    method: &'static str,
    route: String,
    status: &'static str,
}

/// The server's counters.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Histograms,
    problems: Counters<1>,
    sessions: Counters<2>,
    results: Counters<1>,
    webhooks: Counters<1>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let requests = Histograms::new_with_constructor(|| Histogram::new(BUCKETS));
        let metrics = Self {
            registry: Registry::with_prefix("pantoken"),
            requests,
            problems: Family::default(),
            sessions: Family::default(),
            results: Family::default(),
            webhooks: Family::default(),
        };
        metrics.registered()
    }

    fn registered(mut self) -> Self {
        self.registry.register_with_unit(
            "http_request_duration",
            "How long requests took, by method, route and class of status",
            Unit::Seconds,
            self.requests.clone(),
        );
        self.registry.register(
            "problems",
            "Requests that were answered with an error, by its code",
            self.problems.clone(),
        );
        self.registry.register(
            "sessions_created",
            "Sessions that were created or given again, by flow and who asked for them",
            self.sessions.clone(),
        );
        self.registry.register(
            "results",
            "Results that were reported, by what became of them",
            self.results.clone(),
        );
        self.registry.register(
            "webhooks",
            "Attempts to deliver a webhook, by what became of them",
            self.webhooks.clone(),
        );
        self
    }

    pub(crate) fn answered(
        &self,
        method: &'static str,
        route: &str,
        status: StatusCode,
        took: Duration,
    ) {
        let labels = Answered {
            method,
            route: route.to_owned(),
            status: class(status),
        };
        self.requests
            .get_or_create(&labels)
            .observe(took.as_secs_f64());
    }

    pub(crate) fn problem(&self, code: &'static str) {
        self.problems.get_or_create(&[("code", code)]).inc();
    }

    pub(crate) fn session(&self, flow: Flow, caller: &Caller<'_>) {
        let labels = [("flow", flow.as_str()), ("caller", caller.kind())];
        self.sessions.get_or_create(&labels).inc();
    }

    pub(crate) fn result(&self, outcome: &RecordOutcome) {
        let outcome = match outcome {
            RecordOutcome::Recorded(session) => {
                match session.recorded.as_ref().map(|r| &r.result) {
                    Some(SessionResult::Saved { .. }) => "saved",
                    _ => "failed",
                }
            }
            RecordOutcome::Repeated(_) => "repeated",
            RecordOutcome::Conflict(_) => "conflict",
            RecordOutcome::Ignored(_) => "ignored",
            RecordOutcome::Expired(_) => "expired",
            RecordOutcome::Forbidden => "forbidden",
        };
        self.results.get_or_create(&[("outcome", outcome)]).inc();
    }

    pub(crate) fn webhook(&self, outcome: &'static str) {
        self.webhooks.get_or_create(&[("outcome", outcome)]).inc();
    }

    fn to_text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

/// `GET /metrics`, for a listener that the public does not reach: what is counted is the agent's own
/// business. It needs no key.
pub fn metrics_router<S: Store>(app: AppState<S>) -> Router {
    Router::new()
        .route("/metrics", get(metrics::<S>))
        .fallback(async || Problem::NotFound)
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
        .with_state(app)
}

/// `GET /metrics`
pub(crate) async fn metrics<S: Store>(State(app): State<AppState<S>>) -> Response {
    match app.parts().metrics.to_text() {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics could not be written");
            Problem::Internal.into_response()
        }
    }
}
