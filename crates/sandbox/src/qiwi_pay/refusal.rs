use std::borrow::Cow;

use axum::Json;
use axum::response::{IntoResponse, Response};
use pantoken_core::RandomError;
use serde_json::{Value, json};

/// An error of the provider, which answers it with HTTP status 200.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The code of the error.
    Code(u32),
    /// Fields are missing or wrong (8019).
    Fields(Vec<FieldFault>),
}

/// A field, and what is wrong with it.
pub(super) type FieldFault = (&'static str, Cow<'static, str>);

impl Refusal {
    pub(super) fn field(name: &'static str, fault: &'static str) -> Self {
        Self::Fields(vec![(name, fault.into())])
    }

    pub(super) fn code(&self) -> u32 {
        match self {
            Self::Code(code) => *code,
            Self::Fields(_) => 8019,
        }
    }

    /// Returns the answer of the API.
    pub(super) fn to_json(&self) -> Value {
        let code = self.code();
        let mut body = json!({"error_code": code, "error_message": message(code)});
        if let Self::Fields(fields) = self {
            let describe =
                |(field, message): &FieldFault| json!({"field": field, "message": message});
            body["errors"] = fields.iter().map(describe).collect();
        }
        body
    }
}

impl From<RandomError> for Refusal {
    fn from(_: RandomError) -> Self {
        Self::Code(8001)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        Json(self.to_json()).into_response()
    }
}

fn message(code: u32) -> &'static str {
    match code {
        8001 => "Internal error",
        8002 => "Operation not supported",
        8018 => "Parsing error",
        8019 => "Validation error",
        8020 => "Amount is too big",
        8021 => "Merchant site not found",
        8022 => "Transaction not found",
        8023 => "3DS authentication expired",
        8025 => "Operation not allowed",
        8026 => "Wrong status of the parent transaction",
        8027 => "Wrong type of the parent transaction",
        8052 => "Wrong state of the transaction",
        8051 => "Merchant site is not activated",
        8054 => "Invalid signature",
        8055 => "Order already paid",
        8056 => "Order is being processed",
        8057 => "Card is locked",
        8059 => "Currency is not allowed",
        8060 => "Payout amount is too big",
        8061 => "Payout currency differs",
        8069 => "Limit of test operations is exceeded",
        8070 => "Limit of test amount is exceeded",
        8151 => "3DS authentication failed",
        _ => "Operation declined",
    }
}
