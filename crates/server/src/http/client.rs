use std::fmt;
use std::time::Duration;

use pantoken_core::Secret;
use reqwest::{Certificate, Client, ClientBuilder, Proxy};
use url::Url;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How the server reaches others: through which proxy, and which certificates it trusts beside the system's.
#[derive(Clone, Default)]
pub struct Outgoing {
    roots: Vec<Certificate>,
    roots_pem: Option<String>,
    proxy: Option<OutgoingProxy>,
}

/// The web proxy that outgoing calls go through.
#[derive(Clone)]
pub struct OutgoingProxy {
    proxy: Proxy,
    /// The URL of the proxy, which may contain a password.
    url: Secret,
    is_https: bool,
}

/// The error of [`OutgoingProxy::parse`]. The URL is not repeated, because it may contain a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be the URL of a web proxy, such as http://proxy.shop.kz:3128")]
pub struct OutgoingProxyError;

/// The error of [`Outgoing::with_roots`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must contain certificates in PEM format, each between BEGIN CERTIFICATE and END CERTIFICATE"
)]
pub struct RootsError;

/// Why no HTTP client can be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// There are no root certificates, or they cannot be read.
    #[error(
        "{0}: https needs root certificates; install the system's (the package ca-certificates), or name a \
         PEM file of them in PANTOKEN_CA_FILE"
    )]
    Roots(String),
}

impl Outgoing {
    /// Trusts these root certificates, in PEM format, beside the system's.
    ///
    /// # Errors
    /// Returns [`RootsError`] if there is none, or one that is damaged.
    pub fn with_roots(self, pem: &str) -> Result<Self, RootsError> {
        match Certificate::from_pem_bundle(pem.as_bytes()) {
            Ok(roots) if !roots.is_empty() => Ok(Self {
                roots,
                roots_pem: Some(pem.to_owned()),
                ..self
            }),
            _ => Err(RootsError),
        }
    }

    /// Makes every call through this proxy.
    #[must_use]
    pub fn with_proxy(self, proxy: OutgoingProxy) -> Self {
        let proxy = Some(proxy);
        Self { proxy, ..self }
    }

    /// Returns whether calls go through a proxy, which then resolves the names of hosts.
    pub(crate) fn has_proxy(&self) -> bool {
        self.proxy.is_some()
    }

    /// Returns the root certificates beside the system's, for a client that is built elsewhere.
    pub(crate) fn roots_pem(&self) -> Option<&str> {
        self.roots_pem.as_deref()
    }

    /// Returns the URL of the proxy, for a client that is built elsewhere.
    pub(crate) fn proxy_url(&self) -> Option<&str> {
        self.proxy.as_ref().map(|proxy| proxy.url.expose())
    }

    /// Builds an HTTP client for one host, which follows no redirects, has time limits, and ignores the
    /// proxies of the environment. `configure` may change it.
    ///
    /// Plain `http` needs no root certificates, so a minimal image needs none either.
    pub(crate) fn client(
        &self,
        host: &Url,
        response_timeout: Duration,
        configure: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Result<Client, ClientError> {
        // This fails only if a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(response_timeout)
            .user_agent(concat!("pantoken/", env!("CARGO_PKG_VERSION")));
        let proxy = self.proxy.as_ref();
        let needs_tls = host.scheme() == "https" || proxy.is_some_and(|proxy| proxy.is_https);
        let builder = match needs_tls {
            true => builder.tls_certs_merge(self.roots.iter().cloned()),
            false => builder.tls_certs_only([]),
        };
        let builder = match proxy {
            Some(proxy) => builder.proxy(proxy.proxy.clone()),
            None => builder,
        };
        let built = configure(builder).build();
        built.map_err(|error| ClientError::Roots(reason(error)))
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("roots", &self.roots.len())
            .field("has_proxy", &self.has_proxy())
            .finish()
    }
}

impl OutgoingProxy {
    /// Parses the URL of a proxy: `http` or `https`, with or without a user name and password.
    ///
    /// # Errors
    /// Returns [`OutgoingProxyError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, OutgoingProxyError> {
        let url = Url::parse(text).map_err(|_| OutgoingProxyError)?;
        let is_https = match url.scheme() {
            "http" => false,
            "https" => true,
            _ => return Err(OutgoingProxyError),
        };
        let has_more = !matches!(url.path(), "" | "/") || url.query().is_some();
        if has_more || url.fragment().is_some() {
            return Err(OutgoingProxyError);
        }
        let proxy = Proxy::all(url).map_err(|_| OutgoingProxyError)?;
        let url = Secret::new(text);
        Ok(Self {
            proxy,
            url,
            is_https,
        })
    }
}

impl fmt::Debug for OutgoingProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutgoingProxy").finish_non_exhaustive()
    }
}

/// Returns the innermost error, without the URL, which may contain a secret.
pub(crate) fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    if error.is_timeout() {
        return "no response in time".to_owned();
    }
    let mut innermost: &dyn std::error::Error = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_a_web_proxy() {
        for text in ["http://proxy:3128", "https://user:pass@proxy.shop.kz/"] {
            assert!(OutgoingProxy::parse(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "proxy:3128",
            "socks5://proxy:1080",
            "http://proxy/path",
            "http://proxy?a=b",
            "http://",
        ] {
            assert_eq!(
                OutgoingProxy::parse(text).unwrap_err(),
                OutgoingProxyError,
                "{text}"
            );
        }
        let proxy = OutgoingProxy::parse("http://user:canary@proxy").unwrap();
        let outgoing = Outgoing::default().with_proxy(proxy);
        assert!(!format!("{outgoing:?}").contains("canary"));
    }

    #[test]
    fn roots_are_certificates() {
        for pem in [
            "",
            "no certificate",
            "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
        ] {
            assert_eq!(
                Outgoing::default().with_roots(pem).unwrap_err(),
                RootsError,
                "{pem}"
            );
        }
    }
}
