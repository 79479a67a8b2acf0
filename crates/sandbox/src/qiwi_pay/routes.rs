use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use pantoken_core::{Clock, Random};
use serde_json::Value;

use super::fault::NextCall;
use super::fields::Fields;
use super::provider::Provider;
use super::refusal::Refusal;
use super::transaction::Kind;
use super::{
    Settings, checks, control, operations, pages, returns, schedule, settlement, three_ds, tls,
};
use crate::call_fault;

const MAX_BODY: usize = 256 * 1024;

/// Creates the sandbox's routes: the form at `/paypage/initial`, the provider's API at `/merchant/direct`, and the
/// control API under `/sandbox`. The router stores everything in memory.
///
/// Notifications are sent by tasks of the runtime that serves the router.
pub fn router(settings: Settings, random: impl Random, clock: impl Clock) -> Router {
    let provider = Provider::new(settings, random, clock, schedule::wait_after);
    Router::new()
        .route("/merchant/direct", post(direct))
        .layer(from_fn_with_state(provider.clone(), with_faults))
        .layer(from_fn(tls::require_certificate))
        .merge(pages::routes())
        .nest("/sandbox", control::routes())
        .route("/healthz", get(async || "ok"))
        .fallback(async || StatusCode::NOT_FOUND)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(provider)
}

/// Lets the next call that changes something fail, if a fault is set.
async fn with_faults(State(provider): State<Provider>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return Refusal::Code(8018).into_response();
    };
    let opcode = Fields::read(&body).and_then(|fields| fields.integer("opcode"));
    let request = Request::from_parts(head, Body::from(body));
    if matches!(opcode, Ok(Some(30 | 40))) {
        return next.run(request).await;
    }
    let fault = provider.state().call_faults.pop_front();
    let fault = match fault {
        Some(NextCall::Refusal(code)) => return Refusal::Code(code).into_response(),
        Some(NextCall::Answer(fault)) => Some(fault),
        None => None,
    };
    let internal = || StatusCode::INTERNAL_SERVER_ERROR.into_response();
    call_fault::run(fault, request, next, internal).await
}

async fn direct(State(provider): State<Provider>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let fields = Fields::read(&body)?;
    let opcode = checks::request(&provider, &fields)?;
    let answer = match opcode {
        1 => operations::pay(&provider, &fields, Kind::Sale).await?,
        2 => three_ds::finish_3ds(&provider, &fields).await?,
        3 => operations::pay(&provider, &fields, Kind::Auth).await?,
        5 => settlement::capture(&provider, &fields)?,
        6 => returns::give_back(&provider, &fields, Kind::Reversal)?,
        7 => returns::give_back(&provider, &fields, Kind::Refund)?,
        20 => operations::pay(&provider, &fields, Kind::Payout).await?,
        _ => operations::status(&provider, &fields)?,
    };
    Ok(Json(answer))
}
