//! Notifications on their way.

use std::time::Duration;

use serde::Serialize;

/// How long an answer may take. The provider does not publish it.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A notification, and how often it was sent.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sent {
    pub(crate) url: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) signature: String,
    pub(crate) body: String,
    /// Whether it will be sent again, or for the first time.
    pub(crate) is_pending: bool,
    pub(crate) attempts: Vec<Attempt>,
}

/// An attempt to send a notification.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Attempt {
    /// When it was made, in milliseconds of the sandbox's clock.
    pub(crate) at: i64,
    /// The HTTP status of the answer, or nothing if there was none.
    pub(crate) status: Option<u16>,
}

/// Sends over HTTP. It follows no redirects.
pub(crate) struct Sender(Option<reqwest::Client>);

impl Sender {
    pub(crate) fn new() -> Self {
        // This fails only if a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .timeout(TIMEOUT)
            .user_agent("pantoken-sandbox")
            .build();
        Self(client.inspect_err(|error| tracing::error!("{error}")).ok())
    }

    /// Returns the status of the answer.
    pub(crate) async fn post(&self, url: &str, signature: &str, body: &str) -> Option<u16> {
        let request = self
            .0
            .as_ref()?
            .post(url)
            .header("Content-Type", "application/json")
            .header("Signature", signature)
            .body(body.to_owned());
        Some(request.send().await.ok()?.status().as_u16())
    }
}
