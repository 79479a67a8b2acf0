use std::fmt;

use url::{Host, Url};

/// The address of a provider's API: an https URL without user, query and fragment. Only on loopback, where a
/// sandbox runs, it may be an http URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    /// The URL, without a slash at its end.
    url: String,
    is_loopback: bool,
}

/// The text cannot be the address of an API. The message does not contain it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a base URL must be an https URL without user, query and fragment; http is allowed on loopback only"
)]
pub struct BaseUrlError;

impl BaseUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// Returns [`BaseUrlError`] if the text is not an https URL, or an http URL on loopback, or has a user, a
    /// query or a fragment.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let url = Url::parse(text).map_err(|_| BaseUrlError)?;
        let is_loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        let is_allowed = url.scheme() == "https" || (url.scheme() == "http" && is_loopback);
        let has_user = !url.username().is_empty() || url.password().is_some();
        if !is_allowed || has_user || url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError);
        }
        let url = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { url, is_loopback })
    }

    /// Returns the URL without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// Returns whether the address is this machine's own, as a sandbox's is.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.is_loopback
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_is_https_or_on_loopback() {
        for (text, url, is_loopback) in [
            (
                "https://b2b-api.qiwi.com/sites",
                "https://b2b-api.qiwi.com/sites",
                false,
            ),
            ("https://api.example/v1/", "https://api.example/v1", false),
            ("https://api.example", "https://api.example", false),
            ("https://127.0.0.1:8443", "https://127.0.0.1:8443", true),
            (
                "http://127.0.0.1:3021/sites",
                "http://127.0.0.1:3021/sites",
                true,
            ),
            ("http://[::1]:3021/sites", "http://[::1]:3021/sites", true),
            ("http://localhost:3021", "http://localhost:3021", true),
        ] {
            let base = BaseUrl::parse(text).unwrap();
            assert_eq!((base.as_str(), base.is_loopback()), (url, is_loopback));
        }
        for text in [
            "",
            "b2b-api.qiwi.com",
            "http://b2b-api.qiwi.com/sites",
            "http://localhost.evil.example/sites",
            "https://user:password@b2b-api.qiwi.com/sites",
            "https://b2b-api.qiwi.com/sites?a=1",
            "https://b2b-api.qiwi.com/sites#a",
            "ftp://127.0.0.1/sites",
        ] {
            assert_eq!(BaseUrl::parse(text), Err(BaseUrlError), "{text}");
        }
    }
}
