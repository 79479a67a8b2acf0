use std::time::Duration;

use pantoken_core::Secret;
use reqwest::header::HeaderValue;
use reqwest::{Certificate, Proxy};
use url::{Host, Url};

use super::Client;
use super::transport::{Timeouts, Transport};
use crate::{ApiKey, DigitalSigner, SiteId};

const BASE_URL: &str = "https://b2b-api.qiwi.com/partner/payin/v1/sites";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Builds a [`Client`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    site_id: SiteId,
    api_key: ApiKey,
    base_url: String,
    timeouts: Timeouts,
    root_certificates: Option<Vec<u8>>,
    proxy: Option<Secret>,
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
    /// The root certificates are not PEM.
    #[error("the root certificates must be in PEM")]
    RootCertificates,
    /// The address of the proxy cannot be used.
    #[error("the proxy must be an http, https or socks5 URL")]
    Proxy,
    /// TLS cannot be set up.
    #[error("TLS cannot be set up; check that the system's root certificates are installed")]
    Tls,
}

impl ClientBuilder {
    pub(super) fn new(site_id: SiteId, api_key: ApiKey) -> Self {
        Self {
            site_id,
            api_key,
            base_url: BASE_URL.to_owned(),
            timeouts: Timeouts::default(),
            root_certificates: None,
            proxy: None,
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
        self.root_certificates = Some(pem.to_owned());
        self
    }

    /// Connects through this proxy. Without one, the variables of the environment are not read either.
    pub fn proxy(mut self, url: &str) -> Self {
        self.proxy = Some(Secret::new(url));
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
        let base = read_base_url(&self.base_url)?;
        let site = format!("{base}/{}", self.site_id.to_segment());
        let bearer = format!("Bearer {}", self.api_key.expose());
        let mut authorization = HeaderValue::from_str(&bearer).map_err(|_| ClientError::ApiKey)?;
        authorization.set_sensitive(true);
        let http = self.http_client()?;
        let transport = Transport::new(http, site, authorization, self.timeouts, self.signer);
        Ok(Client(transport))
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

/// Returns the URL without a slash at its end.
fn read_base_url(text: &str) -> Result<String, ClientError> {
    let url = Url::parse(text).map_err(|_| ClientError::BaseUrl)?;
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let is_allowed = url.scheme() == "https" || (url.scheme() == "http" && is_loopback);
    let has_user = !url.username().is_empty() || url.password().is_some();
    if !is_allowed || has_user || url.query().is_some() || url.fragment().is_some() {
        return Err(ClientError::BaseUrl);
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
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
        for url in [
            BASE_URL,
            "https://api.pay2me.com/payin/v1/sites/",
            "http://127.0.0.1:3021/partner/payin/v1/sites",
            "http://[::1]:3021/sites",
            "http://localhost:3021/sites",
        ] {
            assert!(builder().base_url(url).build().is_ok(), "{url}");
        }
        for url in [
            "",
            "b2b-api.qiwi.com",
            "http://b2b-api.qiwi.com/partner/payin/v1/sites",
            "http://localhost.evil.example/sites",
            "https://user:password@b2b-api.qiwi.com/sites",
            "https://b2b-api.qiwi.com/sites?a=1",
            "https://b2b-api.qiwi.com/sites#a",
            "ftp://127.0.0.1/sites",
        ] {
            let refused = builder().base_url(url).build();
            assert_eq!(refused.err(), Some(ClientError::BaseUrl), "{url}");
        }
    }

    #[test]
    fn no_secret_of_a_client_is_printed() {
        let builder = builder().proxy("http://user:secret-password@127.0.0.1:3128");
        let printed = format!("{builder:?} {:?}", builder.clone().build().unwrap());
        assert!(!printed.contains("secret-"), "{printed}");
    }

    #[test]
    fn root_certificates_and_proxies_that_cannot_be_used_are_refused() {
        let refused = builder().root_certificates(b"no PEM").build();
        assert_eq!(refused.err(), Some(ClientError::RootCertificates));
        let refused = builder().proxy("::").build();
        assert_eq!(refused.err(), Some(ClientError::Proxy));
    }
}
