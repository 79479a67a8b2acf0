use std::net::SocketAddr;
use std::time::Duration;

use reqwest::Client;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::CONTENT_TYPE;

use super::target::{AllowedAddresses, WebhookTarget};
use super::{SIGNATURE_HEADER, sign};
use crate::http::client;

/// The time limit of one attempt, from the first packet to the status.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(15);

/// Sends webhooks to the target.
pub(super) struct Sender {
    client: Client,
    target: WebhookTarget,
}

impl Sender {
    pub(super) fn new(target: WebhookTarget) -> Result<Self, reqwest::Error> {
        let builder = client::builder(RESPONSE_TIMEOUT)
            .dns_resolver(FilteredResolver(target.allowed_addresses()));
        Ok(Self {
            client: builder.build()?,
            target,
        })
    }

    /// Sends one body, signed at this time in Unix seconds. Only the status of the response is read.
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

/// Resolves host names to allowed addresses only. The client connects to the addresses that were checked,
/// so a name that resolves differently the next time is harmless.
struct FilteredResolver(AllowedAddresses);

/// The target's host has no allowed address.
#[derive(Debug, thiserror::Error)]
enum NoSuchAddress {
    #[error("its host has no public address: see PANTOKEN_WEBHOOK_ALLOW_PRIVATE")]
    Public,
    #[error("its host has no private address, which plain http requires")]
    Private,
    #[error("its host has no address")]
    Any,
}

impl Resolve for FilteredResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let addresses = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> =
                found.filter(|found| addresses.allow(found.ip())).collect();
            if allowed.is_empty() {
                let missing = match addresses {
                    AllowedAddresses::Public => NoSuchAddress::Public,
                    AllowedAddresses::Private => NoSuchAddress::Private,
                    AllowedAddresses::All => NoSuchAddress::Any,
                };
                return Err(missing.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}
