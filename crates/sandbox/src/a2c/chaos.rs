//! The form below `/chaos/{name}`: all of it as it is, but for the script that speaks with the page,
//! or the time that it takes.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{any, get};

use crate::a2c::Misbehaviour;
use crate::a2c::page::Asset;
use crate::a2c::provider::Provider;
use crate::a2c::routes::{add_asset, form_routes, show_form};

/// How long a slow form takes: a customer notices, and no page gives up.
const SLOW: Duration = Duration::from_secs(2);

/// A form for each misbehaviour; every other address below `/chaos` is told their names.
pub(crate) fn routes() -> Router<Arc<Provider>> {
    let unknown = Router::new()
        .route("/chaos", any(unknown))
        .route("/chaos/{*rest}", any(unknown));
    Misbehaviour::ALL
        .into_iter()
        .fold(unknown, |router, misbehaviour| {
            let prefix = format!("/chaos/{}", misbehaviour.name());
            router.nest(&prefix, form(misbehaviour))
        })
}

fn form(misbehaviour: Misbehaviour) -> Router<Arc<Provider>> {
    let mut show = get(show_form);
    if misbehaviour == Misbehaviour::SlowLoad {
        show = show.layer(from_fn(slowly));
    }
    let form = form_routes(show, Asset::misbehaving(misbehaviour));
    if misbehaviour == Misbehaviour::WrongOriginFrame {
        return add_asset(form, Asset::STRANGER);
    }
    form
}

async fn slowly(request: Request, next: Next) -> Response {
    tokio::time::sleep(SLOW).await;
    next.run(request).await
}

async fn unknown() -> (StatusCode, String) {
    let names = Misbehaviour::ALL.map(Misbehaviour::name).join("\n");
    let text = format!(
        "A form that misbehaves is at /chaos/{{name}}/form, with one of these names:\n{names}\n"
    );
    (StatusCode::NOT_FOUND, text)
}
