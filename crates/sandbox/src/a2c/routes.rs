use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;
use pantoken_a2c::Origin;
use pantoken_core::Random;

use crate::a2c::Settings;
use crate::a2c::chaos;
use crate::a2c::form::{form_routes, show_form};
use crate::a2c::page::asset::EMBEDDER;
use crate::a2c::provider::Provider;
use crate::page;

const MAX_BODY: usize = 16 * 1024;

/// Creates the sandbox's routes: `GET /form?…` with its assets and `POST /save`, the same under
/// `/chaos/{name}` for each [`Misbehaviour`](crate::a2c::Misbehaviour), and `GET /healthz`.
///
/// The router remembers in memory which requests have a card.
pub fn router(settings: Settings, random: impl Random) -> Router {
    let policy = content_security_policy(&settings.registered_hosts);
    form_routes(get(show_form), EMBEDDER)
        .merge(chaos::routes())
        .route("/healthz", get(async || "ok"))
        .fallback(not_found)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(map_response(move |mut response: Response| {
            page::set_headers(response.headers_mut(), policy.clone());
            std::future::ready(response)
        }))
        .with_state(Arc::new(Provider::new(settings, random)))
}

async fn not_found() -> (StatusCode, &'static str) {
    let text = "This is pantoken-sandbox. The form is at /form?agentId=…&requestId=…&agentSign=…\n";
    (StatusCode::NOT_FOUND, text)
}

fn content_security_policy(registered_hosts: &[Origin]) -> HeaderValue {
    let hosts: Vec<_> = registered_hosts.iter().map(Origin::as_str).collect();
    let hosts = hosts.join(" ");
    page::policy("'none'", if hosts.is_empty() { "'none'" } else { &hosts })
}
