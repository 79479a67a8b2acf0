use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use pantoken_core::RandomError;
use serde_json::json;

/// Why the shop did not make a call.
#[derive(Debug, thiserror::Error)]
pub(super) enum ShopError {
    #[error("the shop answers pages of its own only: open {0}")]
    ForeignOrigin(String),
    #[error("{0}")]
    Invalid(&'static str),
    #[error("there is not enough money on the account: make a deposit at the kiosk first")]
    BalanceTooLow,
    #[error("the server did not answer: {0}")]
    NoAnswer(String),
    #[error(transparent)]
    Random(#[from] RandomError),
}

impl IntoResponse for ShopError {
    fn into_response(self) -> Response {
        let (status, code) = match &self {
            Self::ForeignOrigin(_) => (StatusCode::FORBIDDEN, "ORIGIN_NOT_ALLOWED"),
            Self::Invalid(_) => (StatusCode::BAD_REQUEST, "INVALID_FIELD"),
            Self::BalanceTooLow => (StatusCode::CONFLICT, "BALANCE_TOO_LOW"),
            Self::NoAnswer(_) => (StatusCode::BAD_GATEWAY, "NO_ANSWER"),
            Self::Random(_) => (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"),
        };
        let problem = json!({"status": status.as_u16(), "code": code, "detail": self.to_string()});
        (status, Json(problem)).into_response()
    }
}
