//! The counters that Prometheus reads. Every label has a few known values, and never a path, an address
//! or an id.

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::http::StatusCode;
use pantoken_store::{RecordOutcome, SessionResult};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::cli::logging;

/// In seconds, from a response that needs no disk to the time limit of a request.
const BUCKETS: [f64; 12] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0,
];

type Counters<const N: usize> = Family<[(&'static str, &'static str); N], Counter>;
type Histograms = Family<ResponseLabels, Histogram>;

/// The labels of a response.
#[derive(Clone, Debug, EncodeLabelSet, PartialEq, Eq, Hash)]
struct ResponseLabels {
    method: &'static str,
    route: String,
    status: &'static str,
}

/// The server's counters.
pub(crate) struct Metrics {
    registry: Registry,
    log_lines_dropped: Counter,
    requests: Histograms,
    problems: Counters<1>,
    sessions: Counters<2>,
    results: Counters<1>,
    webhooks: Counters<1>,
    operations: Family<OperationLabels, Counter>,
    notifications: Counters<2>,
}

/// The labels of an operation: its kind, and its state or `attention`.
#[derive(Clone, Debug, EncodeLabelSet, PartialEq, Eq, Hash)]
struct OperationLabels {
    kind: String,
    outcome: &'static str,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let requests = Histograms::new_with_constructor(|| Histogram::new(BUCKETS));
        let metrics = Self {
            registry: Registry::with_prefix("pantoken"),
            log_lines_dropped: Counter::default(),
            requests,
            problems: Family::default(),
            sessions: Family::default(),
            results: Family::default(),
            webhooks: Family::default(),
            operations: Family::default(),
            notifications: Family::default(),
        };
        metrics.registered()
    }

    fn registered(mut self) -> Self {
        self.registry.register_with_unit(
            "http_request_duration",
            "Duration of requests, by method, route and status class",
            Unit::Seconds,
            self.requests.clone(),
        );
        self.registry.register(
            "log_lines_dropped",
            "Lines of the log that were dropped, because nobody read them",
            self.log_lines_dropped.clone(),
        );
        self.registry.register(
            "problems",
            "Requests that were answered with a problem, by its code",
            self.problems.clone(),
        );
        self.registry.register(
            "sessions_created",
            "Sessions that were created, or returned again for an idempotency key, by flow and caller",
            self.sessions.clone(),
        );
        self.registry.register(
            "results",
            "Results that were reported, by outcome",
            self.results.clone(),
        );
        self.registry.register(
            "webhooks",
            "Attempts to deliver a webhook, by outcome",
            self.webhooks.clone(),
        );
        self.registry.register(
            "operations",
            "Changes of operations, by kind and the state after them, and alarms",
            self.operations.clone(),
        );
        self.registry.register(
            "notifications",
            "Notifications of providers, by provider and outcome",
            self.notifications.clone(),
        );
        self
    }

    pub(crate) fn record_response(
        &self,
        method: &'static str,
        route: String,
        status: StatusCode,
        took: Duration,
    ) {
        let labels = ResponseLabels {
            method,
            route,
            status: class(status),
        };
        self.requests
            .get_or_create(&labels)
            .observe(took.as_secs_f64());
    }

    pub(crate) fn record_problem(&self, code: &'static str) {
        self.problems.get_or_create(&[("code", code)]).inc();
    }

    pub(crate) fn record_session(&self, flow: &'static str, principal: &'static str) {
        let labels = [("flow", flow), ("caller", principal)];
        self.sessions.get_or_create(&labels).inc();
    }

    pub(crate) fn record_result(&self, outcome: &RecordOutcome) {
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

    pub(crate) fn record_webhook(&self, outcome: &'static str) {
        self.webhooks.get_or_create(&[("outcome", outcome)]).inc();
    }

    /// `kind` is a kind of a provider's operation, never a text of a client.
    pub(crate) fn record_operation(&self, kind: &str, outcome: &'static str) {
        let kind = kind.to_owned();
        let labels = OperationLabels { kind, outcome };
        self.operations.get_or_create(&labels).inc();
    }

    pub(crate) fn record_notification(&self, provider: &'static str, outcome: &'static str) {
        let labels = [("provider", provider), ("outcome", outcome)];
        self.notifications.get_or_create(&labels).inc();
    }

    /// Returns all counters as OpenMetrics text.
    pub(crate) fn to_text(&self) -> Result<String, std::fmt::Error> {
        let dropped = logging::dropped_lines();
        self.log_lines_dropped
            .inner()
            .store(dropped, Ordering::Relaxed);
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
