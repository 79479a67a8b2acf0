use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, RawQuery, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::map_response;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router};
use pantoken_a2c::{Language, Origin, SignedRequest};

use crate::a2c::Settings;
use crate::a2c::answer::Answer;
use crate::a2c::chaos;
use crate::a2c::page::{self, Asset};
use crate::a2c::provider::Provider;
use crate::a2c::refusal::Refusal;
use crate::a2c::save_request::SaveRequest;
use pantoken_core::Random;

const MAX_BODY: usize = 16 * 1024;

/// The sandbox as a service: `GET /form?…` with its assets, `POST /save`, the same below
/// `/chaos/{name}` for each [`Misbehaviour`](crate::a2c::Misbehaviour), `GET /healthz`.
///
/// Requests that have a card are kept in memory for as long as the router lives.
/// Source: docs/sandbox.md.
pub fn router(settings: Settings, random: impl Random) -> Router {
    let policy = content_security_policy(&settings.registered_hosts);
    form_routes(get(show_form), Asset::EMBEDDER)
        .merge(chaos::routes())
        .route("/healthz", get(async || "ok"))
        .fallback(not_found)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(map_response(move |response| {
            std::future::ready(with_headers(response, policy.clone()))
        }))
        .with_state(Arc::new(Provider::new(settings, random)))
}

/// The form and all that it loads, addressed relative to it, so that they work below a prefix too.
pub(crate) fn form_routes(
    form: MethodRouter<Arc<Provider>>,
    embedder: Asset,
) -> Router<Arc<Provider>> {
    let routes = Router::new()
        .route("/form", form)
        .route("/save", post(save));
    let assets = Asset::OTHERS.into_iter().chain([embedder]);
    assets.fold(routes, add_asset)
}

pub(crate) fn add_asset(routes: Router<Arc<Provider>>, asset: Asset) -> Router<Arc<Provider>> {
    let answer = ([(CONTENT_TYPE, asset.content_type)], asset.text);
    routes.route(asset.path, get(async move || answer))
}

pub(crate) async fn show_form(
    State(provider): State<Arc<Provider>>,
    RawQuery(query): RawQuery,
) -> Response {
    let settings = provider.settings();
    let query = query.unwrap_or_default();
    let read = SignedRequest::parse(&format!("{}/form?{query}", settings.public_origin));
    match provider.admit(read) {
        Ok(signed) => {
            let request = signed.request();
            let (request_id, flow) = (request.request_id(), request.flow().as_str());
            tracing::info!(%request_id, flow, "form shown");
            Html(page::form(&signed, &settings.registered_hosts)).into_response()
        }
        Err(refusal) => {
            tracing::info!(code = %refusal.code(), "form refused: {refusal}");
            let html = page::refusal(refusal, language(&query), &settings.registered_hosts);
            (StatusCode::BAD_REQUEST, Html(html)).into_response()
        }
    }
}

/// The language that a form URL asks for, whatever else is wrong with it.
fn language(query: &str) -> Language {
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix("language="))
        .and_then(|text| Language::parse(text).ok())
        .unwrap_or_default()
}

async fn save(
    State(provider): State<Arc<Provider>>,
    body: Result<Json<SaveRequest>, JsonRejection>,
) -> Response {
    let request = match body {
        Ok(Json(request)) => request,
        // What axum says of it may repeat a part of the body.
        Err(rejection) => {
            let answer = Answer::refused(None, Refusal::MalformedBody);
            return (rejection.status(), Json(answer)).into_response();
        }
    };
    let pan_token = match provider.new_pan_token() {
        Ok(pan_token) => pan_token,
        Err(error) => {
            tracing::error!("{error}");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    Json(match provider.save(&request) {
        Ok(request_id) => {
            tracing::info!(%request_id, "card saved");
            Answer::Saved {
                request_id,
                pan_token,
            }
        }
        Err(refusal) => {
            tracing::info!(code = %refusal.code(), "card refused: {refusal}");
            Answer::refused(request.request_id(), refusal)
        }
    })
    .into_response()
}

async fn not_found() -> (StatusCode, &'static str) {
    let text = "This is pantoken-sandbox. The form is at /form?agentId=…&requestId=…&agentSign=…\n";
    (StatusCode::NOT_FOUND, text)
}

fn with_headers(mut response: Response, policy: HeaderValue) -> Response {
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn content_security_policy(registered_hosts: &[Origin]) -> HeaderValue {
    let mut policy = String::from(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         form-action 'none'; base-uri 'none'; frame-ancestors",
    );
    for host in registered_hosts {
        policy.push(' ');
        policy.push_str(host.as_str());
    }
    if registered_hosts.is_empty() {
        policy.push_str(" 'none'");
    }
    match HeaderValue::try_from(policy) {
        Ok(policy) => policy,
        // An origin is made of visible ASCII characters.
        Err(_) => unreachable!(),
    }
}
