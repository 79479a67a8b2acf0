//! The pages that the provider hosts: the form for a payment, the form for a card check, and the issuer's page for
//! 3-D Secure. Source: docs/payin.md, "The hosted form".

use axum::extract::{Form, Query, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use pantoken_core::Origin;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::page::{Language, MAX_TEXT, acs, with_payment_forms};
use crate::payin::body::has_flag;
use crate::payin::card::Card;
use crate::payin::forms::{self, FormState};
use crate::payin::page::{self, FormData};
use crate::payin::provider::Provider;
use crate::payin::refusal::Refusal;

pub(crate) fn routes() -> Router<Provider> {
    let pages = Router::new()
        .route("/form", get(show_form))
        .route("/validation/card", get(show_form))
        .route("/form/state", get(form_state))
        .route("/form/card", post(take_card))
        .route("/form/3ds", post(take_pares))
        .route("/acs", post(show_acs));
    with_payment_forms(pages, [page::SCRIPT])
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FormQuery {
    #[serde(default)]
    invoice_uid: String,
    success_url: Option<String>,
    lang: Option<String>,
}

async fn show_form(
    State(provider): State<Provider>,
    Query(query): Query<FormQuery>,
) -> Result<Response, Refusal> {
    let language = Language::read(query.lang.as_deref());
    let mut state = provider.state();
    let Some(bill_id) = state.invoices.get(&query.invoice_uid).cloned() else {
        let html = page::unknown(language);
        return Ok((StatusCode::NOT_FOUND, Html(html)).into_response());
    };
    let form_state = forms::state_of(&provider, &mut state, &bill_id)?;
    let bill = state.bills.get(&bill_id).ok_or(Refusal::NotFound)?;
    // An address such as javascript:… would run in this page.
    let is_allowed = |url: &String| url.len() <= MAX_TEXT && Origin::split(url).is_ok();
    let data = FormData {
        state: form_state,
        invoice_uid: &query.invoice_uid,
        amount: bill.object["amount"]["value"].as_str(),
        comment: bill.object["comment"].as_str(),
        success_url: query.success_url.filter(is_allowed),
        is_check: has_flag(&bill.object, "CHECK_CARD"),
    };
    Ok(Html(page::form(language, &data)).into_response())
}

async fn form_state(
    State(provider): State<Provider>,
    Query(query): Query<FormQuery>,
) -> Result<Json<Value>, Refusal> {
    let mut state = provider.state();
    let bill_id = state.invoices.get(&query.invoice_uid).cloned();
    let bill_id = bill_id.ok_or(Refusal::NotFound)?;
    let form_state = forms::state_of(&provider, &mut state, &bill_id)?;
    Ok(Json(json!({"state": form_state})))
}

/// Takes a card. The form's own policy and the browser's rules for JSON keep other sites from posting here.
async fn take_card(
    State(provider): State<Provider>,
    Json(fields): Json<Value>,
) -> Result<Json<Value>, Refusal> {
    let card = Card::read(&fields)?;
    let mut state = provider.state();
    let uid = fields["invoiceUid"].as_str().unwrap_or_default();
    let bill_id = state.invoices.get(uid).cloned().ok_or(Refusal::NotFound)?;
    let form_state = forms::submit(&provider, &mut state, &bill_id, card)?;
    let pareq = forms::pareq(&state, &bill_id);
    let pareq = pareq.filter(|_| form_state == FormState::ThreeDs);
    Ok(Json(json!({"state": form_state, "pareq": pareq})))
}

/// Takes the answer of the issuer's page, and leads back to the form.
async fn take_pares(
    State(provider): State<Provider>,
    RawQuery(query): RawQuery,
    Form(answer): Form<acs::Answer>,
) -> Result<Redirect, Refusal> {
    let mut state = provider.state();
    let bill_id = state.invoices.get(&answer.md).cloned();
    let bill_id = bill_id.ok_or(Refusal::NotFound)?;
    forms::authenticate(&provider, &mut state, &bill_id, &answer.pares)?;
    let bill = state.bills.get(&bill_id).ok_or(Refusal::NotFound)?;
    let is_check = has_flag(&bill.object, "CHECK_CARD");
    let path = if is_check {
        "/validation/card"
    } else {
        "/form"
    };
    Ok(Redirect::to(&format!(
        "{path}?{}",
        query.unwrap_or_default()
    )))
}

#[derive(Deserialize)]
struct AcsQuery {
    lang: Option<String>,
}

/// Shows the issuer's page.
async fn show_acs(
    State(provider): State<Provider>,
    Query(query): Query<AcsQuery>,
    Form(question): Form<acs::Question>,
) -> Response {
    let language = Language::read(query.lang.as_deref());
    let state = provider.state();
    let payment = state.payments.get(&question.pareq);
    let is_known = payment.is_some() || state.checks.contains_key(&question.pareq);
    let amount = payment.and_then(|payment| payment.object["amount"]["value"].as_str());
    let page = is_known.then(|| question.page(language, amount)).flatten();
    let unknown = || (StatusCode::BAD_REQUEST, Html(page::unknown(language))).into_response();
    page.unwrap_or_else(unknown)
}
