use pantoken_a2c::{Origin, OriginError, RequestId};
use pantoken_store::SessionState;
use url::Url;

const MAX_LENGTH: usize = 2048;
const REQUEST_ID: &str = "requestId";
const STATUS: &str = "status";

/// Where the customer goes at the end of the redirect flow: a URL that [`ReturnUrls`] allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnUrl(Url);

/// The error of [`ReturnUrls::parse`] and [`ReturnUrls::allow`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReturnUrlError {
    /// Longer than 2,048 bytes.
    #[error("a return URL must be at most 2048 bytes long")]
    Length,
    /// Not an absolute URL.
    #[error("a return URL must be an absolute URL such as https://shop.kz/paid")]
    Shape,
    /// Its origin is invalid.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// A user name or password.
    #[error("a return URL must not contain a user name or password")]
    UserInfo,
    /// It contains an encoded `/` or `\`, which some servers decode, so that the URL leaves the allowed path.
    #[error("a return URL's path must not contain an encoded '/' or '\\'")]
    EncodedSlash,
    /// It has a `requestId` or `status` of its own.
    #[error("a return URL's query must not contain requestId or status, which the server adds")]
    ReservedName,
    /// An entry of the allow-list with a query or a fragment.
    #[error(
        "an allowed return URL must be an origin with an optional path, without a query or fragment"
    )]
    Excess,
    /// Not on the list.
    #[error("this return URL is not allowed; PANTOKEN_RETURN_URLS lists those that are")]
    NotAllowed,
}

impl ReturnUrl {
    /// Returns the URL with the session's id and state added to its query. It never contains a token.
    #[must_use]
    pub fn with_status(mut self, request_id: RequestId, state: SessionState) -> String {
        self.0
            .query_pairs_mut()
            .append_pair(REQUEST_ID, &request_id.to_string())
            .append_pair(STATUS, state.as_str());
        self.0.into()
    }

    /// Returns the URL as browsers write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Parses a URL that was allowed when it was stored.
    pub(crate) fn from_stored(text: &str) -> Option<Self> {
        Url::parse(text).ok().map(Self)
    }
}

/// The return URLs that sessions may use: a list of origins with optional paths. A URL is allowed if it has
/// the origin of an entry, and a path that starts with the segments of its path.
///
/// Source: docs/server.md, "Settings" (`PANTOKEN_RETURN_URLS`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReturnUrls(Vec<Allowed>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Allowed {
    origin: String,
    /// Without a `/` at the end.
    path: String,
}

impl ReturnUrls {
    /// Parses a list of entries, separated by commas.
    ///
    /// # Errors
    /// Returns [`ReturnUrlError`] for the first invalid entry.
    pub fn parse(list: &str) -> Result<Self, ReturnUrlError> {
        list.split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .map(read_allowed)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Parses a return URL and checks whether it is allowed.
    ///
    /// # Errors
    /// Returns [`ReturnUrlError`] if it is invalid or not on the list.
    pub fn allow(&self, text: &str) -> Result<ReturnUrl, ReturnUrlError> {
        let url = read_url(text)?;
        let reserved = |name: &str| matches!(name, REQUEST_ID | STATUS);
        if url.query_pairs().any(|(name, _)| reserved(&name)) {
            return Err(ReturnUrlError::ReservedName);
        }
        if self.0.iter().any(|allowed| allowed.matches(&url)) {
            Ok(ReturnUrl(url))
        } else {
            Err(ReturnUrlError::NotAllowed)
        }
    }
}

impl Allowed {
    fn matches(&self, url: &Url) -> bool {
        let rest = url.path().strip_prefix(&self.path);
        url.origin().ascii_serialization() == self.origin
            && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

fn read_allowed(text: &str) -> Result<Allowed, ReturnUrlError> {
    let url = read_url(text)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(ReturnUrlError::Excess);
    }
    Ok(Allowed {
        origin: url.origin().ascii_serialization(),
        path: url.path().trim_end_matches('/').to_owned(),
    })
}

/// Parses the URL as browsers do, so that the URL that is checked is the one that is opened.
fn read_url(text: &str) -> Result<Url, ReturnUrlError> {
    if text.len() > MAX_LENGTH {
        return Err(ReturnUrlError::Length);
    }
    let url = Url::parse(text).map_err(|_| ReturnUrlError::Shape)?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(OriginError::Scheme.into());
    }
    if url.as_str().len() > MAX_LENGTH {
        return Err(ReturnUrlError::Length);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ReturnUrlError::UserInfo);
    }
    Origin::parse(&url.origin().ascii_serialization())?;
    let path = url.path().to_ascii_lowercase();
    if path.contains("%2f") || path.contains("%5c") {
        return Err(ReturnUrlError::EncodedSlash);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(text: &str) -> Result<ReturnUrl, ReturnUrlError> {
        ReturnUrls::parse("https://shop.kz/pay/, http://localhost:3019")
            .unwrap()
            .allow(text)
    }

    #[test]
    fn a_return_url_is_allowed_by_origin_and_whole_segments() {
        for text in [
            "https://shop.kz/pay",
            "https://shop.kz/pay/",
            "https://SHOP.kz:443/pay/done?order=7#paid",
            "http://localhost:3019",
            "http://localhost:3019/any/path",
        ] {
            assert!(allowed(text).is_ok(), "{text}");
        }
        for text in [
            "https://shop.kz/",
            "https://shop.kz/payments",
            "https://shop.kz/pay/../admin",
            "https://shop.kz/pay/%2e%2e/admin",
            "https://shop.kz/pay\\..\\admin",
            "https://shop.kz.evil.kz/pay",
            "https://shop.kz:444/pay",
            "https://evil.kz/https://shop.kz/pay",
            "http://localhost:3020/",
        ] {
            assert_eq!(allowed(text), Err(ReturnUrlError::NotAllowed), "{text}");
        }
    }

    #[test]
    fn a_return_url_is_an_honest_url() {
        let table = [
            ("", ReturnUrlError::Shape),
            ("/pay", ReturnUrlError::Shape),
            ("javascript:alert(1)", OriginError::Scheme.into()),
            ("ftp://shop.kz/pay", OriginError::Scheme.into()),
            ("http://shop.kz/pay", OriginError::NotSecure.into()),
            ("https://shop.kz@evil.kz/pay", ReturnUrlError::UserInfo),
            ("https://:x@shop.kz/pay", ReturnUrlError::UserInfo),
            (
                "https://shop.kz/pay/..%2Fadmin",
                ReturnUrlError::EncodedSlash,
            ),
            (
                "https://shop.kz/pay?status=saved",
                ReturnUrlError::ReservedName,
            ),
            (
                "https://shop.kz/pay?request%49d=1",
                ReturnUrlError::ReservedName,
            ),
        ];
        for (text, error) in table {
            assert_eq!(allowed(text), Err(error), "{text}");
        }
        let long = format!("https://shop.kz/pay?{}", "a".repeat(2048));
        assert_eq!(allowed(&long), Err(ReturnUrlError::Length));
    }

    #[test]
    fn an_allowed_entry_has_no_query() {
        assert_eq!(
            ReturnUrls::parse("https://shop.kz/pay?x=1"),
            Err(ReturnUrlError::Excess)
        );
        assert_eq!(ReturnUrls::parse(" , "), Ok(ReturnUrls::default()));
        assert_eq!(
            ReturnUrls::parse("").unwrap().allow("https://shop.kz/"),
            Err(ReturnUrlError::NotAllowed)
        );
    }

    #[test]
    fn the_status_is_added_before_the_fragment() {
        let url = allowed("https://shop.kz/pay?order=7#paid").unwrap();
        let id = RequestId::parse("12345678").unwrap();
        assert_eq!(
            url.with_status(id, SessionState::Saved),
            "https://shop.kz/pay?order=7&requestId=12345678&status=saved#paid"
        );
    }
}
