//! The back end of a developer who has none yet: it verifies each webhook, prints it, keeps it for the page, and
//! tells JetPay's customers from others.

use std::collections::VecDeque;
use std::convert::identity;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use pantoken_core::{Clock, SystemClock};
use reqwest::Client;
use serde_json::{Value, json};
use url::Url;

use super::ledger::{CURRENCY, CUSTOMER, Ledger};
use super::setup::WEBHOOK_SECRET;
use crate::cli::terminal::print;
use crate::http::client::{ClientError, Outgoing, reason};
use crate::webhooks::{SIGNATURE_HEADER, WebhookSecret, verify};

/// How many webhooks are kept.
const MAX_KEPT: usize = 200;
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(10);
/// Signatures are older if the machine slept.
const TOLERANCE: Duration = Duration::from_secs(300);
/// The fields of webhooks that name what they are about.
const SUBJECTS: [&str; 5] = ["requestId", "paymentId", "tokenId", "orderId", "customer"];

#[derive(Clone)]
pub(super) struct BackEnd(Arc<Parts>);

struct Parts {
    kept: Mutex<VecDeque<Value>>,
    ledger: Ledger,
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
            ledger: Ledger::default(),
            forward_to: forward_to.map(ForwardTo::new).transpose()?,
            clock: SystemClock::new(),
        })))
    }

    /// Returns the routes that the server calls: webhooks, and questions about accounts.
    pub(super) fn receiver(self) -> Router {
        Router::new()
            .route("/", post(receive))
            .route("/accounts", post(find_account))
            .with_state(self)
    }

    /// Returns the money on the customer's account.
    pub(super) fn ledger(&self) -> &Ledger {
        &self.0.ledger
    }

    /// Returns the webhooks about any of these that are kept, the oldest first: requests, payments, tokens, orders or
    /// customers.
    pub(super) fn webhooks_of(&self, ids: &[&str]) -> Vec<Value> {
        let kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let is_about = |event: &&Value| {
            let mut subjects = SUBJECTS.iter().filter_map(|name| event[name].as_str());
            subjects.any(|subject| ids.contains(&subject))
        };
        kept.iter().filter(is_about).cloned().collect()
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
    back_end.ledger().take(&event);
    back_end.keep(event);
    print(&format!("\nwebhook {kind}{delivered}\n{pretty}"));
    status
}

/// Tells the server whether there is an account. The question is signed like a webhook.
async fn find_account(
    State(back_end): State<BackEnd>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, StatusCode> {
    let question = serde_json::from_slice::<Value>(&body);
    let question = question.ok().filter(|_| back_end.accepts(&headers, &body));
    let question = question.ok_or(StatusCode::BAD_REQUEST)?;
    let exists = question["type"] == "jetpay.account" && question["customerId"] == CUSTOMER;
    Ok(Json(json!({"exists": exists, "currency": CURRENCY})))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhooks::sign;

    async fn ask(question: &Value, signature: Option<String>) -> Result<Value, StatusCode> {
        let back_end = BackEnd::new(None).unwrap();
        let mut headers = HeaderMap::new();
        if let Some(signature) = signature {
            headers.insert(SIGNATURE_HEADER, signature.parse().unwrap());
        }
        let body = Bytes::from(question.to_string());
        let answer = find_account(State(back_end), headers, body).await;
        answer.map(|Json(answer)| answer)
    }

    fn signature(question: &Value, secret: &str) -> String {
        let secret = WebhookSecret::parse(secret).unwrap();
        let now = SystemClock::new().now() / 1000;
        sign(&secret, now, question.to_string().as_bytes())
    }

    #[tokio::test]
    async fn only_the_server_learns_which_accounts_there_are() {
        let question = |customer: &str| json!({"type": "jetpay.account", "projectId": 35, "customerId": customer});
        for (customer, exists) in [(CUSTOMER, true), ("customer-8", false)] {
            let question = question(customer);
            let signed = signature(&question, WEBHOOK_SECRET);
            let answer = ask(&question, Some(signed)).await.unwrap();
            assert_eq!(answer["exists"], exists);
        }
        let question = question(CUSTOMER);
        let another = signature(&question, "a-secret-of-somebody-else");
        for signature in [None, Some(another)] {
            assert_eq!(
                ask(&question, signature).await,
                Err(StatusCode::BAD_REQUEST)
            );
        }
    }
}
