use std::time::Duration;

use reqwest::{Certificate, Identity, Proxy};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use crate::Secret;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How a client connects to a provider. Certificates are always verified, redirects are never followed, and no
/// request is repeated.
#[derive(Clone, Debug, Default)]
#[must_use = "nothing happens until `build` is called"]
pub struct Connections {
    root_certificates: Option<Vec<u8>>,
    proxy: Option<Secret>,
    identity: Option<Secret>,
}

/// A setting of connections cannot be used. The message contains no value of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectionsError {
    /// The root certificates are not PEM.
    #[error("the root certificates must be in PEM")]
    RootCertificates,
    /// The address of the proxy cannot be used.
    #[error("the proxy must be an http, https or socks5 URL")]
    Proxy,
    /// The client certificate or its key cannot be used.
    #[error(
        "the client certificate must be in PEM, with its private key (PKCS #8) in the same file"
    )]
    Identity,
    /// The private key is another certificate's.
    #[error("the private key does not belong to the client certificate")]
    OtherKey,
    /// TLS cannot be set up.
    #[error("TLS cannot be set up; check that the system's root certificates are installed")]
    Tls,
}

impl Connections {
    /// Also trusts these root certificates, in PEM.
    pub fn root_certificates(mut self, pem: &[u8]) -> Self {
        self.root_certificates = Some(pem.to_owned());
        self
    }

    /// Connects through this proxy. Without one, the variables of the environment are not read either.
    pub fn proxy(mut self, url: &str) -> Self {
        self.proxy = Some(Secret::new(url));
        self
    }

    /// Presents this client certificate. The PEM holds the certificate and its private key.
    pub fn identity(mut self, pem: &Secret) -> Self {
        self.identity = Some(pem.clone());
        self
    }

    /// Returns a client, which connects with its first request.
    ///
    /// # Errors
    /// Returns [`ConnectionsError`] if a setting cannot be used.
    pub fn build(&self) -> Result<reqwest::Client, ConnectionsError> {
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
            let roots = roots.map_err(|_| ConnectionsError::RootCertificates)?;
            if roots.is_empty() {
                return Err(ConnectionsError::RootCertificates);
            }
            builder = builder.tls_certs_merge(roots);
        }
        if let Some(pem) = &self.identity {
            check_identity(pem)?;
            let identity = Identity::from_pem(pem.expose().as_bytes());
            builder = builder.identity(identity.map_err(|_| ConnectionsError::Identity)?);
        }
        if let Some(proxy) = &self.proxy {
            let proxy = Proxy::all(proxy.expose()).map_err(|_| ConnectionsError::Proxy)?;
            builder = builder.proxy(proxy);
        }
        builder.build().map_err(|_| ConnectionsError::Tls)
    }
}

/// Checks that the certificate and the key belong together, which the client reports as any other failure of TLS.
fn check_identity(pem: &Secret) -> Result<(), ConnectionsError> {
    let bytes = pem.expose().as_bytes();
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(bytes).collect();
    let chain = chain.map_err(|_| ConnectionsError::Identity)?;
    let key = PrivateKeyDer::from_pem_slice(bytes).map_err(|_| ConnectionsError::Identity)?;
    let provider = rustls::crypto::ring::default_provider();
    match CertifiedKey::from_der(chain, key, &provider) {
        Ok(_) => Ok(()),
        Err(rustls::Error::InconsistentKeys(_)) => Err(ConnectionsError::OtherKey),
        Err(_) => Err(ConnectionsError::Identity),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_cannot_be_used_are_refused_by_name() {
        let connections = Connections::default();
        assert!(connections.build().is_ok());
        for (connections, error) in [
            (
                connections.clone().root_certificates(b"no PEM"),
                ConnectionsError::RootCertificates,
            ),
            (connections.clone().proxy("::"), ConnectionsError::Proxy),
            (
                connections.identity(&Secret::new("no PEM")),
                ConnectionsError::Identity,
            ),
        ] {
            assert_eq!(connections.build().err(), Some(error));
        }
    }

    #[test]
    fn no_secret_is_printed() {
        let connections = Connections::default()
            .proxy("http://user:secret-password@127.0.0.1:3128")
            .identity(&Secret::new("secret-key"));
        let printed = format!("{connections:?}");
        assert!(!printed.contains("secret-"), "{printed}");
    }
}
