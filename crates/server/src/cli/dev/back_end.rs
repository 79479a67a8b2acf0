//! The back end of a developer who has none yet: it verifies each webhook, prints it, and keeps it for the page.

use std::collections::VecDeque;
use std::convert::identity;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use pantoken_core::{Clock, SystemClock};
use reqwest::Client;
use serde_json::Value;
use url::Url;

use super::setup::WEBHOOK_SECRET;
use crate::cli::terminal::print;
use crate::http::client::{ClientError, Outgoing, reason};
use crate::webhooks::{SIGNATURE_HEADER, WebhookSecret, verify};

/// How many webhooks are kept.
const MAX_KEPT: usize = 200;
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(10);
/// Signatures are older if the machine slept.
const TOLERANCE: Duration = Duration::from_secs(300);

#[derive(Clone)]
pub(super) struct BackEnd(Arc<Parts>);

struct Parts {
    kept: Mutex<VecDeque<Value>>,
    forward_to: Option<ForwardTo>,
    clock: SystemClock,
}

/// The developer's own back end.
struct ForwardTo {
    url: Url,
    client: Client,
}

impl ForwardTo {
    fn new(url: Url) -> Result<Self, ClientError> {
        let client = Outgoing::default().client(&url, RESPONSE_TIMEOUT, identity)?;
        Ok(Self { url, client })
    }
}

impl BackEnd {
    pub(super) fn new(forward_to: Option<Url>) -> Result<Self, ClientError> {
        Ok(Self(Arc::new(Parts {
            kept: Mutex::default(),
            forward_to: forward_to.map(ForwardTo::new).transpose()?,
            clock: SystemClock::new(),
        })))
    }

    /// Returns the receiver of webhooks.
    pub(super) fn receiver(self) -> Router {
        Router::new().route("/", post(receive)).with_state(self)
    }

    /// Returns the webhooks of a request that are kept, the oldest first.
    pub(super) fn webhooks_of(&self, request_id: &str) -> Vec<Value> {
        let kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let of_request = kept.iter().filter(|it| it["requestId"] == request_id);
        of_request.cloned().collect()
    }

    fn keep(&self, event: Value) {
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // A webhook that the developer's back end refused comes again.
        if kept.iter().any(|it| it["id"] == event["id"]) {
            return;
        }
        kept.push_back(event);
        if kept.len() > MAX_KEPT {
            kept.pop_front();
        }
    }

    fn accepts(&self, headers: &HeaderMap, body: &[u8]) -> bool {
        let signature = headers.get(SIGNATURE_HEADER);
        let signature = signature.and_then(|value| value.to_str().ok());
        let secret = WebhookSecret::parse(WEBHOOK_SECRET);
        let now = self.0.clock.now() / 1000;
        signature
            .zip(secret.ok())
            .is_some_and(|(header, secret)| verify(&[secret], header, body, now, TOLERANCE).is_ok())
    }
}

impl ForwardTo {
    /// Sends a webhook as it came, and returns the answer.
    async fn forward(&self, mut headers: HeaderMap, body: Bytes) -> Result<u16, String> {
        for of_connection in ["host", "content-length", "connection"] {
            headers.remove(of_connection);
        }
        let request = self.client.post(self.url.clone()).headers(headers);
        let answer = request.body(body).send().await.map_err(reason)?;
        Ok(answer.status().as_u16())
    }
}

async fn receive(State(back_end): State<BackEnd>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let event = serde_json::from_slice::<Value>(&body);
    let Some(event) = event.ok().filter(|_| back_end.accepts(&headers, &body)) else {
        return StatusCode::BAD_REQUEST;
    };
    let kind = event["type"].as_str().unwrap_or_default().to_owned();
    let pretty = serde_json::to_string_pretty(&event).unwrap_or_default();
    let (status, delivered) = match &back_end.0.forward_to {
        None => (StatusCode::OK, String::new()),
        Some(forward_to) => match forward_to.forward(headers, body).await {
            Ok(status) => {
                let code = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
                (code, format!("; {} answered {status}", forward_to.url))
            }
            // The server tries again, as it would in production.
            Err(reason) => (
                StatusCode::BAD_GATEWAY,
                format!("; {} did not answer: {reason}", forward_to.url),
            ),
        },
    };
    back_end.keep(event);
    print(&format!("\nwebhook {kind}{delivered}\n{pretty}"));
    status
}
