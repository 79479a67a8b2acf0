use std::net::SocketAddr;
use std::time::Duration;

use reqwest::Client;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::CONTENT_TYPE;

use super::public_address::is_public;
use super::target::WebhookTarget;
use super::{SIGNATURE_HEADER, sign};
use crate::http_client;

/// For one attempt, from the first packet to the status.
const ANSWER_TIME: Duration = Duration::from_secs(15);

/// Sends bodies to the target.
pub(super) struct Sender {
    client: Client,
    target: WebhookTarget,
}

impl Sender {
    pub(super) fn new(target: WebhookTarget) -> Result<Self, reqwest::Error> {
        let mut builder = http_client::builder(ANSWER_TIME);
        if !target.allow_private {
            builder = builder.dns_resolver(PublicOnly);
        }
        Ok(Self {
            client: builder.build()?,
            target,
        })
    }

    /// Sends one body, signed at this time in Unix seconds. The answer's status counts, and nothing
    /// else of it is read.
    pub(super) async fn send(&self, body: String, seconds: i64) -> Result<(), String> {
        let signature = sign(&self.target.secret, seconds, body.as_bytes());
        let request = self
            .client
            .post(self.target.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(SIGNATURE_HEADER, signature)
            .body(body);
        let status = request.send().await.map_err(http_client::reason)?.status();
        if status.is_success() {
            Ok(())
        } else if status.is_redirection() {
            Err(format!(
                "answered {}: redirects are not followed",
                status.as_u16()
            ))
        } else {
            Err(format!("answered {}", status.as_u16()))
        }
    }
}

/// Finds public addresses alone. What it finds is what is connected to, so a name that leads
/// elsewhere the next time changes nothing.
struct PublicOnly;

/// The target's name leads into a private network.
#[derive(Debug, thiserror::Error)]
#[error("its host has no public address: see PANTOKEN_WEBHOOK_ALLOW_PRIVATE")]
struct NoPublicAddress;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|found| is_public(found.ip())).collect();
            if public.is_empty() {
                return Err(NoPublicAddress.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}
