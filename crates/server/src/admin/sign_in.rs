//! The form for the key, and the way out.

use askama::Template;
use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::cookies;
use super::form::Form;
use super::frame::{Frame, respond};
use super::key::AdminKey;
use super::pass::{LIFE, Pass};
use super::texts::Texts;
use super::visit::Visit;
use super::{failure, language, origin};
use crate::app::AppState;
use crate::http::client_address::client_address;
use crate::http::rate_limit::RateLimited;

pub(super) const PATH: &str = "/admin/sign-in";
const START: &str = "/admin";
/// The parameter with the page to go to.
const NEXT: &str = "next";

#[derive(Template)]
#[template(path = "admin/sign_in.html")]
struct Page {
    t: &'static Texts,
    frame: Frame,
    next: String,
    error: Option<&'static str>,
}

/// Returns what leads from a page to the form, and back afterwards.
pub(super) fn redirect_from(uri: &Uri) -> Response {
    let page = uri.path_and_query().map_or(START, |page| page.as_str());
    let next: String = url::form_urlencoded::byte_serialize(page.as_bytes()).collect();
    let language = language::requested(uri).map_or_else(String::new, |language| {
        format!("&{}={}", language::PARAMETER, language.as_str())
    });
    Redirect::to(&format!("{PATH}?{NEXT}={next}{language}")).into_response()
}

pub(super) async fn show_form(
    State(app): State<AppState>,
    Extension(key): Extension<AdminKey>,
    Extension(visit): Extension<Visit>,
    request: Request,
) -> Response {
    let query = visit.uri.query().unwrap_or_default();
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let next = pairs.find(|(name, _)| name == NEXT);
    let next = next.map(|(_, next)| next.into_owned()).unwrap_or_default();
    match Pass::of(request.headers(), &key, app.parts().clock.now()) {
        Some(_) => Redirect::to(own_page(&next)).into_response(),
        None => form(StatusCode::OK, &visit, &next, None),
    }
}

pub(super) async fn sign_in(
    State(app): State<AppState>,
    Extension(key): Extension<AdminKey>,
    Extension(visit): Extension<Visit>,
    request: Request,
) -> Response {
    let app = app.parts();
    let (parts, body) = request.into_parts();
    let t = Texts::of(visit.language);
    let refuse = |status, next: &str, error| form(status, &visit, next, Some(error));
    if !origin::is_own(&parts.uri, &parts.headers) {
        return refuse(StatusCode::FORBIDDEN, START, t.failures.foreign_origin.1);
    }
    let Some(form) = Form::read(&parts.headers, body).await else {
        return refuse(StatusCode::BAD_REQUEST, START, t.wrong_key);
    };
    let (presented, next) = (form.field("key"), form.field(NEXT));
    let address = client_address(&app.options.trusted_proxies, &parts);
    let guess = app
        .admin_guesses
        .check(&presented, address, app.clock.elapsed());
    if let Err(RateLimited(wait)) = guess {
        let mut response = refuse(StatusCode::TOO_MANY_REQUESTS, &next, t.too_many_keys);
        let seconds = wait.as_secs().saturating_add(1);
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        return response;
    }
    if !key.is(&presented) {
        tracing::warn!(
            address = address.map(tracing::field::display),
            "a wrong key for the pages for operators"
        );
        return refuse(StatusCode::FORBIDDEN, &next, t.wrong_key);
    }
    let pass = match Pass::issue(&key, &*app.random, app.clock.now()) {
        Ok(pass) => pass,
        Err(error) => return failure::page(&error.into(), &visit, None),
    };
    tracing::info!(
        address = address.map(tracing::field::display),
        "an operator has signed in"
    );
    let is_https = origin::is_https(&parts.headers);
    let name = Pass::cookie_name(&key);
    let cookie = cookies::set(&name, pass.expose(), LIFE / 1000, is_https);
    with_cookie(Redirect::to(own_page(&next)), cookie)
}

/// Removes the pass from the browser.
pub(super) async fn sign_out(Extension(key): Extension<AdminKey>, headers: HeaderMap) -> Response {
    let is_https = origin::is_https(&headers);
    let cookie = cookies::set(&Pass::cookie_name(&key), "", 0, is_https);
    with_cookie(Redirect::to(PATH), cookie)
}

fn with_cookie(redirect: Redirect, cookie: Option<HeaderValue>) -> Response {
    let mut response = redirect.into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn form(status: StatusCode, visit: &Visit, next: &str, error: Option<&'static str>) -> Response {
    let page = Page {
        t: Texts::of(visit.language),
        frame: Frame::new(visit, None, None),
        next: own_page(next).to_owned(),
        error,
    };
    respond(status, &page)
}

/// Returns the page to go to, if it is one of these pages. Any other could be an attacker's.
fn own_page(next: &str) -> &str {
    let rest = next.strip_prefix(START);
    let is_own = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let is_plain = next.bytes().all(|byte| byte.is_ascii_graphic());
    match is_own && is_plain {
        true => next,
        false => START,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_the_form_come_own_pages_alone() {
        for own in ["/admin", "/admin/operations/17?done=1", "/admin?lang=kz"] {
            assert_eq!(own_page(own), own);
        }
        for foreign in [
            "",
            "//evil.example",
            "https://evil.example/admin",
            "/administrator",
            "/admin.evil.example",
            "/admin/\r\nSet-Cookie: a=b",
            "/metrics",
        ] {
            assert_eq!(own_page(foreign), START, "{foreign}");
        }
    }
}
