//! Binds a session of the redirect flow to the browser that created it, if a page on the server's own origin did.
//!
//! Otherwise, an attacker could save a card of their own and send the last link of that session to a customer, whose
//! shop would file the card under the customer's account.

use axum::http::{HeaderMap, HeaderValue, header};
use pantoken_a2c::RequestId;
use pantoken_a2c_signing::AgentSecret;
use pantoken_store::{SessionData, SessionFlow};

use crate::a2c::session_token::SessionToken;
use crate::http::public_url::PublicUrl;

/// Returns whether a page on the server's own origin sends the request. Only there, a cookie of the server belongs to
/// the page, and only with `https` it may have the prefix `__Host-`.
pub(super) fn is_own_page(public_url: &PublicUrl, headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let origin = origins.next().and_then(|origin| origin.to_str().ok());
    let own = public_url.origin();
    own.starts_with("https://") && origins.next().is_none() && origin == Some(own.as_str())
}

/// Returns the token in the callback URL of a new session. That of a bound session is derived in another way, so that
/// the store need not keep which sessions are bound.
pub(super) fn callback_token(
    secret: &AgentSecret,
    request_id: RequestId,
    seed: &[u8; 16],
    is_bound: bool,
) -> SessionToken {
    match is_bound {
        true => SessionToken::bound_callback(secret, request_id, seed),
        false => SessionToken::callback(secret, request_id, seed),
    }
}

/// Returns whether the session is bound to a browser.
pub(super) fn is_bound(secret: &AgentSecret, request_id: RequestId, data: &SessionData) -> bool {
    let SessionFlow::Redirect { callback_token, .. } = &data.flow else {
        return false;
    };
    let bound = SessionToken::bound_callback(secret, request_id, &data.seed);
    bound.digest() == *callback_token
}

/// Returns the cookie that the browser needs at the end of the flow, for as long as a token is accepted.
pub(super) fn cookie(
    secret: &AgentSecret,
    request_id: RequestId,
    data: &SessionData,
) -> Option<HeaderValue> {
    let value = SessionToken::binding(secret, request_id, &data.seed);
    let milliseconds =
        data.expires_at - data.created_at + pantoken_store::Session::LATE_MILLISECONDS;
    let name = name(request_id);
    let cookie = format!(
        "{name}={}; Path=/; Max-Age={}; Secure; HttpOnly; SameSite=Lax",
        value.expose(),
        milliseconds / 1000
    );
    let mut cookie = HeaderValue::from_str(&cookie).ok()?;
    cookie.set_sensitive(true);
    Some(cookie)
}

/// Returns what removes the cookie.
pub(super) fn removed_cookie(request_id: RequestId) -> Option<HeaderValue> {
    let cookie = format!(
        "{}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax",
        name(request_id)
    );
    HeaderValue::from_str(&cookie).ok()
}

/// Returns whether the request has the session's cookie.
pub(super) fn has_cookie(
    secret: &AgentSecret,
    request_id: RequestId,
    data: &SessionData,
    headers: &HeaderMap,
) -> bool {
    let expected = SessionToken::binding(secret, request_id, &data.seed).digest();
    let name = name(request_id);
    let cookies = headers.get_all(header::COOKIE).iter();
    cookies
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .filter(|(found, _)| *found == name)
        .filter_map(|(_, value)| SessionToken::parse(value))
        .any(|value| value.digest() == expected)
}

fn name(request_id: RequestId) -> String {
    format!("__Host-pantoken-{request_id}")
}
