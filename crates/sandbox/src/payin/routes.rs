use axum::Json;
use axum::Router;
use axum::body::{Body as AnswerBody, Bytes, to_bytes};
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use futures_util::stream;
use pantoken_core::{Clock, Random, Secret};
use serde_json::Value;

use crate::payin::fault::Fault;
use crate::payin::provider::{Body, Provider};
use crate::payin::refusal::Refusal;
use crate::payin::{Settings, bills, checks, control, payments};

const MAX_BODY: usize = 256 * 1024;
/// The answers of the sandbox are shorter.
const MAX_ANSWER: usize = 1024 * 1024;

type Answer = Result<Json<Value>, Refusal>;

/// Creates the sandbox's routes: the provider's API under `/partner/payin/v1/sites/{siteId}`, and the control API
/// under `/sandbox`. The router stores everything in memory.
pub fn router(settings: Settings, random: impl Random, clock: impl Clock) -> Router {
    let provider = Provider::new(settings, random, clock);
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
        .layer(from_fn_with_state(provider.clone(), with_faults))
        .layer(from_fn_with_state(provider.clone(), authorize));
    Router::new()
        .nest(&path, api)
        .route("/sandbox/executed", get(control::executed))
        .route("/sandbox/notifications", get(control::notifications))
        .route("/sandbox/faults", post(control::faults))
        .route("/sandbox/bills/{id}/card", post(control::type_card))
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
    let Some(fault) = fault else {
        return next.run(request).await;
    };
    if fault == Fault::Unavailable {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let response = next.run(request).await;
    if let Some(delay) = fault.delay() {
        tokio::time::sleep(delay).await;
        return response;
    }
    match fault {
        Fault::Empty500 => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Fault::Error500 => Refusal::Internal.into_response(),
        Fault::Html => "<html><body>Please log in</body></html>".into_response(),
        Fault::Half => cut(response, 2).await,
        _ => cut(response, usize::MAX).await,
    }
}

/// Sends one of so many parts of the answer, and then cuts the connection.
async fn cut(response: Response, parts: usize) -> Response {
    let (head, body) = response.into_parts();
    let body = to_bytes(body, MAX_ANSWER).await.unwrap_or_default();
    let sent = body.slice(..body.len() / parts);
    let cut = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    let chunks: [Result<Bytes, _>; 2] = [Ok(sent), Err(cut)];
    let mut response = Response::new(AnswerBody::from_stream(stream::iter(chunks)));
    *response.status_mut() = head.status;
    response
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

async fn put_capture(State(provider): State<Provider>, Path((id, capture)): TwoIds) -> Answer {
    payments::capture(&provider, &mut provider.state(), &id, &capture).map(Json)
}

async fn get_capture(State(provider): State<Provider>, Path((id, capture)): TwoIds) -> Answer {
    payments::get_capture(&provider.state(), &id, &capture).map(Json)
}

async fn put_refund(
    State(provider): State<Provider>,
    Path((id, refund)): TwoIds,
    body: Bytes,
) -> Answer {
    let body = Body::read(body)?;
    payments::refund(&provider, &mut provider.state(), &id, &refund, &body).map(Json)
}

async fn get_refund(State(provider): State<Provider>, Path((id, refund)): TwoIds) -> Answer {
    payments::get_refund(&provider.state(), &id, &refund).map(Json)
}

async fn list_refunds(State(provider): State<Provider>, Path(id): Path<String>) -> Answer {
    payments::list_refunds(&provider.state(), &id).map(Json)
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
