use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Response};
use url::Host;

use super::SIGNATURE_HEADER;
use super::signature::{sign_standard, sign_with_each};
use super::target::{AllowedAddresses, WebhookTarget};
use crate::http::client::{ClientError, reason};

/// The time limit of one attempt, from the first packet to the status.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(15);

/// Sends webhooks to the target.
pub(crate) struct Sender {
    client: Client,
    target: WebhookTarget,
}

impl Sender {
    pub(crate) fn new(target: WebhookTarget) -> Result<Self, ClientError> {
        let addresses = target.allowed_addresses();
        let outgoing = &target.outgoing;
        let client = outgoing.client(&target.url, RESPONSE_TIMEOUT, |builder| {
            match outgoing.has_proxy() {
                // The only name that the client resolves is the proxy's.
                true => builder,
                false => builder.dns_resolver(FilteredResolver(addresses)),
            }
        })?;
        Ok(Self { client, target })
    }

    /// Sends the body of an event, signed at this time in Unix seconds. Only the status of the response is
    /// read.
    pub(super) async fn send(&self, id: &str, body: String, seconds: i64) -> Result<(), String> {
        let response = self.post(id, body, seconds).await?;
        let status = response.status();
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

    /// Asks a question that is signed like an event. Returns the body of an answer with the status 200, which has
    /// at most this many bytes.
    pub(crate) async fn ask(
        &self,
        id: &str,
        body: String,
        seconds: i64,
        max_bytes: usize,
    ) -> Result<Vec<u8>, String> {
        let mut response = self.post(id, body, seconds).await?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(format!("answered {status} instead of 200"));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(reason)? {
            if body.len() + chunk.len() > max_bytes {
                return Err(format!("answered with more than {max_bytes} bytes"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    async fn post(&self, id: &str, body: String, seconds: i64) -> Result<Response, String> {
        let secrets = self.target.secrets();
        let signature = sign_with_each(&secrets, seconds, body.as_bytes());
        let standard = sign_standard(&secrets, id, seconds, body.as_bytes());
        let request = self
            .client
            .post(self.target.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(SIGNATURE_HEADER, signature)
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", standard)
            .body(body);
        if self.target.outgoing.has_proxy() {
            self.check_host().await?;
        }
        request.send().await.map_err(reason)
    }

    /// Checks the target's host before a proxy resolves it. A name that this machine cannot resolve is the
    /// proxy's to judge, but not for plain http, which the public internet could read.
    async fn check_host(&self) -> Result<(), String> {
        let Some(Host::Domain(name)) = self.target.url.host() else {
            return Ok(());
        };
        match resolve(name, self.target.allowed_addresses()).await {
            Ok(_) => Ok(()),
            Err(error) if self.target.is_plain() || error.is::<NoSuchAddress>() => {
                Err(error.to_string())
            }
            Err(_) => Ok(()),
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
            let allowed = resolve(name.as_str(), addresses).await?;
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

async fn resolve(
    name: &str,
    addresses: AllowedAddresses,
) -> Result<Vec<SocketAddr>, Box<dyn Error + Send + Sync>> {
    let found = tokio::net::lookup_host((name, 0)).await?;
    let allowed: Vec<SocketAddr> = found.filter(|found| addresses.allow(found.ip())).collect();
    if allowed.is_empty() {
        let missing = match addresses {
            AllowedAddresses::Public => NoSuchAddress::Public,
            AllowedAddresses::Private => NoSuchAddress::Private,
            AllowedAddresses::All => NoSuchAddress::Any,
        };
        return Err(missing.into());
    }
    Ok(allowed)
}
