use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

use super::public_address::is_public;
use super::signature::WebhookSecret;

/// Where webhooks go, and what they are signed with.
#[derive(Clone)]
pub struct WebhookTarget {
    pub(super) url: Url,
    pub(super) secret: WebhookSecret,
    pub(super) allow_private: bool,
}

/// The addresses that a webhook may go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Those of the public internet.
    Public,
    /// Those of private networks: by plain `http` anybody on the way could read a panToken.
    Private,
    /// All.
    Anywhere,
}

impl Reach {
    pub(super) fn allows(self, address: IpAddr) -> bool {
        match self {
            Self::Public => is_public(address),
            Self::Private => !is_public(address),
            Self::Anywhere => true,
        }
    }
}

/// Why a URL cannot be a webhook's. It is not repeated: it may hold a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookTargetError {
    /// No URL with a host.
    #[error("is a URL such as https://shop.kz/webhooks/pantoken")]
    Malformed,
    /// Neither `https`, nor `http` on a private network that is allowed.
    #[error(
        "starts with https://; http:// is for a private network alone, with \
         PANTOKEN_WEBHOOK_ALLOW_PRIVATE=true"
    )]
    Insecure,
    /// A user or a password, which is no place for a secret.
    #[error("has no user and no password: the signature says who calls")]
    Credentials,
    /// An address of a private network.
    #[error("is not at a private address, unless PANTOKEN_WEBHOOK_ALLOW_PRIVATE is true")]
    Private,
}

impl WebhookTarget {
    /// Takes the URL of the agent's back end. Only with `allow_private` may it be on a private
    /// network, by `http` too; a host name is looked up each time, and checked then.
    ///
    /// # Errors
    /// [`WebhookTargetError`] when webhooks may not go there.
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
        match address.map(is_public) {
            Some(true) if is_plain => return Err(WebhookTargetError::Insecure),
            Some(false) if !allow_private => return Err(WebhookTargetError::Private),
            _ => {}
        }
        Ok(Self {
            url,
            secret,
            allow_private,
        })
    }

    /// Which addresses its host's name may lead to.
    pub(super) fn reach(&self) -> Reach {
        match (self.is_plain(), self.allow_private) {
            (true, _) => Reach::Private,
            (false, true) => Reach::Anywhere,
            (false, false) => Reach::Public,
        }
    }

    /// Whether it is called by `http`.
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
        let error = target("http://8.8.8.8/hooks", true).unwrap_err();
        assert_eq!(error, WebhookTargetError::Insecure);
        let reach = |url| target(url, true).unwrap().reach();
        let (public, private) = ([8, 8, 8, 8].into(), [10, 0, 0, 1].into());
        let plain = reach("http://backend/hooks");
        assert!(plain.allows(private) && !plain.allows(public));
        let sealed = reach("https://backend/hooks");
        assert!(sealed.allows(private) && sealed.allows(public));
    }
}
