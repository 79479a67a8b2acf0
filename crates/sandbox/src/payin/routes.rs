use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use pantoken_core::{Clock, Random, Secret};
use serde_json::Value;

use crate::call_fault;
use crate::payin::body::Body;
use crate::payin::provider::Provider;
use crate::payin::refusal::Refusal;
use crate::payin::{
    Settings, bills, captures, checks, control, pages, payments, payouts, qr_codes, refunds,
    repeats, schedule,
};

const MAX_BODY: usize = 256 * 1024;

type Answer = Result<Json<Value>, Refusal>;

/// Creates the sandbox's routes: the provider's API under `/partner/payin/v1/sites/{siteId}`, the hosted pages,
/// and the control API under `/sandbox`. The router stores everything in memory.
///
/// Notifications are sent by tasks of the runtime that serves the router.
pub fn router(settings: Settings, random: impl Random, clock: impl Clock) -> Router {
    let provider = Provider::new(settings, random, clock, schedule::wait_after);
    let path = format!("/partner/payin/v1/sites/{}", provider.settings().site_id);
    let api = Router::new()
        .route("/bills/{id}", put(put_bill).get(get_payments_of_bill))
        .route("/bills/{id}/details", get(get_bill))
        .route("/payments/{id}", put(put_payment).get(get_payment))
        .route("/payments/{id}/complete", post(complete_payment))
        .route(
            "/payments/{id}/captures/{capture}",
            put(put_capture).get(get_capture),
        )
        .route("/payments/{id}/refunds", get(list_refunds))
        .route(
            "/payments/{id}/refunds/{refund}/decline",
            post(decline_refund),
        )
        .route(
            "/payments/{id}/refunds/{refund}",
            put(put_refund).get(get_refund),
        )
        .route(
            "/validation/card/requests/{id}",
            put(put_check).get(get_check),
        )
        .route(
            "/validation/card/requests/{id}/complete",
            post(complete_check),
        )
        .route("/tokens", delete(delete_token))
        .route("/sbp/qrCodes", post(post_qr_code))
        .route("/sbp/qrCodes/{id}", put(put_qr_code).get(get_qr_code))
        .route("/sbp/qrCodes/{id}/payments", post(pay_qr_code))
        .route(
            "/payments/{id}/payouts/{payout}",
            put(put_payout).get(get_payout),
        )
        .route(
            "/payments/{id}/payouts/{payout}/complete",
            put(complete_payout),
        )
        .layer(from_fn_with_state(provider.clone(), repeats::check))
        .layer(from_fn_with_state(provider.clone(), with_faults))
        .layer(from_fn_with_state(provider.clone(), authorize));
    Router::new()
        .nest(&path, api)
        .nest("/sandbox", control::routes())
        .merge(pages::routes())
        .route("/healthz", get(async || "ok"))
        .fallback(async || Refusal::NotFound)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(provider)
}

async fn authorize(
    State(provider): State<Provider>,
    headers: HeaderMap,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    let header = headers.get(AUTHORIZATION).and_then(|it| it.to_str().ok());
    let key = header.and_then(|header| header.strip_prefix("Bearer "));
    let expected = Secret::new(provider.settings().api_key.expose());
    match key {
        Some(key) if expected.is(key) => Ok(next.run(request).await),
        _ => Err(Refusal::Unauthorized),
    }
}

/// Lets the next call that changes something fail, if a fault is set.
async fn with_faults(State(provider): State<Provider>, request: Request, next: Next) -> Response {
    if request.method() == Method::GET {
        return next.run(request).await;
    }
    let fault = provider.state().faults.pop_front();
    call_fault::run(fault, request, next, || Refusal::Internal.into_response()).await
}

async fn put_bill(State(provider): State<Provider>, Path(id): Path<String>, body: Bytes) -> Answer {
    let body = Body::read(body)?;
    bills::create(&provider, &mut provider.state(), &id, &body).map(Json)
}

async fn get_bill(State(provider): State<Provider>, Path(id): Path<String>) -> Answer {
    bills::details(&provider, &mut provider.state(), &id).map(Json)
}

async fn get_payments_of_bill(State(provider): State<Provider>, Path(id): Path<String>) -> Answer {
    bills::payments_of(&provider, &mut provider.state(), &id).map(Json)
}

async fn put_payment(
    State(provider): State<Provider>,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let body = Body::read(body)?;
    payments::create(&provider, &mut provider.state(), &id, &body).map(Json)
}

async fn get_payment(State(provider): State<Provider>, Path(id): Path<String>) -> Answer {
    payments::get(&provider, &mut provider.state(), &id).map(Json)
}

async fn complete_payment(
    State(provider): State<Provider>,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let body = Body::read(body)?;
    payments::complete(&provider, &mut provider.state(), &id, &body).map(Json)
}

type TwoIds = Path<(String, String)>;

async fn put_capture(
    State(provider): State<Provider>,
    Path((id, capture)): TwoIds,
    body: Bytes,
) -> Answer {
    let body = Body::read(body)?;
    captures::create(&provider, &mut provider.state(), &id, &capture, &body).map(Json)
}

async fn get_capture(State(provider): State<Provider>, Path((id, capture)): TwoIds) -> Answer {
    captures::get(&provider.state(), &id, &capture).map(Json)
}

async fn put_refund(
    State(provider): State<Provider>,
    Path((id, refund)): TwoIds,
    body: Bytes,
) -> Answer {
    let body = Body::read(body)?;
    refunds::create(&provider, &mut provider.state(), &id, &refund, &body).map(Json)
}

async fn get_refund(State(provider): State<Provider>, Path((id, refund)): TwoIds) -> Answer {
    refunds::get(&provider.state(), &id, &refund).map(Json)
}

async fn list_refunds(State(provider): State<Provider>, Path(id): Path<String>) -> Answer {
    refunds::list(&provider.state(), &id).map(Json)
}

/// Only merchants with postponed refunds may decline them, and this site is none of them.
async fn decline_refund(State(provider): State<Provider>, Path((id, refund)): TwoIds) -> Answer {
    refunds::get(&provider.state(), &id, &refund)?;
    Err(Refusal::WrongState(
        "Refunds of this site are not postponed",
    ))
}

async fn put_check(
    State(provider): State<Provider>,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let body = Body::read(body)?;
    checks::create(&provider, &mut provider.state(), &id, &body).map(Json)
}

async fn get_check(State(provider): State<Provider>, Path(id): Path<String>) -> Answer {
    checks::get(&provider, &mut provider.state(), &id).map(Json)
}

async fn complete_check(
    State(provider): State<Provider>,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let body = Body::read(body)?;
    checks::complete(&provider, &mut provider.state(), &id, &body).map(Json)
}

async fn delete_token(
    State(provider): State<Provider>,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let body = Body::read(body)?;
    checks::delete_token(&mut provider.state(), &body)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn post_qr_code(State(provider): State<Provider>, body: Bytes) -> Answer {
    let body = Body::read(body)?;
    let id = body.required("qrCodeUid", "/qrCodeUid", 200)?;
    qr_codes::create(&provider, &mut provider.state(), id, &body).map(Json)
}

async fn put_qr_code(
    State(provider): State<Provider>,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let body = Body::read(body)?;
    qr_codes::create(&provider, &mut provider.state(), &id, &body).map(Json)
}

async fn get_qr_code(State(provider): State<Provider>, Path(id): Path<String>) -> Answer {
    qr_codes::get(&provider, &mut provider.state(), &id).map(Json)
}

async fn pay_qr_code(
    State(provider): State<Provider>,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let body = Body::read(body)?;
    qr_codes::pay_with_token(&provider, &mut provider.state(), &id, &body).map(Json)
}

async fn put_payout(
    State(provider): State<Provider>,
    Path((id, payout)): TwoIds,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let body = Body::read(body)?;
    let ids = (id.as_str(), payout.as_str());
    payouts::create(&provider, &mut provider.state(), ids, &headers, &body).map(Json)
}

async fn get_payout(State(provider): State<Provider>, Path((id, payout)): TwoIds) -> Answer {
    payouts::get(&provider, &mut provider.state(), &id, &payout).map(Json)
}

async fn complete_payout(State(provider): State<Provider>, Path((id, payout)): TwoIds) -> Answer {
    payouts::complete(&provider, &mut provider.state(), &id, &payout).map(Json)
}
