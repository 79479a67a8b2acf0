//! Which paths are the same: with and without the path of the public URL in front, which some proxies keep,
//! and with and without a `/` at the end.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;

/// Gives a request the path that the router knows.
#[derive(Clone)]
pub(super) struct Paths {
    /// The path of the public URL, without a `/` at its end.
    base: Arc<str>,
}

impl Paths {
    pub(super) fn new(base: &str) -> Self {
        Self {
            base: base.trim_end_matches('/').into(),
        }
    }

    pub(super) fn normalize(&self, mut request: Request) -> Request {
        let path = request.uri().path();
        let normal = self.normal(path);
        if normal != path {
            let query = request.uri().query();
            let query = query.map_or_else(String::new, |query| format!("?{query}"));
            if let Some(uri) = with_path(request.uri(), &format!("{normal}{query}")) {
                *request.uri_mut() = uri;
            }
        }
        request
    }

    fn normal<'a>(&self, path: &'a str) -> &'a str {
        let path = match path.strip_prefix(&*self.base) {
            Some("") => "/",
            Some(rest) if rest.starts_with('/') => rest,
            _ => path,
        };
        match path.strip_suffix('/') {
            // The folders of the pages keep theirs.
            Some(shorter) if is_of_the_api(shorter) => shorter,
            _ => path,
        }
    }
}

fn is_of_the_api(path: &str) -> bool {
    const ALONE: [&str; 4] = ["/healthz", "/readyz", "/openapi.json", "/metrics"];
    path.starts_with("/v1/") || ALONE.contains(&path)
}

fn with_path(uri: &Uri, path_and_query: &str) -> Option<Uri> {
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path_and_query).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn normal(base: &str, uri: &str) -> String {
        let request = Request::get(uri).body(Body::empty()).unwrap();
        let request = Paths::new(base).normalize(request);
        request.uri().to_string()
    }

    #[test]
    fn the_base_path_and_a_slash_at_the_end_make_no_difference() {
        for (base, uri, expected) in [
            ("/", "/v1/sessions", "/v1/sessions"),
            ("/", "/v1/sessions/?a=/", "/v1/sessions?a=/"),
            ("/", "/healthz/", "/healthz"),
            ("/", "/demo/", "/demo/"),
            ("/", "/", "/"),
            ("/", "/v1/", "/v1/"),
            ("/pay", "/pay/v1/sessions/?b", "/v1/sessions?b"),
            ("/pay", "/v1/sessions", "/v1/sessions"),
            ("/pay/", "/pay", "/"),
            ("/pay", "/pay/", "/"),
            ("/pay", "/payments/v1/sessions", "/payments/v1/sessions"),
            ("/a/b", "/a/b/v1/callback/1.x?c=d", "/v1/callback/1.x?c=d"),
            (
                "/pay",
                "http://shop.kz/pay/healthz",
                "http://shop.kz/healthz",
            ),
        ] {
            assert_eq!(normal(base, uri), expected, "{base} {uri}");
        }
    }
}
