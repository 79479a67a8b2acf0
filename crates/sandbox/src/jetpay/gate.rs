//! The calls of Gate.

use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use pantoken_jetpay::Variant;
use serde_json::{Value, json};

use super::fault::{GateFault, PayoutFault};
use super::gate_body::{check_signature, parse};
use super::journal::Call;
use super::platform::Platform;
use super::refusal::Refusal;
use super::{payouts, status};
use crate::call_fault;

const PAYOUT: &str = "/v2/payment/wallet/qiwi-kz/payout";
/// The bodies of the sandbox are shorter.
const MAX_BYTES: usize = 256 * 1024;

pub(super) fn routes(platform: &Platform) -> Router<Platform> {
    // A fault spoils the answer after it was recorded.
    Router::new()
        .route(PAYOUT, post(pay_out))
        .route("/v2/payment/status", post(payment_status))
        .route("/v2/payment/status/request", post(request_status))
        .route("/v2/info/check/signature", post(check))
        .layer(from_fn_with_state(platform.clone(), record))
        .layer(from_fn_with_state(platform.clone(), with_faults))
}

/// Lets the next payout fail, if a fault is set.
async fn with_faults(State(platform): State<Platform>, request: Request, next: Next) -> Response {
    if request.uri().path() != PAYOUT {
        return next.run(request).await;
    }
    let fault = platform.state().payout_faults.pop_front();
    let fault = match fault {
        Some(PayoutFault::Gate(GateFault::Forbidden)) => return Refusal::Forbidden.into_response(),
        Some(PayoutFault::Gate(GateFault::Unprocessable)) => {
            return Refusal::NotJson.into_response();
        }
        Some(PayoutFault::Gate(GateFault::Refused)) => {
            return Refusal::Fields(vec![("account.number", "2004")]).into_response();
        }
        Some(PayoutFault::Call(fault)) => Some(fault),
        None => None,
    };
    call_fault::run(fault, request, next, || Refusal::Internal.into_response()).await
}

/// Records the call and its answer.
async fn record(State(platform): State<Platform>, request: Request, next: Next) -> Response {
    let (at, to) = (platform.now(), request.uri().path().to_owned());
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BYTES).await else {
        return Refusal::NotJson.into_response();
    };
    let request = String::from_utf8_lossy(&body).into_owned();
    let response = next.run(Request::from_parts(head, body.into())).await;
    let (head, body) = response.into_parts();
    let Ok(body) = to_bytes(body, MAX_BYTES).await else {
        return Refusal::Internal.into_response();
    };
    platform.state().journal.add(Call {
        at,
        to,
        request,
        status: Some(head.status.as_u16()),
        answer: String::from_utf8_lossy(&body).into_owned(),
    });
    Response::from_parts(head, body.into())
}

async fn pay_out(State(platform): State<Platform>, body: Bytes) -> Result<Json<Value>, Refusal> {
    payouts::create(&platform, &parse(&body)?).map(Json)
}

async fn payment_status(
    State(platform): State<Platform>,
    body: Bytes,
) -> Result<Response, Refusal> {
    status::of_payment(&platform, &parse(&body)?)
}

async fn request_status(
    State(platform): State<Platform>,
    body: Bytes,
) -> Result<Response, Refusal> {
    status::of_request(&platform, &parse(&body)?)
}

/// `POST /v2/info/check/signature`: tells a developer whether the signature of any body holds, and over which text the
/// platform builds it.
async fn check(State(platform): State<Platform>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let body = parse(&body)?;
    check_signature(&platform, &body)?;
    let text = body.signed_text(Variant::PLATFORM);
    Ok(Json(json!({"status": "success", "signed_text": text})))
}
