use pantoken_core::Secret;
use pantoken_core::client::{BaseUrl, Connections, ConnectionsError};

use super::Client;
use super::transport::{Timeouts, Transport};
use crate::Site;

const API_URL: &str = "https://acquiring.qiwi.com/merchant/direct";

/// Builds a [`Client`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    site: Site,
    api_url: String,
    timeouts: Timeouts,
    has_certificate: bool,
    connections: Connections,
}

/// The reason why a client cannot be built. The message contains no value of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The address of the API cannot be used.
    #[error(
        "the address of the API must be an https URL without user, query and fragment, such as {API_URL}; http is allowed on loopback only"
    )]
    ApiUrl,
    /// There is no client certificate, without which the provider refuses every call.
    #[error(
        "a client certificate is needed, except with http on loopback: QIWI issues it for your certificate request"
    )]
    NoClientCertificate,
    /// The client cannot connect as it should.
    #[error(transparent)]
    Connections(#[from] ConnectionsError),
}

impl ClientBuilder {
    pub(super) fn new(site: Site) -> Self {
        Self {
            site,
            api_url: API_URL.to_owned(),
            timeouts: Timeouts::default(),
            has_certificate: false,
            connections: Connections::default(),
        }
    }

    /// Sets the whole address of the API.
    pub fn api_url(mut self, api_url: &str) -> Self {
        api_url.clone_into(&mut self.api_url);
        self
    }

    /// Sets how long calls may take.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Presents this certificate to the provider: PEM with the certificate, its chain, and its private key.
    pub fn client_certificate(mut self, pem: &str) -> Self {
        self.has_certificate = true;
        self.connections = self.connections.identity(&Secret::new(pem));
        self
    }

    /// Also trusts these root certificates, in PEM. The provider's certificate is always verified.
    pub fn root_certificates(mut self, pem: &[u8]) -> Self {
        self.connections = self.connections.root_certificates(pem);
        self
    }

    /// Connects through this proxy. Without one, the variables of the environment are not read either.
    pub fn proxy(mut self, url: &str) -> Self {
        self.connections = self.connections.proxy(url);
        self
    }

    /// Builds the client. It connects with the first call.
    ///
    /// # Errors
    /// Returns [`ClientError`] if a setting cannot be used.
    pub fn build(self) -> Result<Client, ClientError> {
        let url = BaseUrl::parse(&self.api_url).map_err(|_| ClientError::ApiUrl)?;
        if url.as_str().starts_with("https:") && !self.has_certificate {
            return Err(ClientError::NoClientCertificate);
        }
        let http = self.connections.build()?;
        Ok(Client(Transport::new(http, url, self.site, self.timeouts)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MerchantSite, SecretKey};

    const CERTIFICATE: &str = include_str!("../../tests/golden/client.pem");

    fn builder() -> ClientBuilder {
        let key = SecretKey::parse("secret-key").unwrap();
        Client::builder(Site::new(MerchantSite::new(555), key))
    }

    #[test]
    fn an_address_is_https_or_on_loopback() {
        let with = |url: &str| {
            builder()
                .client_certificate(CERTIFICATE)
                .api_url(url)
                .build()
        };
        for url in [
            API_URL,
            "http://127.0.0.1:3023/merchant/direct",
            "http://[::1]:3023/merchant/direct",
            "http://localhost:3023/merchant/direct",
        ] {
            assert!(with(url).is_ok(), "{url}");
        }
        for url in [
            "",
            "acquiring.qiwi.com",
            "http://acquiring.qiwi.com/merchant/direct",
            "http://localhost.evil.example/",
            "https://user:password@acquiring.qiwi.com/",
            "https://acquiring.qiwi.com/?a=1",
            "https://acquiring.qiwi.com/#a",
        ] {
            assert_eq!(with(url).err(), Some(ClientError::ApiUrl), "{url}");
        }
    }

    #[test]
    fn a_client_certificate_is_needed_except_on_loopback() {
        assert_eq!(
            builder().build().err(),
            Some(ClientError::NoClientCertificate)
        );
        let loopback = builder().api_url("http://127.0.0.1:3023/merchant/direct");
        assert!(loopback.build().is_ok());
        for pem in [
            "",
            "no PEM",
            "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
        ] {
            let refused = builder().client_certificate(pem).build();
            assert_eq!(
                refused.err(),
                Some(ClientError::Connections(ConnectionsError::Identity)),
                "{pem}"
            );
        }
    }

    #[test]
    fn a_key_of_another_certificate_is_refused_by_name() {
        const OTHER: &str = include_str!("../../tests/golden/other-client.pem");
        const KEY: &str = "-----BEGIN PRIVATE KEY";
        let (certificate, _) = CERTIFICATE.split_once(KEY).unwrap();
        let (_, key) = OTHER.split_once(KEY).unwrap();
        let refused = |pem: &str| builder().client_certificate(pem).build().err();
        let mixed = format!("{certificate}{KEY}{key}");
        let expected = ClientError::Connections(ConnectionsError::OtherKey);
        assert_eq!(refused(&mixed), Some(expected));
        let expected = ClientError::Connections(ConnectionsError::Identity);
        assert_eq!(refused(certificate), Some(expected));
        assert_eq!(refused(CERTIFICATE), None);
    }

    #[test]
    fn no_secret_of_a_client_is_printed() {
        let builder = builder()
            .client_certificate(CERTIFICATE)
            .proxy("http://user:secret-password@127.0.0.1:3128");
        let printed = format!("{builder:?} {:?}", builder.clone().build().unwrap());
        assert!(
            !printed.contains("secret-") && !printed.contains("PRIVATE"),
            "{printed}"
        );
    }

    #[test]
    fn root_certificates_and_proxies_that_cannot_be_used_are_refused() {
        let builder = builder().client_certificate(CERTIFICATE);
        let refused = builder.clone().root_certificates(b"no PEM").build();
        assert_eq!(
            refused.err(),
            Some(ClientError::Connections(ConnectionsError::RootCertificates))
        );
        let refused = builder.proxy("::").build();
        assert_eq!(
            refused.err(),
            Some(ClientError::Connections(ConnectionsError::Proxy))
        );
    }
}
