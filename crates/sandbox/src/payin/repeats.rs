//! Requests with a known id. The provider does not publish what it does if their bodies differ.

use std::hash::BuildHasher;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::payin::provider::Provider;
use crate::payin::refusal::Refusal;

const MAX_BODY: usize = 256 * 1024;

/// Refuses a request that differs from the first one with its id, if the sandbox was told to.
pub(crate) async fn check(
    State(provider): State<Provider>,
    request: Request,
    next: Next,
) -> Response {
    if request.method() != Method::PUT {
        return next.run(request).await;
    }
    let path = request.uri().path().to_owned();
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return Refusal::NotJson.into_response();
    };
    let hash = {
        let repeats = &provider.state().repeats;
        let hash = repeats.hasher.hash_one(&body);
        let differs = repeats.first.get(&path).is_some_and(|first| *first != hash);
        if repeats.are_strict && differs {
            return Refusal::Field("id", "Already used for another request").into_response();
        }
        hash
    };
    let request = Request::from_parts(head, Body::from(body));
    let response = next.run(request).await;
    if response.status().is_success() {
        provider.state().repeats.first.entry(path).or_insert(hash);
    }
    response
}
