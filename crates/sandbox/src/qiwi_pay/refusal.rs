use axum::Json;
use axum::response::{IntoResponse, Response};
use pantoken_core::RandomError;
use serde_json::json;

/// An error of the provider, which answers it with HTTP status 200.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The code of the error.
    Code(u32),
    /// Fields are missing or wrong (8019).
    Fields(Vec<(&'static str, &'static str)>),
}

impl From<RandomError> for Refusal {
    fn from(_: RandomError) -> Self {
        Self::Code(8001)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = match self {
            Self::Code(code) => json!({"error_code": code, "error_message": message(code)}),
            Self::Fields(fields) => {
                let describe = |(field, message)| json!({"field": field, "message": message});
                let errors: Vec<_> = fields.into_iter().map(describe).collect();
                json!({"error_code": 8019, "error_message": "Validation error", "errors": errors})
            }
        };
        Json(body).into_response()
    }
}

fn message(code: u32) -> &'static str {
    match code {
        8001 => "Internal error",
        8002 => "Operation not supported",
        8018 => "Parsing error",
        8020 => "Amount is too big",
        8021 => "Merchant site not found",
        8022 => "Transaction not found",
        8023 => "3DS authentication expired",
        8026 => "Wrong status of the parent transaction",
        8027 => "Wrong type of the parent transaction",
        8052 => "Wrong state of the transaction",
        8054 => "Invalid signature",
        8055 => "Order already paid",
        8056 => "Order is being processed",
        8059 => "Currency is not allowed",
        8060 => "Payout amount is too big",
        8061 => "Payout currency differs",
        8069 => "Limit of test operations is exceeded",
        8070 => "Limit of test amount is exceeded",
        8151 => "3DS authentication failed",
        _ => "Operation declined",
    }
}
