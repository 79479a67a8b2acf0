//! The pages that the provider hosts: the payment form, the issuer's page for 3-D Secure, and the status of the
//! payment.

use std::collections::BTreeMap;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Query, State};
use axum::http::header::{ACCEPT_LANGUAGE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::fields::Fields;
use super::forms::{self, FormState};
use super::page::{self, FormData};
use super::provider::Provider;
use super::refusal::Refusal;
use super::three_ds::transaction_of;
use super::transaction::{Transaction, amount};
use crate::page::{Language, MAX_TEXT, acs, with_payment_forms};

pub(super) fn routes() -> Router<Provider> {
    let pages = Router::new()
        .route("/paypage/initial", get(open).post(open))
        .route("/", get(show_form))
        .route("/status", get(show_status))
        .route("/form/card", post(take_card))
        .route("/form/state", get(form_state))
        .route("/form/3ds", post(take_pares))
        .route("/acs", post(show_acs));
    with_payment_forms(pages, page::SCRIPTS)
}

#[derive(Deserialize)]
struct PageQuery {
    #[serde(default)]
    token: String,
    lang: Option<String>,
}

/// Returns the language of the address, or that of the browser.
fn language(headers: &HeaderMap, lang: Option<&str>) -> Language {
    let header = headers.get(ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok());
    let first = header.and_then(|header| header.get(..2));
    Language::read(lang.or(first))
}

/// Opens the form with the fields of a query or of a form.
async fn open(
    State(provider): State<Provider>,
    headers: HeaderMap,
    fields: Result<Form<BTreeMap<String, String>>, FormRejection>,
) -> Response {
    let fields = fields.map_err(|_| Refusal::Code(8018));
    let fields = fields.map(|Form(fields)| Fields::of_form(fields));
    match fields.and_then(|fields| forms::open(&provider, fields)) {
        Ok(token) => (StatusCode::FOUND, [(LOCATION, format!("/?token={token}"))]).into_response(),
        Err(refusal) => {
            let html = page::refused(language(&headers, None), &refusal);
            (StatusCode::BAD_REQUEST, Html(html)).into_response()
        }
    }
}

async fn show_form(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Query(query): Query<PageQuery>,
) -> Response {
    show(&provider, &headers, &query, page::form)
}

async fn show_status(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Query(query): Query<PageQuery>,
) -> Response {
    show(&provider, &headers, &query, page::status)
}

fn show(
    provider: &Provider,
    headers: &HeaderMap,
    query: &PageQuery,
    page: impl FnOnce(Language, &FormData<'_>) -> String,
) -> Response {
    let language = language(headers, query.lang.as_deref());
    let state = provider.state();
    let Some(form) = state.forms.get(&query.token) else {
        return unknown(language, StatusCode::NOT_FOUND);
    };
    let form_state = forms::state_of(provider, &state, form);
    let back = match form_state {
        FormState::Paid | FormState::Held => form.fields.get("success_url"),
        _ => form.fields.get("decline_url"),
    };
    let saved_card = form.fields.get("card_token");
    let saved_card = saved_card.and_then(|token| state.tokens.get(token));
    let data = FormData {
        state: form_state,
        token: &query.token,
        amount: amount(form.minor_units),
        is_payable: forms::is_payable(provider, &state, form),
        order: form.fields.get("order_id"),
        product: form.fields.get("product_name"),
        saved_card: saved_card.map(|card| card.masked.as_str()),
        pareq: (form_state == FormState::ThreeDs)
            .then(|| form.payment.and_then(|id| state.transactions.get(&id)))
            .flatten()
            .map(Transaction::pareq),
        back,
    };
    Html(page(language, &data)).into_response()
}

fn unknown(language: Language, status: StatusCode) -> Response {
    (status, Html(page::unknown(language))).into_response()
}

async fn form_state(
    State(provider): State<Provider>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Value>, Refusal> {
    let state = provider.state();
    let form = forms::find(&state, &query.token)?;
    Ok(Json(
        json!({"state": forms::state_of(&provider, &state, &form)}),
    ))
}

#[derive(Deserialize)]
struct TypedCard {
    token: String,
    #[serde(default)]
    pan: String,
    #[serde(default)]
    expiry: String,
    /// An empty one is too short, as everywhere on the form.
    #[serde(default)]
    cvv2: String,
    #[serde(default)]
    card_name: String,
}

/// Takes a card. The browser's rules for JSON keep other sites from posting here.
async fn take_card(
    State(provider): State<Provider>,
    Json(card): Json<TypedCard>,
) -> Result<Json<Value>, Refusal> {
    let code = if card.cvv2.is_empty() {
        "-"
    } else {
        &card.cvv2
    };
    let fields = [
        ("pan", card.pan.as_str()),
        ("expiry", &card.expiry),
        ("cvv2", code),
        ("card_name", &card.card_name),
    ];
    forms::pay(&provider, &card.token, &fields).await.map(Json)
}

/// Takes the answer of the issuer's page, and leads to the status.
async fn take_pares(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Query(query): Query<PageQuery>,
    Form(answer): Form<acs::Answer>,
) -> Response {
    let language = language(&headers, query.lang.as_deref());
    // The number of a form has no character that an address reserves, so another text is no number.
    if forms::find(&provider.state(), &answer.md).is_err() {
        return unknown(language, StatusCode::NOT_FOUND);
    }
    match forms::authenticate(&provider, &answer.md, &answer.pares).await {
        // What is finished already is shown, too.
        Ok(()) | Err(Refusal::Code(8026)) => {
            let (token, lang) = (&answer.md, language.code());
            Redirect::to(&format!("/status?token={token}&lang={lang}")).into_response()
        }
        Err(refusal) => {
            let html = page::refused(language, &refusal);
            (StatusCode::BAD_REQUEST, Html(html)).into_response()
        }
    }
}

/// Shows the issuer's page.
async fn show_acs(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Query(query): Query<PageQuery>,
    Form(question): Form<acs::Question>,
) -> Response {
    let language = language(&headers, query.lang.as_deref());
    let state = provider.state();
    let id = transaction_of(&question.pareq).filter(|_| question.pareq.len() <= MAX_TEXT);
    let payment = id.and_then(|id| state.transactions.get(&id));
    let payment = payment.filter(|payment| payment.needs_3ds());
    let amount = payment.map(|payment| amount(payment.minor_units));
    let page = amount.and_then(|amount| question.page(language, Some(&amount)));
    page.unwrap_or_else(|| unknown(language, StatusCode::BAD_REQUEST))
}
