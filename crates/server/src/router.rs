use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::app::{ApiOptions, AppState, Store};
use crate::endpoints::callback::take_callback;
use crate::endpoints::create_session::create_session;
use crate::endpoints::form_urls::sign_form_url;
use crate::endpoints::get_session::get_session;
use crate::endpoints::record_result::record_result;
use crate::endpoints::{health, openapi};
use crate::fields::MAX_BODY;
use crate::pages::pages;
use crate::problem::Problem;
use crate::request_log;

/// The HTTP API. Source: design.md, "Contract: HTTP API".
pub fn router<S: Store>(app: AppState<S>) -> Router {
    let cors = cors(&app.parts().options);
    let api = Router::new()
        .route("/v1/sessions", post(create_session::<S>))
        .route("/v1/sessions/{requestId}", get(get_session::<S>))
        .route("/v1/sessions/{requestId}/result", post(record_result::<S>))
        .route("/v1/form-urls", post(sign_form_url::<S>))
        .route("/v1/callback/{state}", get(take_callback::<S>))
        .route("/v1/{*rest}", any(not_found))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready::<S>))
        .route("/openapi.json", get(openapi::describe))
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed);
    let parts = app.parts();
    let api = match &parts.options.pages {
        Some(folder) => api.fallback_service(pages(folder, parts.signer.host().origin())),
        None => api.fallback(not_found),
    };
    api.layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(cors)
        .layer(from_fn_with_state(app.clone(), in_time::<S>))
        .layer(map_response(guard))
        .layer(from_fn_with_state(app.clone(), request_log::log::<S>))
        .with_state(app)
}

async fn not_found() -> Problem {
    Problem::NotFound
}

/// Which browsers may read the answers. Who may call is decided in each call.
fn cors(options: &ApiOptions) -> CorsLayer {
    let origins = options.allowed_origins.iter();
    let origins = origins.filter_map(|origin| HeaderValue::from_str(origin.as_str()).ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::CONTENT_TYPE,
            header::AUTHORIZATION,
            HeaderName::from_static("idempotency-key"),
        ])
        .expose_headers([header::RETRY_AFTER])
}

/// Gives up an answer that takes too long; what it was doing happens whole or not at all.
async fn in_time<S: Store>(
    State(app): State<AppState<S>>,
    request: Request,
    next: Next,
) -> Response {
    let limit = app.parts().options.limits.answer_time;
    let answer = tokio::time::timeout(limit, next.run(request)).await;
    answer.unwrap_or_else(|_| Problem::AnswerTimeout.into_response())
}

/// What every answer carries unless it says otherwise: nothing is cached, sniffed or passed on.
async fn guard(mut response: Response) -> Response {
    let fixed = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    for (name, value) in fixed {
        let entry = response.headers_mut().entry(name);
        entry.or_insert(HeaderValue::from_static(value));
    }
    response
}
