//! The page at `/`: the form, its events, the webhook that the back end received, and code to copy.

use axum::extract::{Query, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use pantoken_a2c::Origin;
use serde::Deserialize;
use serde_json::{Value, json};

use super::back_end::BackEnd;
use super::setup::{API_KEY, Setup};
use crate::http::page_forms::PageForms;

const HTML: &str = include_str!("page/index.html");
const STYLE: &str = include_str!("page/style.css");
const SCRIPT: &str = include_str!("page/page.js");
const TEXTS: &str = include_str!("page/texts.js");
const ICON: &str = include_str!("page/icon.svg");
/// What README.md shows, which a test compares.
const SNIPPETS: [(&str, &str); 3] = [
    ("html", include_str!("snippets/index.html")),
    ("php", include_str!("snippets/index.php")),
    ("yew", include_str!("snippets/main.rs")),
];
/// The server's URL in the snippets.
const DEFAULT_URL: &str = "http://localhost:3019";

pub(super) fn routes(setup: &Setup, back_end: BackEnd, form_origin: &Origin) -> Router {
    let url = setup.url();
    let snippets = SNIPPETS
        .iter()
        .map(|(name, code)| ((*name).to_owned(), code.replace(DEFAULT_URL, &url).into()));
    let snippets = Value::Object(snippets.collect());
    let facts = json!({"url": url, "apiKey": API_KEY, "snippets": snippets});
    let policy = policy(form_origin);
    let file = |content: &'static str, kind: &'static str| {
        let policy = policy.clone();
        get(async move || answer(content, kind, policy))
    };
    Router::new()
        .route("/", file(HTML, "text/html; charset=utf-8"))
        .route("/dev/style.css", file(STYLE, "text/css; charset=utf-8"))
        .route(
            "/dev/page.js",
            file(SCRIPT, "text/javascript; charset=utf-8"),
        )
        .route(
            "/dev/texts.js",
            file(TEXTS, "text/javascript; charset=utf-8"),
        )
        .route("/dev/icon.svg", file(ICON, "image/svg+xml"))
        .route("/dev/facts", get(async move || Json(facts)))
        .route("/dev/webhooks", get(webhooks))
        .with_state(back_end)
}

fn answer(content: &'static str, kind: &'static str, policy: Option<HeaderValue>) -> Response {
    let mut response = content.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let nosniff = HeaderName::from_static("x-content-type-options");
    headers.insert(nosniff, HeaderValue::from_static("nosniff"));
    if let Some(policy) = policy {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn policy(form_origin: &Origin) -> Option<HeaderValue> {
    let needed = PageForms::framed(std::slice::from_ref(form_origin)).needed_directives("'self'");
    let policy = format!(
        "default-src 'none'; {needed}; style-src 'self'; img-src 'self'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).ok()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    request_id: String,
}

/// Returns the webhooks of a request. No other page can read them, because there is no CORS header.
async fn webhooks(State(back_end): State<BackEnd>, Query(wanted): Query<Wanted>) -> Json<Value> {
    Json(back_end.webhooks_of(&[&wanted.request_id]).into())
}

#[cfg(test)]
mod tests {
    use pantoken_a2c::Language;

    use super::*;

    #[test]
    fn the_page_is_in_every_language() {
        for language in Language::ALL {
            let (code, html_lang) = (language.as_str(), language.html_lang());
            let name = language.own_name();
            let start = format!(
                "\n  {code}: {{\n    htmlLang: \"{html_lang}\",\n    ownName: \"{name}\",\n"
            );
            assert!(TEXTS.contains(&start), "{code}");
        }
    }
}
