use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use pantoken_core::{Clock, Random};

use super::platform::Platform;
use super::refusal::Refusal;
use super::{Settings, control, gate, kiosk, schedule};

const MAX_BODY: usize = 256 * 1024;

/// Creates the sandbox's routes: Gate, the kiosk, and the control API under `/sandbox`. The router stores everything in memory.
///
/// The merchant is called by tasks of the runtime that serves the router.
pub fn router(settings: Settings, random: impl Random, clock: impl Clock) -> Router {
    let platform = Platform::new(settings, random, clock, schedule::wait_after);
    Router::new()
        .merge(gate::routes(&platform))
        .merge(kiosk::routes())
        .nest("/sandbox", control::routes())
        .route("/healthz", get(async || "ok"))
        .fallback(async || Refusal::NotFound)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(platform)
}
