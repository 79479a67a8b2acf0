use std::fmt;

use pantoken_core::{Origin, OriginError};

/// An origin whose pages may call the API from a browser: `https` on any host, `http` on loopback, or the
/// scheme of an app shell, such as `capacitor://localhost`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AllowedOrigin(String);

/// The error of [`AllowedOrigin::parse`]. The text is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AllowedOriginError {
    /// It starts as an origin of `https` or `http`, and is none.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// Pages of this scheme have no origin that tells them from other pages.
    #[error(
        "pages of file:, data: and similar URLs send the origin null, which every page can send; serve the page \
         over https, or from an app shell with a scheme of its own such as capacitor://localhost"
    )]
    Opaque,
    /// It is neither a web origin nor that of an app shell.
    #[error(
        "an origin must be https://, http:// on loopback, or the scheme of an app shell such as \
         capacitor://localhost, followed by a host in lower case and an optional port"
    )]
    Shape,
}

/// Schemes whose pages send the origin `null`, and schemes that no page has.
const OPAQUE: [&str; 9] = [
    "about",
    "blob",
    "data",
    "file",
    "filesystem",
    "javascript",
    "null",
    "ws",
    "wss",
];

impl AllowedOrigin {
    /// Parses an origin as browsers write it in the header `Origin`.
    ///
    /// # Errors
    /// Returns [`AllowedOriginError`] if no page that can be told from others sends it.
    pub fn parse(text: &str) -> Result<Self, AllowedOriginError> {
        let (scheme, rest) = text.split_once(':').unwrap_or((text, ""));
        match scheme {
            "https" | "http" => Ok(Origin::parse(text)?.into()),
            _ if OPAQUE.contains(&scheme) => Err(AllowedOriginError::Opaque),
            _ if !is_scheme(scheme) => Err(AllowedOriginError::Shape),
            _ => {
                // What follows the scheme has the rules of a web origin.
                Origin::parse(&format!("https:{rest}")).map_err(|_| AllowedOriginError::Shape)?;
                Ok(Self(text.to_owned()))
            }
        }
    }

    /// Returns the origin as browsers write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Source: RFC 3986, section 3.1. Browsers write a scheme in lower case.
fn is_scheme(text: &str) -> bool {
    let fit =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte);
    text.starts_with(|first: char| first.is_ascii_lowercase()) && text.bytes().all(fit)
}

impl From<Origin> for AllowedOrigin {
    fn from(origin: Origin) -> Self {
        Self(origin.to_string())
    }
}

impl fmt::Display for AllowedOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allowed_origin_is_a_pages_or_an_app_shells() {
        for text in [
            "https://shop.kz",
            "http://localhost:3019",
            "capacitor://localhost",
            "ionic://localhost",
            "app://shop.kz",
            "kz.shop.app://localhost:8080",
        ] {
            assert_eq!(AllowedOrigin::parse(text).unwrap().as_str(), text);
        }
        let insecure = AllowedOrigin::parse("http://shop.kz");
        assert_eq!(insecure, Err(OriginError::NotSecure.into()));
        for text in ["null", "file://", "file:///index.html", "data:text/html,"] {
            let refused = AllowedOrigin::parse(text);
            assert_eq!(refused, Err(AllowedOriginError::Opaque), "{text}");
        }
        for text in [
            "",
            "shop.kz",
            "capacitor:",
            "capacitor://",
            "capacitor://localhost/",
            "Capacitor://localhost",
            "1app://localhost",
            "*",
        ] {
            let refused = AllowedOrigin::parse(text);
            assert_eq!(refused, Err(AllowedOriginError::Shape), "{text}");
        }
    }
}
