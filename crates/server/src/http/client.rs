use std::time::Duration;

use reqwest::{Client, ClientBuilder};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Builds an HTTP client that follows no redirects, uses no proxy, and has time limits.
pub(crate) fn builder(response_timeout: Duration) -> ClientBuilder {
    // This fails only if a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(response_timeout)
        .user_agent(concat!("pantoken/", env!("CARGO_PKG_VERSION")))
}

/// Returns the innermost error, without the URL, which may contain a secret.
pub(crate) fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    if error.is_timeout() {
        return "no response in time".to_owned();
    }
    let mut innermost: &dyn std::error::Error = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
