use std::sync::Arc;
use std::time::Duration;

use pantoken_core::Secret;
use reqwest::{Certificate, Proxy};
use url::{Host, Url};

use super::Client;
use super::Project;
use crate::{ProjectId, SecretKey};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Gate answers within 100 ms as a rule.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Builds a [`Client`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    project_id: ProjectId,
    key: SecretKey,
    gate_url: String,
    timeout: Duration,
    root_certificates: Option<Vec<u8>>,
    proxy: Option<Secret>,
}

/// The reason why a client cannot be built. The message contains no value of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The address of Gate cannot be used.
    #[error(
        "the address of Gate must be an https URL without user, query and fragment; http is allowed on loopback only"
    )]
    GateUrl,
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
    pub(super) fn new(project_id: ProjectId, key: SecretKey, gate_url: &str) -> Self {
        Self {
            project_id,
            key,
            gate_url: gate_url.to_owned(),
            timeout: TIMEOUT,
            root_certificates: None,
            proxy: None,
        }
    }

    /// Sets how long a call may take, from the connection to the last byte of the answer.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
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

    /// Builds the client. It connects with the first call.
    ///
    /// # Errors
    /// Returns [`ClientError`] if a setting cannot be used.
    pub fn build(self) -> Result<Client, ClientError> {
        let gate = read_gate_url(&self.gate_url)?;
        let http = self.http_client()?;
        let project = Project {
            id: self.project_id,
            key: self.key,
            gate,
        };
        Ok(Client {
            http,
            project: Arc::new(project),
            timeout: self.timeout,
        })
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
fn read_gate_url(text: &str) -> Result<String, ClientError> {
    let url = Url::parse(text).map_err(|_| ClientError::GateUrl)?;
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let is_allowed = url.scheme() == "https" || (url.scheme() == "http" && is_loopback);
    let has_user = !url.username().is_empty() || url.password().is_some();
    if !is_allowed || has_user || url.query().is_some() || url.fragment().is_some() {
        return Err(ClientError::GateUrl);
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn builder(gate_url: &str) -> ClientBuilder {
        let key = SecretKey::parse("secret-key").unwrap();
        Client::builder(ProjectId::new(35).unwrap(), key, gate_url)
    }

    #[test]
    fn the_address_of_gate_is_https_or_on_loopback() {
        for url in [
            "https://api.example.com",
            "https://api.example.com/gate/",
            "http://127.0.0.1:3022",
            "http://[::1]:3022",
            "http://localhost:3022",
        ] {
            assert!(builder(url).build().is_ok(), "{url}");
        }
        for url in [
            "",
            "api.example.com",
            "http://api.example.com",
            "http://localhost.evil.example",
            "https://user:password@api.example.com",
            "https://api.example.com/?a=1",
            "https://api.example.com/#a",
            "ftp://127.0.0.1",
        ] {
            let refused = builder(url).build();
            assert_eq!(refused.err(), Some(ClientError::GateUrl), "{url}");
        }
    }

    #[test]
    fn no_secret_of_a_client_is_printed() {
        let builder = builder("http://[::1]:3022").proxy("http://user:secret-password@[::1]:3128");
        let printed = format!("{builder:?} {:?}", builder.clone().build().unwrap());
        assert!(!printed.contains("secret-"), "{printed}");
    }

    #[test]
    fn root_certificates_and_proxies_that_cannot_be_used_are_refused() {
        let refused = builder("http://[::1]").root_certificates(b"no PEM").build();
        assert_eq!(refused.err(), Some(ClientError::RootCertificates));
        let refused = builder("http://[::1]").proxy("::").build();
        assert_eq!(refused.err(), Some(ClientError::Proxy));
    }
}
