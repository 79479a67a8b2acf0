use axum::http::{HeaderMap, HeaderValue, header};

/// The cookie with the language that was chosen.
pub(super) const LANGUAGE: &str = "pantoken_admin_language";
/// A year, in seconds.
pub(super) const LANGUAGE_SECONDS: i64 = 365 * 86_400;

/// Returns the value of a cookie.
pub(super) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let headers = headers.get_all(header::COOKIE).iter();
    let mut pairs = headers
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(found, value)| (found == name).then_some(value))
}

/// Returns what sets a cookie for these pages alone. Over plain http a browser refuses a secure one.
pub(super) fn set(name: &str, value: &str, seconds: i64, is_secure: bool) -> Option<HeaderValue> {
    let secure = if is_secure { "; Secure" } else { "" };
    let cookie = format!(
        "{name}={value}; Path=/admin; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
    );
    let mut cookie = HeaderValue::from_str(&cookie).ok()?;
    cookie.set_sensitive(true);
    Some(cookie)
}
