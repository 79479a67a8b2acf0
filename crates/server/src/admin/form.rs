use axum::body::{Body, to_bytes};
use axum::http::HeaderMap;
use axum::http::header;
use url::form_urlencoded;
use zeroize::Zeroizing;

use crate::http::limits::MAX_BODY;

/// The fields of a form that a page has sent.
pub(super) struct Form(Zeroizing<Vec<u8>>);

impl Form {
    /// Reads the body of a request. Returns `None` if it is no form, or too large.
    pub(super) async fn read(headers: &HeaderMap, body: Body) -> Option<Self> {
        let content_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        if content_type.split(';').next()?.trim() != "application/x-www-form-urlencoded" {
            return None;
        }
        let bytes = to_bytes(body, MAX_BODY).await.ok()?;
        Some(Self(Zeroizing::new(bytes.to_vec())))
    }

    /// Returns a field, or an empty text if it is missing.
    pub(super) fn field(&self, name: &str) -> Zeroizing<String> {
        let mut pairs = form_urlencoded::parse(&self.0);
        let found = pairs.find(|(found, _)| found == name);
        Zeroizing::new(
            found
                .map(|(_, value)| value.into_owned())
                .unwrap_or_default(),
        )
    }
}
