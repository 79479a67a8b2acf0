//! `POST /v1/form-urls`

use axum::Json;
use axum::extract::State;
use pantoken_a2c::{CallbackUrl, FormUrl, Language, Origin, RequestId};
use serde::Serialize;

use crate::app::AppState;
use crate::http::auth::RequireApiKey;
use crate::http::fields::Fields;
use crate::http::problem::Problem;

use super::{only_in_redirect, take_flow};

/// The answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Signed {
    form_url: FormUrl,
    form_origin: Origin,
}

pub(crate) async fn sign_form_url(
    _: RequireApiKey,
    State(app): State<AppState>,
    mut fields: Fields,
) -> Result<Json<Signed>, Problem> {
    let app = app.parts();
    let flow = take_flow(&mut fields)?;
    let request_id = fields.request_id("requestId", RequestId::parse)?;
    let language = fields.optional("language", Language::parse)?;
    let callback_url = fields.optional("callbackUrl", CallbackUrl::parse)?;
    fields.finish()?;
    let form_url = match only_in_redirect(flow, "callbackUrl", callback_url)? {
        None => app.signer.iframe(request_id),
        Some(callback_url) => app.signer.redirect(request_id, callback_url),
    };
    Ok(Json(Signed {
        form_url: form_url.with_language(language.unwrap_or_default()),
        form_origin: app.signer.host().origin().clone(),
    }))
}
