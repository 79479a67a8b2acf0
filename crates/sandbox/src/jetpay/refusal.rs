use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// An error of Gate. Source: docs/jetpay.md, "Payouts".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The body is not a JSON object.
    NotJson,
    /// Fields are missing or wrong, each with its code.
    Fields(Vec<(&'static str, &'static str)>),
    /// The signature is missing or empty.
    NoSignature,
    /// The signature does not hold.
    WrongSignature,
    /// The caller is not allowed.
    Forbidden,
    /// The id of the payment was used before.
    Duplicate,
    /// There is no such path.
    NotFound,
    /// The sandbox failed.
    Internal,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let one = |code: &str, message: &str| json!({"status": "error", "code": code, "message": message});
        let (status, body) = match self {
            Self::NotJson => (422, one("2003", "The body cannot be read")),
            Self::Fields(fields) => (400, json!({"status": "error", "errors": list(&fields)})),
            Self::NoSignature => (400, one("3262", "The signature is empty")),
            Self::WrongSignature => (400, one("3261", "The signature is invalid")),
            Self::Forbidden => (403, one("301", "Access is denied")),
            Self::Duplicate => (400, one("3041", "Payment id already exists")),
            Self::NotFound => (404, one("100", "Not found")),
            Self::Internal => (500, one("100", "Internal error")),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(body)).into_response()
    }
}

fn list(fields: &[(&str, &str)]) -> Vec<Value> {
    let describe = |(field, code): &(&str, &str)| {
        let message = match *code {
            "2003" => "Required field is missing",
            _ => "Invalid value",
        };
        json!({"code": code, "message": message, "field": field})
    };
    fields.iter().map(describe).collect()
}
