use axum::Router;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::routing::{any, get, post};
use tower::layer::layer_fn;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::a2c::callback::take_callback;
use crate::a2c::create_session::create_session;
use crate::a2c::form_urls::sign_form_url;
use crate::a2c::get_session::get_session;
use crate::a2c::record_result::record_result;
use crate::app::{AppState, Store};
use crate::settings::ApiOptions;
use crate::http::metrics::metrics;
use crate::http::middleware::EveryCall;
use crate::http::pages::pages;
use crate::http::problem::Problem;
use crate::http::{health, openapi};

/// The HTTP API. Source: design.md, "Contract: HTTP API".
pub fn router<S: Store>(app: AppState<S>) -> Router {
    let cors = cors(&app.parts().options);
    let of_a_page = Router::new()
        .route("/v1/sessions", post(create_session::<S>))
        .route("/v1/sessions/{requestId}/result", post(record_result::<S>))
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
        .layer(cors);
    let api = Router::new()
        .merge(of_a_page)
        .route("/v1/sessions/{requestId}", get(get_session::<S>))
        .route("/v1/form-urls", post(sign_form_url::<S>))
        .route("/v1/callback/{state}", get(take_callback::<S>))
        .route("/v1/{*rest}", any(not_found))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready::<S>))
        .route("/openapi.json", get(openapi::describe))
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed);
    let parts = app.parts();
    let api = match parts.options.metrics {
        true => api.route("/metrics", get(metrics::<S>)),
        false => api,
    };
    let api = match &parts.options.pages {
        Some(folder) => api.fallback_service(pages(folder, parts.signer.host().origin())),
        None => api.fallback(not_found),
    };
    let every_call = app.clone();
    let every_call = layer_fn(move |inner| EveryCall {
        app: every_call.clone(),
        inner,
    });
    api.layer(every_call).with_state(app)
}

async fn not_found() -> Problem {
    Problem::NotFound
}

/// Which browsers may read the answers to a page's calls. Who may call is decided in each call.
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
