use std::net::SocketAddr;
use std::time::Duration;

use reqwest::Client;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::CONTENT_TYPE;

use super::target::{Reach, WebhookTarget};
use super::{SIGNATURE_HEADER, sign};
use crate::http::client;

/// For one attempt, from the first packet to the status.
const ANSWER_TIME: Duration = Duration::from_secs(15);

/// Sends bodies to the target.
pub(super) struct Sender {
    client: Client,
    target: WebhookTarget,
}

impl Sender {
    pub(super) fn new(target: WebhookTarget) -> Result<Self, reqwest::Error> {
        let builder = client::builder(ANSWER_TIME).dns_resolver(Within(target.reach()));
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
        let status = request.send().await.map_err(client::reason)?.status();
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

/// Finds the addresses alone that are allowed. What it finds is what is connected to, so a name that
/// leads elsewhere the next time changes nothing.
struct Within(Reach);

/// The target's name leads elsewhere.
#[derive(Debug, thiserror::Error)]
enum NoSuchAddress {
    #[error("its host has no public address: see PANTOKEN_WEBHOOK_ALLOW_PRIVATE")]
    Public,
    #[error("its host has no private address: by plain http it is on a private network alone")]
    Private,
    #[error("its host has no address")]
    Any,
}

impl Resolve for Within {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|found| reach.allows(found.ip())).collect();
            if allowed.is_empty() {
                let missing = match reach {
                    Reach::Public => NoSuchAddress::Public,
                    Reach::Private => NoSuchAddress::Private,
                    Reach::Anywhere => NoSuchAddress::Any,
                };
                return Err(missing.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}
