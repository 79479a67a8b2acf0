use std::time::Duration;

use reqwest::{Client, ClientBuilder};

const CONNECT_TIME: Duration = Duration::from_secs(5);

/// A client that goes straight to where it is told: no redirect, no proxy, no wait without end.
pub(crate) fn builder(answer_time: Duration) -> ClientBuilder {
    // It fails only where a provider is installed already, which will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT_TIME)
        .timeout(answer_time)
        .user_agent(concat!("pantoken/", env!("CARGO_PKG_VERSION")))
}

/// What went wrong, without the URL, which may hold a secret.
pub(crate) fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut innermost: &dyn std::error::Error = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
