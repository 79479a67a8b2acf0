use pantoken_core::client::{BaseUrl, Connections, ConnectionsError};
use reqwest::header::HeaderValue;

use super::Client;
use super::transport::{Timeouts, Transport};
use crate::{ApiKey, DigitalSigner, SiteId};

const BASE_URL: &str = "https://b2b-api.qiwi.com/partner/payin/v1/sites";

/// Builds a [`Client`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    site_id: SiteId,
    api_key: ApiKey,
    base_url: String,
    timeouts: Timeouts,
    connections: Connections,
    signer: Option<DigitalSigner>,
}

/// The reason why a client cannot be built. The message contains no value of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The base URL cannot be used.
    #[error(
        "the base URL must be an https URL without user, query and fragment, such as {BASE_URL}; http is allowed on loopback only"
    )]
    BaseUrl,
    /// The API key cannot be sent in a header.
    #[error("the API key must consist of visible ASCII characters")]
    ApiKey,
    /// The client cannot connect as it should.
    #[error(transparent)]
    Connections(#[from] ConnectionsError),
}

impl ClientBuilder {
    pub(super) fn new(site_id: SiteId, api_key: ApiKey) -> Self {
        Self {
            site_id,
            api_key,
            base_url: BASE_URL.to_owned(),
            timeouts: Timeouts::default(),
            connections: Connections::default(),
            signer: None,
        }
    }

    /// Sets the address of the API up to and including `/sites`.
    pub fn base_url(mut self, base_url: &str) -> Self {
        base_url.clone_into(&mut self.base_url);
        self
    }

    /// Sets how long calls may take.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Also trusts these root certificates, in PEM. Certificates are always verified.
    pub fn root_certificates(mut self, pem: &[u8]) -> Self {
        self.connections = self.connections.root_certificates(pem);
        self
    }

    /// Connects through this proxy. Without one, the variables of the environment are not read either.
    pub fn proxy(mut self, url: &str) -> Self {
        self.connections = self.connections.proxy(url);
        self
    }

    /// Signs payouts with this key.
    pub fn digital_signer(mut self, signer: DigitalSigner) -> Self {
        self.signer = Some(signer);
        self
    }

    /// Builds the client. It connects with the first call.
    ///
    /// # Errors
    /// Returns [`ClientError`] if a setting cannot be used.
    pub fn build(self) -> Result<Client, ClientError> {
        let base = BaseUrl::parse(&self.base_url).map_err(|_| ClientError::BaseUrl)?;
        let site = format!("{base}/{}", self.site_id.to_segment());
        let bearer = format!("Bearer {}", self.api_key.expose());
        let mut authorization = HeaderValue::from_str(&bearer).map_err(|_| ClientError::ApiKey)?;
        authorization.set_sensitive(true);
        let http = self.connections.build()?;
        let transport = Transport::new(http, site, authorization, self.timeouts, self.signer);
        Ok(Client(transport))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn builder() -> ClientBuilder {
        let site_id = SiteId::parse("site-01").unwrap();
        Client::builder(site_id, ApiKey::parse("secret-api-key").unwrap())
    }

    #[test]
    fn a_base_url_is_https_or_on_loopback() {
        for url in [BASE_URL, "http://127.0.0.1:3021/partner/payin/v1/sites"] {
            assert!(builder().base_url(url).build().is_ok(), "{url}");
        }
        let refused = builder().base_url("http://b2b-api.qiwi.com/sites").build();
        assert_eq!(refused.err(), Some(ClientError::BaseUrl));
    }

    #[test]
    fn no_secret_of_a_client_is_printed() {
        let builder = builder().proxy("http://user:secret-password@127.0.0.1:3128");
        let printed = format!("{builder:?} {:?}", builder.clone().build().unwrap());
        assert!(!printed.contains("secret-"), "{printed}");
    }
}
