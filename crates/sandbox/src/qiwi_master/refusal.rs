use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// An error of the provider. Source: docs/qiwi-master.md, "Errors".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The token is missing or wrong. The answer has no body.
    Token,
    /// The token lacks the permission, or the wallet has no package.
    Forbidden(&'static str),
    /// A service other than payments refuses the request.
    Invalid(&'static str),
    /// The service of payments refuses the request.
    Payment(&'static str, &'static str),
    /// There is no such thing.
    NotFound,
    /// There were too many requests for the history.
    TooMany,
    /// The system's randomness failed.
    Internal,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code, text) = match self {
            Self::Token => return StatusCode::UNAUTHORIZED.into_response(),
            Self::TooMany => return StatusCode::LOCKED.into_response(),
            Self::Payment(code, message) => {
                let body = json!({"code": code, "message": message});
                return (StatusCode::BAD_REQUEST, Json(body)).into_response();
            }
            Self::Forbidden(text) => (StatusCode::FORBIDDEN, "auth.forbidden", text),
            Self::Invalid(text) => (StatusCode::BAD_REQUEST, "validation.error", text),
            Self::NotFound => (StatusCode::NOT_FOUND, "not.found", "Not found"),
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal.error",
                "Internal error",
            ),
        };
        let body = json!({
            "serviceName": "qw-cards",
            "errorCode": code,
            "userMessage": text,
            "traceId": "fd0e2a08c63ace83",
        });
        (status, Json(body)).into_response()
    }
}
