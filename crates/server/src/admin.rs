//! Pages for operators at `/admin` of the address of the metrics: sessions, operations and webhooks, and a button to
//! try one again. They are made here, from templates, and have no script.

mod access;
mod assets;
mod cookies;
mod failure;
mod filter;
mod form;
mod frame;
pub(crate) mod key;
mod language;
mod operation_row;
mod operations;
mod origin;
mod overview;
mod pass;
mod sessions;
mod shown;
mod sign_in;
mod texts;
mod visit;
mod webhooks;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Redirect;
use axum::routing::{any, get, post};

use crate::app::AppState;
use crate::http::middleware::add_middleware;

/// Returns the pages, or nothing if there is no key for them.
pub(crate) fn pages(app: &AppState) -> Router<AppState> {
    let Some(key) = app.parts().options.admin_key.clone() else {
        return Router::new();
    };
    let with_pass = Router::new()
        .route("/admin", get(overview::show))
        .route("/admin/sessions", get(sessions::list))
        .route("/admin/sessions/{requestId}", get(sessions::show))
        .route("/admin/operations", get(operations::list))
        .route("/admin/operations/{number}", get(operations::show))
        .route("/admin/operations/{number}/retry", post(operations::retry))
        .route("/admin/webhooks", get(webhooks::list))
        .route("/admin/webhooks/{number}/retry", post(webhooks::retry))
        .route("/admin/sign-out", post(sign_in::sign_out))
        .route("/admin/{*rest}", any(failure::not_found))
        .route_layer(from_fn_with_state(app.clone(), access::require_pass));
    let open = Router::new()
        .route("/admin/", get(async || Redirect::permanent("/admin")))
        .route(
            sign_in::PATH,
            get(sign_in::show_form).post(sign_in::sign_in),
        )
        .route(assets::STYLE, get(assets::style))
        .route(assets::ICON, get(assets::icon));
    let pages = with_pass
        .merge(open)
        .layer(axum::Extension(key))
        .layer(from_fn(visit::begin));
    add_middleware(pages, app)
}
