use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use pantoken_core::RandomError;
use serde_json::json;

/// An error of the provider. Source: docs/payin.md, "Errors".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The key is missing or wrong. The answer has no body.
    Unauthorized,
    /// The body is not JSON.
    NotJson,
    /// A field is missing or wrong.
    Field(&'static str, &'static str),
    /// There is no such object.
    NotFound,
    /// The call is not possible in this state.
    WrongState(&'static str),
    /// The system's randomness failed.
    Internal,
}

impl From<RandomError> for Refusal {
    fn from(_: RandomError) -> Self {
        Self::Internal
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code, description) = match &self {
            Self::Unauthorized => return StatusCode::UNAUTHORIZED.into_response(),
            Self::NotJson => (
                400,
                "http.message.conversion.failed",
                "Message not readable",
            ),
            Self::Field(..) => (400, "validation.error", "Validation error"),
            Self::NotFound => (404, "payin.resource.not.found", "Resource not found"),
            Self::WrongState(text) => (400, "payin.incorrect-method-invocation", *text),
            Self::Internal => (500, "internal.error", "Internal error"),
        };
        let mut body = json!({
            "serviceName": "payin-core",
            "errorCode": code,
            "description": description,
            "userMessage": description,
            "traceId": "fd0e2a08c63ace83",
        });
        if let (Self::Field(field, text), Some(body)) = (&self, body.as_object_mut()) {
            body.insert("cause".to_owned(), json!({*field: [text]}));
        }
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(body)).into_response()
    }
}

/// Logs why a scheduled step failed.
pub(crate) fn log(result: Result<(), Refusal>) {
    if let Err(error) = result {
        tracing::error!("{error:?}");
    }
}
