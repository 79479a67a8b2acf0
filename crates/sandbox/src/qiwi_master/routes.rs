use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use pantoken_core::{Clock, Random, Secret};
use serde_json::{Value, json};

use super::payments::Terms;
use super::permission::Permission;
use super::refusal::Refusal;
use super::wallet::SharedWallet;
use super::{Settings, actions, cards, control, orders, payments, statement};
use crate::call_fault;

const MAX_BODY: usize = 64 * 1024;

type Answer = Result<Json<Value>, Refusal>;
type Wallet = State<SharedWallet>;
type Ids = Path<HashMap<String, String>>;

/// Creates the sandbox's routes: the provider's API, and the control API under `/sandbox`. The router stores
/// everything in memory.
pub fn router(settings: Settings, random: impl Random, clock: impl Clock) -> Router {
    let wallet = SharedWallet::new(settings, random, clock);
    let person = wallet.settings().wallet.as_str();
    let (cards, history) = (
        format!("/cards/v2/persons/{person}"),
        format!("/payment-history/v1/persons/{person}"),
    );
    let api = Router::new()
        .route("/sinap/api/v2/terms/{terms}/payments", post(pay))
        .route(&format!("{cards}/orders"), post(create_order))
        .route(&format!("{cards}/orders/{{id}}/submit"), put(submit_order))
        .route("/cards/v1/cards", get(list_cards))
        .route("/cards/v1/cards/{id}/details", put(details))
        .route("/cards/v1/cards/{id}/alias", put(rename))
        .route(&format!("{cards}/cards/{{id}}/block"), put(block))
        .route(&format!("{cards}/cards/{{id}}/unblock"), put(unblock))
        .route(&format!("{history}/cards/{{id}}/statement"), get(statement))
        .route("/payment-history/v2/transactions/{id}", get(transaction))
        .route("/person-profile/v1/profile/current", get(profile))
        .layer(from_fn_with_state(wallet.clone(), with_faults))
        .layer(from_fn_with_state(wallet.clone(), authorize));
    Router::new()
        .merge(api)
        .nest("/sandbox", control::routes())
        .route("/healthz", get(async || "ok"))
        .fallback(async || Refusal::NotFound)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(wallet)
}

/// Checks the token, its permission for this call, and the number of requests for the history.
async fn authorize(
    State(wallet): Wallet,
    headers: HeaderMap,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    let header = headers.get(AUTHORIZATION).and_then(|it| it.to_str().ok());
    let token = header.and_then(|header| header.strip_prefix("Bearer "));
    let expected = Secret::new(wallet.settings().token.expose());
    if !token.is_some_and(|token| expected.is(token)) {
        return Err(Refusal::Token);
    }
    let permission = match request.uri().path().split('/').nth(1) {
        Some("sinap") => Permission::Payments,
        Some("payment-history") => Permission::History,
        Some("person-profile") => Permission::Profile,
        _ => Permission::Cards,
    };
    {
        let now = wallet.now();
        let mut state = wallet.state()?;
        if !state.permissions.contains(&permission) {
            return Err(Refusal::Forbidden("The token lacks the permission"));
        }
        if permission == Permission::History && !state.history_limit.admits(now) {
            return Err(Refusal::TooMany);
        }
    }
    Ok(next.run(request).await)
}

/// Lets the next call that changes something fail, if a fault is set.
async fn with_faults(State(wallet): Wallet, request: Request, next: Next) -> Response {
    let fault = match wallet.state() {
        Ok(mut state) if request.method() != Method::GET => state.faults.pop_front(),
        Ok(_) => None,
        Err(refusal) => return refusal.into_response(),
    };
    call_fault::run(fault, request, next, || Refusal::Internal.into_response()).await
}

async fn pay(
    State(wallet): Wallet,
    Path(terms): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let terms = Terms::parse(&terms).ok_or(Refusal::NotFound)?;
    if !is_json(&headers) {
        return Err(Refusal::Payment("QWPRC-4", "Wrong format"));
    }
    payments::pay(&wallet, terms, &body).map(Json)
}

async fn create_order(State(wallet): Wallet, headers: HeaderMap, body: Bytes) -> Answer {
    let body = read(&headers, &body)?;
    orders::create(&wallet, body["cardAlias"].as_str()).map(Json)
}

async fn submit_order(State(wallet): Wallet, Path(ids): Ids) -> Answer {
    orders::submit(&wallet, id(&ids)).map(Json)
}

async fn list_cards(State(wallet): Wallet) -> Answer {
    Ok(Json(cards::list(&*wallet.state()?)))
}

async fn details(State(wallet): Wallet, Path(ids): Ids, headers: HeaderMap, body: Bytes) -> Answer {
    let body = read(&headers, &body)?;
    actions::details(&wallet, id(&ids), body["operationId"].as_str()).map(Json)
}

async fn rename(State(wallet): Wallet, Path(ids): Ids, headers: HeaderMap, body: Bytes) -> Answer {
    let body = read(&headers, &body)?;
    actions::rename(&wallet, id(&ids), body["alias"].as_str()).map(Json)
}

async fn block(State(wallet): Wallet, Path(ids): Ids) -> Result<StatusCode, Refusal> {
    actions::block(&wallet, id(&ids))?;
    Ok(StatusCode::ACCEPTED)
}

async fn unblock(State(wallet): Wallet, Path(ids): Ids) -> Answer {
    actions::unblock(&wallet, id(&ids)).map(Json)
}

async fn statement(
    State(wallet): Wallet,
    Path(ids): Ids,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Refusal> {
    let file = statement::write(&wallet, id(&ids), &query)?;
    Ok(([(CONTENT_TYPE, "application/pdf")], file).into_response())
}

async fn transaction(State(wallet): Wallet, Path(ids): Ids) -> Answer {
    payments::transaction(&wallet, id(&ids)).map(Json)
}

async fn profile(State(wallet): Wallet) -> Json<Value> {
    let person: Option<u64> = wallet.settings().wallet.as_str().parse().ok();
    Json(json!({"authInfo": {"personId": person}}))
}

fn id(ids: &HashMap<String, String>) -> &str {
    ids.get("id").map_or("", String::as_str)
}

/// Reads a body. The provider takes nothing but `application/json`.
fn read(headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    let body = serde_json::from_slice(body).ok();
    let body = body.filter(|_| is_json(headers));
    body.ok_or(Refusal::Invalid("The body must be JSON"))
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    content_type.is_some_and(|it| it.split(';').next() == Some("application/json"))
}
