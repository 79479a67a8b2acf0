//! One file for each call of the HTTP API. Source: design.md, "Contract: HTTP API".

pub(crate) mod callback;
pub(crate) mod create_session;
pub(crate) mod form_urls;
pub(crate) mod get_session;
pub(crate) mod health;
pub(crate) mod openapi;
pub(crate) mod record_result;

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use pantoken_protocol::Flow;

use crate::fields::Fields;
use crate::problem::Problem;

/// The one parameter of a path; empty, and so nobody's, when it is no UTF-8.
pub(crate) struct Segment(String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(path.map(|Path(text)| text).unwrap_or_default()))
    }
}

/// Takes the field `flow`.
fn take_flow(fields: &mut Fields) -> Result<Flow, Problem> {
    fields.required("flow", |text| {
        [Flow::Iframe, Flow::Redirect]
            .into_iter()
            .find(|flow| flow.as_str() == text)
            .ok_or("a flow is one of iframe, redirect")
    })
}

/// A field of one flow only: needed there, refused elsewhere.
fn only_in_redirect<T>(
    flow: Flow,
    field: &'static str,
    value: Option<T>,
) -> Result<Option<T>, Problem> {
    match (flow, &value) {
        (Flow::Redirect, None) => Err(Problem::MissingField(field)),
        (Flow::Iframe, Some(_)) => {
            Err(Problem::invalid(field, "belongs to the redirect flow only"))
        }
        _ => Ok(value),
    }
}
