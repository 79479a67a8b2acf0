//! `GET /healthz` and `GET /readyz`

use axum::extract::State;

use crate::app::{AppState, Store};
use crate::problem::Problem;

/// The process answers.
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// The store answers too.
pub(crate) async fn ready<S: Store>(
    State(app): State<AppState<S>>,
) -> Result<&'static str, Problem> {
    app.parts().store.check().await?;
    Ok("ready\n")
}
