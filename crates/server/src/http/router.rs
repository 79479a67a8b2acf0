use axum::Router;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::routing::{any, get, post};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::a2c::callback::take_callback;
use crate::a2c::create_session::create_session;
use crate::a2c::form_urls::sign_form_url;
use crate::a2c::get_session::get_session;
use crate::a2c::record_result::record_result;
use crate::app::AppState;
use crate::http::metrics_endpoint::metrics;
use crate::http::middleware::add_middleware;
use crate::http::pages::pages;
use crate::http::problem::Problem;
use crate::http::{health, openapi};
use crate::settings::ApiOptions;

/// Returns the HTTP API.
pub fn router(app: AppState) -> Router {
    let cors = cors(&app.parts().options);
    let called_by_pages = Router::new()
        .route("/v1/sessions", post(create_session))
        .route("/v1/sessions/{requestId}/result", post(record_result))
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
        .layer(cors);
    let api = Router::new()
        .merge(called_by_pages)
        .route("/v1/sessions/{requestId}", get(get_session))
        .route("/v1/form-urls", post(sign_form_url))
        .route("/v1/callback/{state}", get(take_callback))
        .route("/v1/{*rest}", any(not_found))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/openapi.json", get(openapi::describe))
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed);
    let parts = app.parts();
    let api = match parts.options.metrics {
        true => api.route("/metrics", get(metrics)),
        false => api,
    };
    let api = match &parts.options.pages {
        Some(folder) => api.fallback_service(pages(folder, parts.signer.host().origin())),
        None => api.fallback(not_found),
    };
    add_middleware(api, &app).with_state(app)
}

async fn not_found() -> Problem {
    Problem::NotFound
}

/// Lets pages on allowed origins read responses. Each endpoint decides who may call it.
fn cors(options: &ApiOptions) -> CorsLayer {
    let origins = options.allowed_origins.iter();
    let origins = origins.filter_map(|origin| HeaderValue::from_str(origin.as_str()).ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::POST])
        .allow_headers([
            header::CONTENT_TYPE,
            header::AUTHORIZATION,
            HeaderName::from_static("idempotency-key"),
        ])
        .expose_headers([header::RETRY_AFTER])
}
