//! `GET /healthz` and `GET /readyz`

use axum::extract::State;

use crate::app::AppState;
use crate::http::problem::Problem;

#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "isAlive",
    tag = "server",
    summary = "Responds while the process runs",
    responses((status = 200, description = "It runs.", body = String, content_type = "text/plain"))
)]
pub(crate) async fn is_alive() -> &'static str {
    "ok\n"
}

#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "isReady",
    tag = "server",
    summary = "Responds while the store accepts writes too",
    responses((status = 200, description = "It is ready.", body = String, content_type = "text/plain"))
)]
pub(crate) async fn is_ready(State(app): State<AppState>) -> Result<&'static str, Problem> {
    let app = app.parts();
    app.readiness.check(&app.store, app.clock.as_ref()).await?;
    Ok("ready\n")
}
