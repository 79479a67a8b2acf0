use std::time::Duration;

use pantoken_core::Secret;
use reqwest::{Certificate, Identity, Proxy};
use url::{Host, Url};

use super::Client;
use super::transport::{Timeouts, Transport};
use crate::Site;

const API_URL: &str = "https://acquiring.qiwi.com/merchant/direct";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Builds a [`Client`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    site: Site,
    api_url: String,
    timeouts: Timeouts,
    client_certificate: Option<Secret>,
    root_certificates: Option<Vec<u8>>,
    proxy: Option<Secret>,
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
    /// The client certificate cannot be used.
    #[error(
        "the client certificate must be PEM with the certificate that QIWI issued and its private key; a certificate request (CSR) is not a certificate"
    )]
    ClientCertificate,
    /// The root certificates are not PEM.
    #[error("the root certificates must be in PEM")]
    RootCertificates,
    /// The address of the proxy cannot be used.
    #[error("the proxy must be an http, https or socks5 URL")]
    Proxy,
    /// TLS cannot be set up.
    #[error(
        "TLS cannot be set up; check that the system's root certificates are installed, and that the client certificate and its key belong together"
    )]
    Tls,
}

impl ClientBuilder {
    pub(super) fn new(site: Site) -> Self {
        Self {
            site,
            api_url: API_URL.to_owned(),
            timeouts: Timeouts::default(),
            client_certificate: None,
            root_certificates: None,
            proxy: None,
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
        self.client_certificate = Some(Secret::new(pem));
        self
    }

    /// Also trusts these root certificates, in PEM. The provider's certificate is always verified.
    pub fn root_certificates(mut self, pem: &[u8]) -> Self {
        self.root_certificates = Some(pem.to_owned());
        self
    }

    /// Connects through this proxy. Without one, the variables of the environment are not read either.
    pub fn proxy(mut self, url: &str) -> Self {
        self.proxy = Some(Secret::new(url));
        self
    }

    /// Builds the client. It connects with the first call.
    ///
    /// # Errors
    /// Returns [`ClientError`] if a setting cannot be used.
    pub fn build(self) -> Result<Client, ClientError> {
        let url = read_url(&self.api_url)?;
        if url.scheme() == "https" && self.client_certificate.is_none() {
            return Err(ClientError::NoClientCertificate);
        }
        let http = self.http_client()?;
        Ok(Client(Transport::new(
            http,
            url.into(),
            self.site,
            self.timeouts,
        )))
    }

    fn http_client(&self) -> Result<reqwest::Client, ClientError> {
        // This fails only if a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .tls_version_min(reqwest::tls::Version::TLS_1_2)
            .connect_timeout(CONNECT_TIMEOUT)
            .user_agent(concat!("pantoken/", env!("CARGO_PKG_VERSION")));
        if let Some(pem) = &self.client_certificate {
            let identity = Identity::from_pem(pem.expose().as_bytes());
            builder = builder.identity(identity.map_err(|_| ClientError::ClientCertificate)?);
        }
        if let Some(pem) = &self.root_certificates {
            let roots = Certificate::from_pem_bundle(pem);
            let roots = roots.map_err(|_| ClientError::RootCertificates)?;
            if roots.is_empty() {
                return Err(ClientError::RootCertificates);
            }
            builder = builder.tls_certs_merge(roots);
        }
        if let Some(proxy) = &self.proxy {
            let proxy = Proxy::all(proxy.expose()).map_err(|_| ClientError::Proxy)?;
            builder = builder.proxy(proxy);
        }
        builder.build().map_err(|_| ClientError::Tls)
    }
}

fn read_url(text: &str) -> Result<Url, ClientError> {
    let url = Url::parse(text).map_err(|_| ClientError::ApiUrl)?;
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let is_allowed = url.scheme() == "https" || (url.scheme() == "http" && is_loopback);
    let has_user = !url.username().is_empty() || url.password().is_some();
    if !is_allowed || has_user || url.query().is_some() || url.fragment().is_some() {
        return Err(ClientError::ApiUrl);
    }
    Ok(url)
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
            assert_eq!(refused.err(), Some(ClientError::ClientCertificate), "{pem}");
        }
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
        assert_eq!(refused.err(), Some(ClientError::RootCertificates));
        let refused = builder.proxy("::").build();
        assert_eq!(refused.err(), Some(ClientError::Proxy));
    }
}
