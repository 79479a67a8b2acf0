//! `GET /metrics`

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::AppState;
use crate::http::problem::Problem;
use crate::http::trace::log_error;

const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Returns a router that serves `GET /metrics` without a key. Let it listen where the public cannot reach
/// it, because the numbers are the agent's own business.
pub fn metrics_router(app: AppState) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .fallback(async || Problem::NotFound)
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
        .with_state(app)
}

pub(crate) async fn metrics(State(app): State<AppState>) -> Response {
    match app.parts().metrics.to_text() {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            log_error("the metrics cannot be written", error);
            Problem::Internal.into_response()
        }
    }
}
