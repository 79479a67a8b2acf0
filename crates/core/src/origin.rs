use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use crate::{decimal, text};

const LOOPBACK_V6: &str = "[::1]";

/// A web origin, written the way browsers write `MessageEvent.origin`. Two origins are equal exactly when
/// their texts are equal.
///
/// `https` is accepted on any host, `http` on loopback only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    text: String,
    loopback: bool,
}

/// The reason why a text is not an [`Origin`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OriginError {
    /// The text starts with neither `https://` nor `http://`.
    #[error("an origin must start with https:// (or http:// on loopback)")]
    Scheme,
    /// The scheme is `http`, but the host is not loopback.
    #[error("use https://, because http:// is only allowed on localhost, 127.0.0.0/8 and [::1]")]
    NotSecure,
    /// The host is missing, or a browser would write it in another way.
    #[error("the host must be a lower-case ASCII host name, an IPv4 address or [::1]")]
    Host,
    /// The port is not a number from 1 to 65535, or is the scheme's default, which browsers leave out.
    #[error(
        "the port must be a number from 1 to 65535, and must be left out if it is the scheme's default"
    )]
    Port,
    /// The text contains a path, a query or a user name.
    #[error("an origin must contain only a scheme, a host and a port")]
    Excess,
}

impl Origin {
    const MAX_HOST: usize = 253;

    /// Reads `scheme://host[:port]` in lower case and without the scheme's default port.
    ///
    /// # Errors
    /// Returns [`OriginError`] for anything else, including a trailing `/`.
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
        // The colons within [::1] belong to the host.
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

    /// Returns the origin the way browsers write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns whether the host is a loopback address or a name below `localhost`.
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

/// Checks that nothing follows the host, or a port that is not the scheme's default.
fn check_port(text: &str, default: u64) -> Result<(), OriginError> {
    let port = text::strip_prefix(text, ":").and_then(decimal::parse);
    let fit = text.is_empty() || matches!(port, Some(number @ 1..=65535) if number != default);
    fit.then_some(()).ok_or(OriginError::Port)
}

/// Returns whether the host is loopback, or an error if a browser would rewrite or refuse it.
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
    // Browsers treat a host whose last label is a number as an IPv4 address, and accept several
    // notations. Only the canonical one is accepted here: four numbers up to 255, without leading zeros.
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
