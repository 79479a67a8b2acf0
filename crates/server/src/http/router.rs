use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, Method, header};
use axum::routing::any;
use axum::{Extension, Router};
use tower::ServiceBuilder;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::a2c::{callback, create_session, form_urls, get_session, list_sessions, record_result};
use crate::app::{AppState, Parts};
use crate::event_types;
use crate::http::element_files::element_files;
use crate::http::limits::MAX_PROVIDER_BODY;
use crate::http::middleware::add_middleware;
use crate::http::openapi::{self, Document, Writer};
use crate::http::page_forms::PageForms;
use crate::http::pages::pages;
use crate::http::path::Paths;
use crate::http::problem::Problem;
use crate::http::{health, metrics_endpoint};
use crate::jetpay::{callbacks, deposits, merchant, payouts};
use crate::payin::{
    self, bills, customer, delete_token, notifications, parts, payments, qr_code_payments,
    qr_codes, verification_result, verifications,
};
use crate::qiwi_pay;
use crate::settings::ApiOptions;
use crate::webhooks;

/// The routes that need no layer of their own. These are functions, so that the descriptions of only one group of routes
/// take memory at a time.
const PLAIN_ROUTES: [fn() -> OpenApiRouter<AppState>; 5] = [a2c, payin, jetpay, qiwi_pay, server];

/// Returns the HTTP API. It is also served under the path of [`ApiOptions::public_url`].
pub fn router(app: AppState) -> Router {
    let parts = app.parts();
    let called_by_pages = Router::from(called_by_pages())
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
        .layer(cors(&parts.options));
    let notifications = Router::from(called_by_providers());
    let document = Router::from(document()).layer(Extension(Writer(write_document)));
    let api = PLAIN_ROUTES
        .iter()
        .fold(called_by_pages, |api, routes| api.merge(routes()))
        .merge(document)
        .merge(notifications.layer(DefaultBodyLimit::max(MAX_PROVIDER_BODY)))
        .route("/v1/{*rest}", any(not_found))
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed);
    let api = match parts.options.metrics {
        true => api.merge(metrics()),
        false => api,
    };
    let api = match has_own_element(&parts.options) {
        true => api,
        false => api.merge(element_files()),
    };
    let api = match &parts.options.pages {
        Some(folder) => api.fallback_service(pages(folder, &page_forms(parts))),
        None => api.fallback(not_found),
    };
    let paths = Paths::new(&parts.options.public_url.path());
    let api = add_middleware(api, &app).with_state(app);
    let normalize = move |request| paths.normalize(request);
    // Around the router, which has matched the path before its own layers are reached.
    let api = ServiceBuilder::new().map_request(normalize).service(api);
    Router::new().fallback_service(api)
}

/// Writes the OpenAPI document of all routes.
fn write_document() -> String {
    let routes = PLAIN_ROUTES
        .iter()
        .fold(called_by_pages(), |all, routes| all.merge(routes()))
        .merge(document())
        .merge(called_by_providers())
        .merge(metrics());
    let mut described = Document::openapi();
    described.merge(routes.into_openapi());
    described.merge(webhooks::description::Schemas::openapi());
    described.merge(payin::event_types::Schemas::openapi());
    let webhooks = webhooks::description::describe(&event_types::all());
    openapi::complete(&described, webhooks)
}

fn called_by_pages() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(
            create_session::create_session,
            list_sessions::list_sessions
        ))
        .routes(routes!(record_result::record_result))
        .routes(routes!(verifications::create_verification))
        .routes(routes!(verification_result::ask_for_result))
}

fn a2c() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_session::get_session))
        .routes(routes!(form_urls::sign_form_url))
        .routes(routes!(callback::take_callback))
}

fn payin() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(verifications::get_verification))
        .routes(routes!(customer::list_tokens))
        .routes(routes!(delete_token::delete_token))
        .routes(routes!(bills::put_bill, bills::get_bill))
        .routes(routes!(qr_codes::put_qr_code, qr_codes::get_qr_code))
        .routes(routes!(qr_code_payments::pay_qr_code))
        .routes(routes!(payments::put_payment, payments::get_payment))
        .routes(routes!(parts::put_capture, parts::get_capture))
        .routes(routes!(parts::put_refund, parts::get_refund))
}

fn jetpay() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(payouts::put_payout, payouts::get_payout))
        .routes(routes!(deposits::get_deposit))
        .routes(routes!(deposits::list_deposits))
}

fn qiwi_pay() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(qiwi_pay::forms::create_form))
        .routes(routes!(
            qiwi_pay::payments::put_payment,
            qiwi_pay::payments::get_payment
        ))
        .routes(routes!(
            qiwi_pay::parts::put_capture,
            qiwi_pay::parts::get_capture
        ))
        .routes(routes!(
            qiwi_pay::parts::put_reversal,
            qiwi_pay::parts::get_reversal
        ))
        .routes(routes!(
            qiwi_pay::parts::put_refund,
            qiwi_pay::parts::get_refund
        ))
        .routes(routes!(
            qiwi_pay::payouts::put_payout,
            qiwi_pay::payouts::get_payout
        ))
}

fn called_by_providers() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(notifications::receive))
        .routes(routes!(merchant::answer))
        .routes(routes!(callbacks::receive))
        .routes(routes!(qiwi_pay::notifications::receive))
        .routes(routes!(qiwi_pay::three_ds::finish_3ds))
}

fn server() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(health::is_alive))
        .routes(routes!(health::is_ready))
}

fn document() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(openapi::describe))
}

fn metrics() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(metrics_endpoint::metrics))
}

/// Returns the forms that pages may lead to.
fn page_forms(app: &Parts) -> PageForms {
    let options = &app.options;
    PageForms::of(
        app.signer.as_ref(),
        options.payin.as_ref(),
        options.qiwi_pay.as_ref(),
    )
}

/// Returns whether the pages bring the element along, in the version that they were made for.
fn has_own_element(options: &ApiOptions) -> bool {
    let pages = options.pages.as_ref();
    pages.is_some_and(|folder| folder.join("pantoken").is_dir())
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
        // Scripts that trace requests add headers of their own, and a header alone authorises nobody.
        .allow_headers(AllowHeaders::mirror_request())
        // The element reads when to try again, and uses the server's clock to tell how long a session lasts.
        .expose_headers([header::RETRY_AFTER, header::DATE])
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_of_a_schema_means_the_same_everywhere() {
        let others = [called_by_pages, called_by_providers, document, metrics];
        let mut schemas = HashMap::new();
        for routes in PLAIN_ROUTES.iter().chain(&others) {
            let components = routes().into_openapi().components.unwrap_or_default();
            for (name, schema) in components.schemas {
                let schema = json!(schema);
                let first = schemas
                    .entry(name.clone())
                    .or_insert_with(|| schema.clone());
                assert_eq!(*first, schema, "{name}");
            }
        }
    }
}
