//! The card form: its page, its assets, and the endpoint that saves a card.

use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{MethodRouter, post};
use axum::{Json, Router};
use pantoken_a2c::{Language, SignedRequest};

use crate::a2c::answer::Answer;
use crate::a2c::page::{self, asset};
use crate::a2c::provider::Provider;
use crate::a2c::refusal::Refusal;
use crate::a2c::save_request::SaveRequest;
use crate::page::Asset;

/// Creates the routes of the form and its assets. Their addresses are relative to the form's, so that
/// they also work under a prefix.
pub(crate) fn form_routes(
    form: MethodRouter<Arc<Provider>>,
    embedder: Asset,
) -> Router<Arc<Provider>> {
    let routes = Router::new()
        .route("/form", form)
        .route("/save", post(save));
    let assets = Asset::OF_CARD_FORMS
        .into_iter()
        .chain([asset::FORM, embedder]);
    assets.fold(routes, |routes, asset| asset.add_to(routes))
}

pub(crate) async fn show_form(
    State(provider): State<Arc<Provider>>,
    RawQuery(query): RawQuery,
) -> Response {
    let settings = provider.settings();
    let query = query.unwrap_or_default();
    let read = SignedRequest::parse(&format!("{}/form?{query}", settings.public_origin));
    match provider.verify(read) {
        Ok(signed) => {
            let request = signed.request();
            let (request_id, flow) = (request.request_id(), request.flow().as_str());
            tracing::info!(%request_id, flow, "form shown");
            Html(page::form(&signed, &settings.registered_hosts)).into_response()
        }
        Err(refusal) => {
            tracing::info!(code = %refusal.code(), "form refused: {refusal}");
            let html = page::refusal(refusal, language(&query), &settings.registered_hosts);
            (StatusCode::BAD_REQUEST, Html(html)).into_response()
        }
    }
}

/// Returns the language of a form URL, which may be wrong otherwise.
fn language(query: &str) -> Language {
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix("language="))
        .and_then(|text| Language::parse(text).ok())
        .unwrap_or_default()
}

async fn save(
    State(provider): State<Arc<Provider>>,
    body: Result<Json<SaveRequest>, JsonRejection>,
) -> Response {
    let request = match body {
        Ok(Json(request)) => request,
        // axum's error may repeat a part of the body, so it is not sent.
        Err(rejection) => {
            let answer = Answer::refused(None, Refusal::MalformedBody);
            return (rejection.status(), Json(answer)).into_response();
        }
    };
    let pan_token = match provider.new_pan_token() {
        Ok(pan_token) => pan_token,
        Err(error) => {
            tracing::error!("{error}");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    Json(match provider.save(&request) {
        Ok(request_id) => {
            tracing::info!(%request_id, "card saved");
            Answer::Saved {
                request_id,
                pan_token,
            }
        }
        Err(refusal) => {
            tracing::info!(code = %refusal.code(), "card refused: {refusal}");
            Answer::refused(request.request_id(), refusal)
        }
    })
    .into_response()
}
