//! What the control APIs of several providers share.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::timer::MovableClock;

/// A provider whose clock a test can move.
pub(crate) trait HasClock {
    fn clock(&self) -> &MovableClock;
}

/// `GET /sandbox/clock`: the time, in milliseconds since the Unix epoch.
pub(crate) async fn clock<P: HasClock>(State(provider): State<P>) -> Json<Value> {
    Json(json!({"now": provider.clock().now()}))
}

#[derive(Deserialize)]
pub(crate) struct Move {
    milliseconds: u32,
}

/// `POST /sandbox/clock` with milliseconds: moves the clock on.
pub(crate) async fn move_clock<P: HasClock>(
    State(provider): State<P>,
    Json(by): Json<Move>,
) -> Json<Value> {
    provider.clock().move_on(by.milliseconds);
    clock(State(provider)).await
}

/// Reads the body of `POST /sandbox/faults`.
pub(crate) fn read_faults<F: DeserializeOwned>(
    body: &[u8],
) -> Result<Vec<F>, (StatusCode, &'static str)> {
    serde_json::from_slice(body).map_err(|_| {
        let text = "The body must be a list such as [{\"fault\": \"drop-answer\"}]. \
                    docs/sandbox.md has the names.\n";
        (StatusCode::BAD_REQUEST, text)
    })
}
