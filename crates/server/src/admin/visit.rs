//! What every page knows of its request, and the headers of every page.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use pantoken_a2c::Language;

use super::{cookies, language, origin};

/// A request for a page.
#[derive(Clone)]
pub(super) struct Visit {
    pub(super) language: Language,
    /// The address of the page, or of the first one if a form was sent.
    pub(super) uri: Uri,
}

/// A signed-in operator's token for the forms of a page.
#[derive(Clone)]
pub(super) struct FormToken(pub(super) String);

/// Without a script, a frame, or anything from elsewhere. A page names itself to its own server, because a browser
/// sends no `Origin` with a form otherwise.
static HEADERS: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
    ),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// Chooses the language, and remembers one that was asked for.
pub(super) async fn begin(mut request: Request, next: Next) -> Response {
    let uri = request.uri().clone();
    let requested = language::requested(&uri);
    let visit = Visit {
        language: language::choose(&uri, request.headers()),
        uri: match *request.method() {
            Method::GET | Method::HEAD => uri,
            _ => Uri::from_static("/admin"),
        },
    };
    let is_https = origin::is_https(request.headers());
    request.extensions_mut().insert(visit);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in &HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let chosen = requested.and_then(|language| {
        let (name, seconds) = (cookies::LANGUAGE, cookies::LANGUAGE_SECONDS);
        cookies::set(name, language.as_str(), seconds, is_https)
    });
    if let Some(cookie) = chosen {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}
