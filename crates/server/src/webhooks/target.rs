use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

use super::public_address::{Reach, reach};
use super::signature::WebhookSecret;
use crate::http::client::Outgoing;

/// The receiver of webhooks, and the secret that signs them.
#[derive(Clone)]
pub struct WebhookTarget {
    pub(super) url: Url,
    secret: WebhookSecret,
    old_secret: Option<WebhookSecret>,
    pub(super) allow_private: bool,
    pub(super) outgoing: Outgoing,
}

/// The addresses that webhooks may be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AllowedAddresses {
    /// Those of the public internet only.
    Public,
    /// Those of private networks only, because anyone on the way can read plain `http`.
    Private,
    All,
}

impl AllowedAddresses {
    pub(super) fn allow(self, address: IpAddr) -> bool {
        match self {
            Self::Public => reach(address) == Reach::Public,
            Self::Private => reach(address) == Reach::Private,
            Self::All => true,
        }
    }
}

/// The error of [`WebhookTarget::new`]. The URL is not repeated, because it may contain a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookTargetError {
    /// It is not a URL with a host.
    #[error("must be a URL such as https://shop.kz/webhooks/pantoken")]
    Malformed,
    /// It is neither `https`, nor `http` on a private network that is allowed.
    #[error(
        "must start with https://, or with http:// for a private network if \
         PANTOKEN_WEBHOOK_ALLOW_PRIVATE is true"
    )]
    Insecure,
    /// It contains a user name or password.
    #[error("must not contain a user name or password: the signature identifies the sender")]
    Credentials,
    /// Its address is in a private network.
    #[error("must not have a private address, unless PANTOKEN_WEBHOOK_ALLOW_PRIVATE is true")]
    Private,
}

impl WebhookTarget {
    /// Takes the URL of the agent's back end. It may be on a private network, and use `http` there, only
    /// with `allow_private`. A host name is resolved and checked for each attempt.
    ///
    /// # Errors
    /// Returns [`WebhookTargetError`] if webhooks may not be sent to the URL.
    pub fn new(
        url: &str,
        secret: WebhookSecret,
        allow_private: bool,
    ) -> Result<Self, WebhookTargetError> {
        let url = Url::parse(url).map_err(|_| WebhookTargetError::Malformed)?;
        match url.scheme() {
            "https" => {}
            "http" if allow_private => {}
            _ => return Err(WebhookTargetError::Insecure),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(WebhookTargetError::Credentials);
        }
        let address: Option<IpAddr> = match url.host().ok_or(WebhookTargetError::Malformed)? {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
        };
        let is_plain = url.scheme() == "http";
        match address.map(reach) {
            Some(Reach::Public | Reach::Unknown) if is_plain => {
                return Err(WebhookTargetError::Insecure);
            }
            Some(Reach::Private | Reach::Unknown) if !allow_private => {
                return Err(WebhookTargetError::Private);
            }
            _ => {}
        }
        Ok(Self {
            url,
            secret,
            old_secret: None,
            allow_private,
            outgoing: Outgoing::default(),
        })
    }

    /// Signs with this secret too, while receivers change to the new one.
    #[must_use]
    pub fn with_old_secret(self, old_secret: WebhookSecret) -> Self {
        let old_secret = Some(old_secret);
        Self { old_secret, ..self }
    }

    /// Returns the secrets that sign, the new one first.
    pub(super) fn secrets(&self) -> Vec<&WebhookSecret> {
        std::iter::once(&self.secret)
            .chain(&self.old_secret)
            .collect()
    }

    /// Sends webhooks like this: through a proxy, or with more root certificates.
    #[must_use]
    pub fn with_outgoing(self, outgoing: Outgoing) -> Self {
        Self { outgoing, ..self }
    }

    /// Returns the addresses that its host may have.
    pub(super) fn allowed_addresses(&self) -> AllowedAddresses {
        match (self.is_plain(), self.allow_private) {
            (true, _) => AllowedAddresses::Private,
            (false, true) => AllowedAddresses::All,
            (false, false) => AllowedAddresses::Public,
        }
    }

    /// Returns whether the URL is plain `http`.
    pub(crate) fn is_plain(&self) -> bool {
        self.url.scheme() == "http"
    }
}

impl fmt::Debug for WebhookTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookTarget").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(url: &str, allow_private: bool) -> Result<WebhookTarget, WebhookTargetError> {
        let secret = WebhookSecret::parse("0123456789abcdef").unwrap();
        WebhookTarget::new(url, secret, allow_private)
    }

    #[test]
    fn webhooks_go_by_https_to_the_public_internet() {
        assert!(target("https://shop.kz/hooks?a=b", false).is_ok());
        assert!(target("https://8.8.8.8/hooks", false).is_ok());
        assert!(target("https://[64:ff9b::808:808]/hooks", false).is_ok());
        let table = [
            ("shop.kz", WebhookTargetError::Malformed),
            ("http://shop.kz/", WebhookTargetError::Insecure),
            ("ftp://shop.kz/", WebhookTargetError::Insecure),
            (
                "https://user:pass@shop.kz/",
                WebhookTargetError::Credentials,
            ),
            ("https://10.0.0.1/", WebhookTargetError::Private),
            ("https://2130706433/", WebhookTargetError::Private),
            ("https://0x7f.1/", WebhookTargetError::Private),
            ("https://[::1]/", WebhookTargetError::Private),
            ("https://[::ffff:10.0.0.1]/", WebhookTargetError::Private),
            ("https://[64:ff9b::a00:1]/", WebhookTargetError::Private),
            ("https://[2002:a00:1::1]/", WebhookTargetError::Private),
        ];
        for (url, error) in table {
            assert_eq!(target(url, false).unwrap_err(), error, "{url}");
        }
    }

    #[test]
    fn a_private_network_has_to_be_allowed() {
        for url in [
            "http://backend:8080/hooks",
            "http://127.0.0.1:1/",
            "https://[::1]/",
        ] {
            assert!(target(url, false).is_err(), "{url}");
            assert!(target(url, true).is_ok(), "{url}");
        }
    }

    #[test]
    fn plain_http_is_for_private_networks_alone() {
        for url in [
            "http://8.8.8.8/hooks",
            "http://[64:ff9b::808:808]/hooks",
            "http://[2002:808:808::1]/hooks",
            "http://[64:ff9b:1:a00:0:100:808:808]/hooks",
        ] {
            let error = target(url, true).unwrap_err();
            assert_eq!(error, WebhookTargetError::Insecure, "{url}");
        }
        let allowed = |url| target(url, true).unwrap().allowed_addresses();
        let (public, private) = ([8, 8, 8, 8].into(), [10, 0, 0, 1].into());
        let plain = allowed("http://backend/hooks");
        assert!(plain.allow(private) && !plain.allow(public));
        let encrypted = allowed("https://backend/hooks");
        assert!(encrypted.allow(private) && encrypted.allow(public));
    }
}
