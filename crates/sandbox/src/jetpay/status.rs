//! Questions about a payment or a request. Source: docs/jetpay.md, "Statuses".

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use pantoken_jetpay::Body;
use serde_json::{Value, json};

use super::callbacks::signed;
use super::fault::StatusFault;
use super::gate_body::{Fields, check_signature};
use super::platform::Platform;
use super::refusal::Refusal;

/// Answers what has become of a payment.
pub(super) fn of_payment(platform: &Platform, body: &Body) -> Result<Response, Refusal> {
    let mut fields = Fields::of(body);
    fields.project(platform, "general.project_id");
    let id = fields.payment_id();
    fields.finish()?;
    check_signature(platform, body)?;
    let mut state = platform.state();
    let fault = state.status_faults.pop_front();
    let payment = state.payments.get(&id.to_lowercase());
    let mut answer = match (fault, payment) {
        (Some(StatusFault::Empty500 { .. }), _) => {
            return Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response());
        }
        (Some(StatusFault::NoDetails { .. }), _) => unknown(&id, "3062"),
        (Some(StatusFault::Absent { .. }), _) | (_, None) => unknown(&id, "3061"),
        (_, Some(payment)) => payment.status_answer(),
    };
    answer["project_id"] = json!(platform.settings().project_id.get());
    let is_in_general = matches!(fault, Some(StatusFault::SignatureInGeneral { .. }));
    let key = &platform.settings().secret_key;
    let mut answer = signed(key, answer, is_in_general);
    if matches!(fault, Some(StatusFault::WrongSignature { .. })) {
        answer["signature"] = signed(key, json!({}), false)["signature"].take();
    }
    Ok(Json(answer).into_response())
}

fn unknown(id: &str, code: &str) -> Value {
    let message = match code {
        "3061" => "Transaction not found",
        _ => "Transaction details not received",
    };
    json!({
        "payment": {"id": id, "status": "error"},
        "errors": [{"code": code, "message": message}],
    })
}

/// Answers what has become of a request.
pub(super) fn of_request(platform: &Platform, body: &Body) -> Result<Response, Refusal> {
    let mut fields = Fields::of(body);
    fields.project(platform, "project_id");
    let request_id = fields.text("request_id", 100);
    fields.finish()?;
    check_signature(platform, body)?;
    let state = platform.state();
    let key = state.requests.get(&request_id).ok_or(Refusal::NotFound)?;
    let payment = state.payments.get(key).ok_or(Refusal::NotFound)?;
    let answer = json!({
        "project_id": platform.settings().project_id.get(),
        "payment_id": payment.id,
        "request_id": request_id,
        "status": "success",
    });
    Ok(Json(signed(&platform.settings().secret_key, answer, false)).into_response())
}
