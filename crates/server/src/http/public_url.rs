use pantoken_a2c::{CallbackUrl, CallbackUrlError, RequestId};
use url::Url;

/// The URL at which browsers reach this server: `https://host` (`http` on loopback), with an optional path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

/// The error of [`PublicUrl::parse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PublicUrlError {
    /// Callback URLs cannot be built from it.
    #[error(transparent)]
    CallbackUrl(#[from] CallbackUrlError),
    /// It has a query.
    #[error("the public URL must be an origin with an optional path, without a query")]
    Query,
}

impl PublicUrl {
    /// The length of the longest callback state: a request id, a dot and a token.
    const LONGEST_STATE: usize = 19 + 1 + 43;

    /// Parses the URL. A `/` at the end is dropped.
    ///
    /// # Errors
    /// Returns [`PublicUrlError`] unless callback URLs can be built from it.
    pub fn parse(text: &str) -> Result<Self, PublicUrlError> {
        if text.contains('?') {
            return Err(PublicUrlError::Query);
        }
        CallbackUrl::parse(text)?;
        let url = Self(text.trim_end_matches('/').to_owned());
        url.callback(&"0".repeat(Self::LONGEST_STATE))?;
        Ok(url)
    }

    /// Returns `http://localhost` with the port, at which a browser on this machine reaches the server.
    #[must_use]
    pub fn localhost(port: u16) -> Self {
        Self(format!("http://localhost:{port}"))
    }

    /// Returns the URL, without a `/` at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the origin of the URL as browsers write it.
    #[must_use]
    pub fn origin(&self) -> String {
        let url = Url::parse(&self.0);
        url.map_or_else(|_| String::new(), |url| url.origin().ascii_serialization())
    }

    /// Returns the path of the URL as browsers write it: `/` if there is none.
    #[must_use]
    pub fn path(&self) -> String {
        Url::parse(&self.0).map_or_else(|_| "/".to_owned(), |url| url.path().to_owned())
    }

    /// Returns the URL at which the page reports the result of this session.
    #[must_use]
    pub fn result(&self, request_id: RequestId) -> String {
        format!("{}/v1/sessions/{request_id}/result", self.0)
    }

    /// Returns the URL at which the page asks for the result of this card verification.
    pub(crate) fn verification_result(&self, verification_id: &str) -> String {
        format!("{}/v1/payin/verifications/{verification_id}/result", self.0)
    }

    /// Returns the callback URL with this state.
    ///
    /// # Errors
    /// Returns [`CallbackUrlError`] if the state is too long or cannot be part of a path.
    pub fn callback(&self, state: &str) -> Result<CallbackUrl, CallbackUrlError> {
        CallbackUrl::parse(&format!("{}/v1/callback/{state}", self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_makes_callback_urls() {
        for text in [
            "https://pay.shop.kz",
            "https://pay.shop.kz/",
            "https://shop.kz/pay",
        ] {
            let url = PublicUrl::parse(text).unwrap();
            let callback = url.callback("1.a").unwrap();
            assert_eq!(
                callback.as_str(),
                format!("{}/v1/callback/1.a", text.trim_end_matches('/'))
            );
        }
    }

    #[test]
    fn a_public_url_is_secure_and_plain() {
        for text in [
            "",
            "pay.shop.kz",
            "http://pay.shop.kz",
            "https://shop.kz/?a",
            "https://shop.kz/#a",
        ] {
            assert!(PublicUrl::parse(text).is_err(), "{text}");
        }
        assert!(PublicUrl::parse(&format!("https://shop.kz/{}", "a".repeat(2000))).is_err());
    }
}
