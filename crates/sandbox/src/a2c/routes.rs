use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;
use pantoken_a2c::Origin;
use pantoken_core::Random;

use crate::a2c::Settings;
use crate::a2c::chaos;
use crate::a2c::form::{form_routes, show_form};
use crate::a2c::page::Asset;
use crate::a2c::provider::Provider;

const MAX_BODY: usize = 16 * 1024;

/// Creates the sandbox's routes: `GET /form?…` with its assets and `POST /save`, the same under
/// `/chaos/{name}` for each [`Misbehaviour`](crate::a2c::Misbehaviour), and `GET /healthz`.
///
/// The router remembers in memory which requests have a card.
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
        // An origin contains only visible ASCII characters.
        Err(_) => unreachable!(),
    }
}
