//! `POST /v1/form-urls`

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use pantoken_a2c::{CallbackUrl, Flow, FormUrl, Language, Origin, RequestId};
use serde::Serialize;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use crate::a2c::schemas;
use crate::app::AppState;
use crate::http::api_key_holder::RequireApiKey;
use crate::http::fields::Fields;
use crate::http::openapi::problems;
use crate::http::problem::Problem;

use super::{only_in_redirect, take_flow};

/// A form URL to sign.
#[derive(ToSchema)]
#[schema(example = json!({
    "flow": "redirect",
    "requestId": "12345678",
    "language": "ru",
    "callbackUrl": "https://agent.site.kz"
}))]
#[schema(rename_all = "camelCase")]
pub(crate) struct FormUrlRequest {
    #[schema(value_type = schemas::Flow)]
    flow: Flow,
    #[schema(value_type = schemas::RequestId)]
    request_id: RequestId,
    /// The language of the form; Russian by default.
    #[schema(value_type = Option<crate::http::form_options::Language>)]
    language: Language,
    /// Where the provider sends the customer in the redirect flow, which requires it: an `https` URL, or
    /// `http` on loopback.
    #[schema(value_type = Option<String>)]
    callback_url: Option<CallbackUrl>,
}

/// A signed form URL.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "formUrl": "https://a2c-test.qiwi.kz/form?agentId=agent-01&requestId=12345678&language=ru&agentCallbackUrl=https%3A%2F%2Fagent.site.kz&agentSign=bc305308aa5fa30a56d69ab166a7d5613cf2ca17783d034fdc08eeba23bad901",
    "formOrigin": "https://a2c-test.qiwi.kz"
}))]
#[schema(as = FormUrl)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignedFormUrl {
    #[schema(value_type = String, format = "uri")]
    form_url: FormUrl,
    #[schema(value_type = String, format = "uri")]
    form_origin: Origin,
}

struct SignFormUrlProblems;

impl IntoResponses for SignFormUrlProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems([
            StatusCode::BAD_REQUEST,
            StatusCode::UNAUTHORIZED,
            StatusCode::REQUEST_TIMEOUT,
            StatusCode::PAYLOAD_TOO_LARGE,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            StatusCode::TOO_MANY_REQUESTS,
        ])
    }
}

#[utoipa::path(
    post,
    path = "/v1/form-urls",
    operation_id = "signFormUrl",
    tag = "a2c",
    summary = "Signs a form URL for a request id of the agent's own, and stores nothing",
    security(("apiKey" = [])),
    request_body = FormUrlRequest,
    responses(
        (status = 200, description = "The form URL.", body = SignedFormUrl),
        SignFormUrlProblems
    )
)]
pub(crate) async fn sign_form_url(
    _: RequireApiKey,
    State(app): State<AppState>,
    fields: Fields,
) -> Result<Json<SignedFormUrl>, Problem> {
    let signer = app.parts().signer()?;
    let request = FormUrlRequest::read(fields)?;
    let form_url = match (request.flow, request.callback_url) {
        (Flow::Redirect, Some(callback_url)) => signer.redirect(request.request_id, callback_url),
        _ => signer.iframe(request.request_id),
    };
    Ok(Json(SignedFormUrl {
        form_url: form_url.with_language(request.language),
        form_origin: signer.host().origin().clone(),
    }))
}

impl FormUrlRequest {
    fn read(mut fields: Fields) -> Result<Self, Problem> {
        let flow = take_flow(&mut fields)?;
        let request_id = fields.request_id("requestId", RequestId::parse)?;
        let language = fields.optional("language", Language::parse)?;
        let callback_url = fields.optional("callbackUrl", CallbackUrl::parse)?;
        fields.finish()?;
        Ok(Self {
            flow,
            request_id,
            language: language.unwrap_or_default(),
            callback_url: only_in_redirect(flow, "callbackUrl", callback_url)?,
        })
    }
}
