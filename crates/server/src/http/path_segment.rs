use std::convert::Infallible;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

/// Extracts the only parameter of a path. It is empty, which matches nothing, if it is not UTF-8.
pub(crate) struct PathSegment(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for PathSegment {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(path.map(|Path(text)| text).unwrap_or_default()))
    }
}

/// Extracts the two parameters of a path. They are empty, which is allowed nowhere, if they are not UTF-8.
pub(crate) struct TwoSegments(pub(crate) String, pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for TwoSegments {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let (first, second) = path.map(|Path(segments)| segments).unwrap_or_default();
        Ok(Self(first, second))
    }
}
