//! Calls to the merchant.

use std::time::Duration;

/// How long an answer may take. The provider does not publish it.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The longest answer that is read.
const MAX_ANSWER: usize = 64 * 1024;

/// What the merchant answered.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
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

    /// Posts JSON, and returns the answer. There is none if the connection fails, or the answer is late or long.
    pub(crate) async fn post(
        &self,
        url: &str,
        signature: Option<&str>,
        body: &str,
    ) -> Option<Reply> {
        let client = self.0.as_ref()?;
        let mut request = client.post(url).header("Content-Type", "application/json");
        if let Some(signature) = signature {
            request = request.header("Signature", signature);
        }
        let mut response = request.body(body.to_owned()).send().await.ok()?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.ok()? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_ANSWER {
                return None;
            }
        }
        Some(Reply { status, body })
    }
}
