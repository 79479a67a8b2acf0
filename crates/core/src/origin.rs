use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use crate::{decimal, text};

const LOOPBACK_V6: &str = "[::1]";

/// A web origin in the form in which browsers write `MessageEvent.origin`, so that two origins are
/// the same exactly when their texts are.
///
/// `https` is accepted on any host, `http` on loopback only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    text: String,
    loopback: bool,
}

/// Why a text is not an [`Origin`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OriginError {
    /// Neither `https://` nor `http://`.
    #[error("an origin starts with https:// (or http:// on loopback)")]
    Scheme,
    /// `http://` on a host that is not loopback.
    #[error("plain http is allowed on localhost, 127.0.0.0/8 and [::1] only")]
    NotSecure,
    /// No host, or one that a browser would write in another way.
    #[error("the host is not a plain host name in lower case, an IPv4 address or [::1]")]
    Host,
    /// Not a number from 1 to 65535, or the scheme's own, which browsers leave out.
    #[error(
        "the port is not a number from 1 to 65535 other than the scheme's own, which is left out"
    )]
    Port,
    /// A path, query or user name.
    #[error("an origin is a scheme, a host and a port, and nothing more")]
    Excess,
}

impl Origin {
    const MAX_HOST: usize = 253;

    /// Reads `scheme://host[:port]` to the letter: in lower case, and without the scheme's own port.
    ///
    /// # Errors
    /// [`OriginError`] for anything else, a trailing `/` included.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        match Self::split(text)? {
            (origin, "") => Ok(origin),
            _ => Err(OriginError::Excess),
        }
    }

    /// Reads the origin at the start of a URL, and returns it with the rest: an empty text, or one that
    /// starts with `/`, `?` or `#`.
    ///
    /// # Errors
    /// Returns [`OriginError`] if the URL does not start with an origin.
    pub fn split(text: &str) -> Result<(Self, &str), OriginError> {
        let secure = text::strip_prefix(text, "https://");
        let rest = secure
            .or_else(|| text::strip_prefix(text, "http://"))
            .ok_or(OriginError::Scheme)?;
        let ends = |byte| matches!(byte, b'/' | b'?' | b'#' | b'\\' | b'@');
        let (authority, tail) = text::split_at_first(rest, ends);
        if matches!(tail.as_bytes().first(), Some(b'\\' | b'@')) {
            return Err(OriginError::Excess);
        }
        // The colons within [::1] are the host's.
        let (host, port) = match text::strip_prefix(authority, LOOPBACK_V6) {
            Some(port) => (LOOPBACK_V6, port),
            None => text::split_at_first(authority, |byte| byte == b':'),
        };
        let loopback = check_host(host)?;
        if secure.is_none() && !loopback {
            return Err(OriginError::NotSecure);
        }
        check_port(port, if secure.is_some() { 443 } else { 80 })?;
        let origin = text.get(..text.len() - tail.len()).unwrap_or_default();
        let origin = Self {
            text: origin.to_owned(),
            loopback,
        };
        Ok((origin, tail))
    }

    /// The origin as browsers write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the host is this machine itself.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Origin {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What follows the host is nothing, or a port that is not the scheme's own.
fn check_port(text: &str, own: u64) -> Result<(), OriginError> {
    let port = text::strip_prefix(text, ":").and_then(decimal::parse);
    let fit = text.is_empty() || matches!(port, Some(number @ 1..=65535) if number != own);
    fit.then_some(()).ok_or(OriginError::Port)
}

/// Whether the host is loopback; an error where a browser would rewrite or refuse it.
fn check_host(host: &str) -> Result<bool, OriginError> {
    if host == LOOPBACK_V6 {
        return Ok(true);
    }
    let (mut labels, mut address_bytes) = (0, 0);
    let mut last = "";
    let fit = text::all_parts(host, b'.', |label| {
        labels += 1;
        address_bytes += usize::from(matches!(decimal::parse(label), Some(0..=255)));
        last = label;
        label_is_plain(label)
    });
    if !fit || host.len() > Origin::MAX_HOST {
        return Err(OriginError::Host);
    }
    // A browser reads a host whose last label is a number as an IPv4 address, in any of its spellings;
    // the usual one is four numbers up to 255, without a leading zero.
    if last.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return if labels == 4 && address_bytes == 4 {
            Ok(text::strip_prefix(host, "127.").is_some())
        } else {
            Err(OriginError::Host)
        };
    }
    Ok(last == "localhost")
}

fn label_is_plain(label: &str) -> bool {
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    label.bytes().all(plain) && !matches!(label.as_bytes(), [] | [b'-', ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for text in [
            "https://a2c.qiwi.kz",
            "https://a2c.qiwi.kz:444",
            "http://localhost:3019",
            "http://127.0.0.1",
            "http://[::1]:3020",
            "https://127.0.0.1:80",
        ] {
            assert_eq!(Origin::parse(text).unwrap().as_str(), text);
        }
        assert_eq!(Origin::parse("https://A2C.qiwi.kz"), Err(OriginError::Host));
        for text in ["https://a2c.qiwi.kz:443", "http://localhost:80"] {
            assert_eq!(Origin::parse(text), Err(OriginError::Port), "{text}");
        }
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        assert_eq!(
            Origin::parse("http://a2c.qiwi.kz"),
            Err(OriginError::NotSecure)
        );
        assert_eq!(
            Origin::parse("http://localhost.evil.kz"),
            Err(OriginError::NotSecure)
        );
        assert_eq!(
            Origin::parse("http://127.evil.kz"),
            Err(OriginError::NotSecure)
        );
        assert!(Origin::parse("http://127.9.9.9").unwrap().is_loopback());
        assert!(
            Origin::parse("http://app.localhost:8080")
                .unwrap()
                .is_loopback()
        );
        assert!(!Origin::parse("https://a2c.qiwi.kz").unwrap().is_loopback());
    }

    #[test]
    fn a_host_that_a_browser_would_rewrite_is_refused() {
        for text in [
            "https://",
            "https://.",
            "https://a..b",
            "https://a.b.",
            "https://-a.kz",
            "https://қазақ.kz",
            "https://2130706433",
            "https://127.1",
            "https://0x7f.1",
            "https://1.2.3.256",
            "https://[::2]",
            "https://[::1",
            "https://a b.kz",
            "https://a%2e.kz",
            "https://a.kz\t",
        ] {
            assert_eq!(Origin::parse(text), Err(OriginError::Host), "{text:?}");
        }
    }

    #[test]
    fn an_origin_is_nothing_but_scheme_host_and_port() {
        for text in [
            "https://a.kz/",
            "https://a.kz?x",
            "https://a.kz#x",
            "https://u@a.kz",
            "https://a.kz\\b",
        ] {
            assert_eq!(Origin::parse(text), Err(OriginError::Excess), "{text:?}");
        }
        for text in [
            "https://a.kz:",
            "https://[::1]x",
            "https://a.kz:0",
            "https://a.kz:65536",
            "https://a.kz:+1",
            "https://a.kz:080",
        ] {
            assert_eq!(Origin::parse(text), Err(OriginError::Port), "{text:?}");
        }
        for text in [
            "",
            "a.kz",
            "//a.kz",
            "ftp://a.kz",
            "HTTPS://a.kz",
            "javascript:alert(1)",
            "null",
        ] {
            assert_eq!(Origin::parse(text), Err(OriginError::Scheme), "{text:?}");
        }
    }
}
