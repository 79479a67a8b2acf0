//! The form under `/chaos/{name}`. It differs from the usual form only in the script that talks to the
//! embedding page, or in how long it takes to load.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{any, get};

use crate::a2c::Misbehaviour;
use crate::a2c::form::{form_routes, show_form};
use crate::a2c::page::asset;
use crate::a2c::provider::Provider;

/// How long a slow form takes. A customer notices it, and no page gives up.
const SLOW: Duration = Duration::from_secs(2);

/// Creates the routes of a form for each misbehaviour. Every other address under `/chaos` is answered
/// with their names.
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
        show = show.layer(from_fn(delay));
    }
    let form = form_routes(show, asset::misbehaving(misbehaviour));
    if misbehaviour == Misbehaviour::WrongOriginFrame {
        return asset::STRANGER.add_to(form);
    }
    form
}

async fn delay(request: Request, next: Next) -> Response {
    tokio::time::sleep(SLOW).await;
    next.run(request).await
}

async fn unknown() -> (StatusCode, String) {
    let names = Misbehaviour::ALL.map(Misbehaviour::name).join("\n");
    let text = format!(
        "The misbehaving forms are at /chaos/{{name}}/form, where the name is one of:\n{names}\n"
    );
    (StatusCode::NOT_FOUND, text)
}
