//! Whether a page of this server sends a request. Cookies alone do not say so: browsers send them along from pages on
//! other ports of the same host too.

use axum::http::{HeaderMap, HeaderName, Uri, header};

use crate::http::credentials::single;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Returns whether the request comes from a page of the host that it is for.
pub(super) fn is_own(uri: &Uri, headers: &HeaderMap) -> bool {
    // In HTTP/2 the host is a part of the URI.
    let host = single(headers, &header::HOST).or_else(|| Some(uri.authority()?.as_str()));
    let origin = single(headers, &header::ORIGIN).and_then(|origin| origin.split_once("://"));
    let is_same = matches!(origin, Some(("http" | "https", from)) if Some(from) == host);
    let is_cross = headers
        .get(SEC_FETCH_SITE)
        .is_some_and(|site| site != "same-origin");
    is_same && !is_cross
}

/// Returns whether the browser reaches this server by https, through a proxy.
pub(super) fn is_https(headers: &HeaderMap) -> bool {
    single(headers, &header::ORIGIN).is_some_and(|origin| origin.starts_with("https://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is_own_with(uri: &str, headers: &[(HeaderName, &str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, value.parse().unwrap());
        }
        is_own(&uri.parse().unwrap(), &map)
    }

    #[test]
    fn only_a_page_of_the_same_host_and_port_is_accepted() {
        let host = (header::HOST, "localhost:3029");
        let from =
            |origin| is_own_with("/admin/sign-out", &[host.clone(), (header::ORIGIN, origin)]);
        for origin in ["http://localhost:3029", "https://localhost:3029"] {
            assert!(from(origin), "{origin}");
        }
        for origin in [
            "null",
            "http://localhost:3019",
            "http://localhost",
            "http://evil.example",
            "http://localhost:3029.evil.example",
            "file://localhost:3029",
        ] {
            assert!(!from(origin), "{origin}");
        }
        assert!(!is_own_with("/admin/sign-out", std::slice::from_ref(&host)));
        let own = (header::ORIGIN, "http://localhost:3029");
        assert!(!is_own_with("/admin/sign-out", std::slice::from_ref(&own)));
        assert!(is_own_with(
            "http://localhost:3029/admin/sign-out",
            std::slice::from_ref(&own)
        ));
        assert!(!is_own_with("/", &[host.clone(), own.clone(), own.clone()]));
        let site = |site| is_own_with("/", &[host.clone(), own.clone(), (SEC_FETCH_SITE, site)]);
        assert!(site("same-origin"));
        assert!(!site("same-site") && !site("cross-site"));
    }
}
