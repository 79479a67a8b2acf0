use pantoken_a2c::FormResult;
use pantoken_store::{Delivery, StoreError};
use serde::Serialize;

use crate::a2c::stored;
use crate::http::wire_time::to_rfc3339;

/// The body of a webhook. Every attempt of a delivery sends the same text.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    id: String,
    r#type: &'static str,
    request_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pan_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<&'a str>,
    occurred_at: Option<String>,
}

/// Returns the body of a delivery, or why it cannot be made.
pub(super) fn body(delivery: &Delivery) -> Result<String, String> {
    let result = result(delivery).map_err(|error| error.to_string())?;
    let (kind, pan_token, error_code, error_message) = match &result {
        FormResult::Saved(pan_token) => ("session.saved", Some(pan_token.as_str()), None, None),
        FormResult::Failed { code, message } => {
            let message = Some(message.as_str()).filter(|text| !text.is_empty());
            ("session.failed", None, Some(code.as_str()), message)
        }
    };
    let event = Event {
        // The number of a delivery is unique only in one database.
        id: format!("{}-{}", delivery.session_id, delivery.id),
        r#type: kind,
        request_id: delivery.session_id.to_string(),
        customer: delivery.customer.as_deref(),
        pan_token,
        error_code,
        error_message,
        occurred_at: to_rfc3339(delivery.recorded_at),
    };
    serde_json::to_string(&event).map_err(|error| error.to_string())
}

fn result(delivery: &Delivery) -> Result<FormResult, StoreError> {
    let result = delivery.result.as_ref().map_err(Clone::clone)?;
    stored::form_result(delivery.session_id, result)
}
