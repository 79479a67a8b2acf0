//! `GET /healthz` and `GET /readyz`

use axum::extract::State;

use crate::app::AppState;
use crate::http::problem::Problem;

/// Responds while the process runs.
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// Responds while the store accepts writes too.
pub(crate) async fn ready(State(app): State<AppState>) -> Result<&'static str, Problem> {
    let app = app.parts();
    app.readiness.check(&app.store, app.clock.as_ref()).await?;
    Ok("ready\n")
}
