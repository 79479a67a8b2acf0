//! `GET /metrics`

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use utoipa::IntoResponses;
use utoipa::openapi::{self, RefOr};

use crate::admin;
use crate::app::AppState;
use crate::http::openapi::problems;
use crate::http::problem::Problem;

const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

struct MetricsProblems;

impl IntoResponses for MetricsProblems {
    fn responses() -> BTreeMap<String, RefOr<openapi::Response>> {
        problems([StatusCode::NOT_FOUND, StatusCode::INTERNAL_SERVER_ERROR])
    }
}

/// Returns a router that serves `GET /metrics` without a key, and the pages for operators at `/admin` if
/// [`crate::ApiOptions::admin_key`] is set. Let it listen where the public cannot reach it, because all of this is the
/// agent's own business.
pub fn metrics_router(app: AppState) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .merge(admin::pages(&app))
        .fallback(async || Problem::NotFound)
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
        .with_state(app)
}

#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "getMetrics",
    tag = "server",
    summary = "Returns the server's counters for Prometheus",
    description = "Served at this address only with `PANTOKEN_METRICS=true`, and at \
                   `PANTOKEN_METRICS_LISTEN`.",
    responses(
        (status = 200, description = "The counters.", body = String,
         content_type = "application/openmetrics-text"),
        MetricsProblems
    )
)]
pub(crate) async fn metrics(State(app): State<AppState>) -> Response {
    match app.parts().metrics.to_text() {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be written");
            Problem::Internal.into_response()
        }
    }
}
