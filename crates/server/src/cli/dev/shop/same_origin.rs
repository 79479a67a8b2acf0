//! Refuses other pages. The shop has no log-in, so any page that could call it would act for its customer.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;

use super::error::ShopError;

/// The origin of the server's own pages.
#[derive(Clone)]
pub(super) struct OwnOrigin(Arc<str>);

impl OwnOrigin {
    pub(super) fn new(origin: &str) -> Self {
        Self(origin.into())
    }

    /// Returns whether a request comes from a page of this origin. The host is checked for pages whose name leads to
    /// this machine; what changes something must also name its origin, as every browser does.
    fn allows(&self, method: &Method, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let (_, own_host) = self.0.split_once("://").unwrap_or_default();
        let is_own = text(header::ORIGIN).map(|origin| origin == &*self.0);
        text(header::HOST) == Some(own_host) && is_own.unwrap_or(*method == Method::GET)
    }
}

pub(super) async fn check(
    State(own): State<OwnOrigin>,
    request: Request,
    next: Next,
) -> Result<Response, ShopError> {
    match own.allows(request.method(), request.headers()) {
        true => Ok(next.run(request).await),
        false => Err(ShopError::ForeignOrigin(own.0.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_own_origin_are_allowed() {
        let own = OwnOrigin::new("http://localhost:3019");
        let allows = |method: Method, host: &str, origin: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            own.allows(&method, &headers)
        };
        let (host, origin) = ("localhost:3019", "http://localhost:3019");
        assert!(allows(Method::POST, host, Some(origin)));
        assert!(allows(Method::GET, host, None));
        assert!(!allows(Method::POST, host, None));
        assert!(!allows(Method::DELETE, host, None));
        for foreign in [
            "null",
            "https://evil.example",
            "http://localhost:8000",
            "http://localhost:3019.evil.example",
        ] {
            for method in [Method::POST, Method::GET, Method::DELETE] {
                assert!(!allows(method, host, Some(foreign)), "{foreign}");
            }
        }
        // A name of the attacker's that leads to this machine.
        for method in [Method::GET, Method::POST] {
            assert!(!allows(
                method.clone(),
                "evil.example:3019",
                Some("http://evil.example:3019")
            ));
            assert!(!allows(method, "evil.example:3019", None));
        }
    }
}
