//! What the endpoints of payin share.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use pantoken_store::{NewOperation, OperationStore, StoredOperation};
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response};

use super::PayinOptions;
use crate::app::Parts;
use crate::http::api_key_holder::ApiKeyHolder;
use crate::http::openapi::problems;
use crate::http::problem::Problem;

/// Returns the settings of payin, or the problem that names them.
pub(super) fn configured(app: &Parts) -> Result<&PayinOptions, Problem> {
    app.options
        .payin
        .as_ref()
        .ok_or(Problem::ProviderNotConfigured(
            "PANTOKEN_PAYIN_SITE_ID, PANTOKEN_PAYIN_API_KEY and PANTOKEN_PAYIN_NOTIFICATION_KEY",
        ))
}

/// Returns the settings of payin to the holder of an API key who may read operations.
pub(super) fn authorize<'a>(
    app: &'a Parts,
    holder: &ApiKeyHolder,
) -> Result<&'a PayinOptions, Problem> {
    let payin = configured(app)?;
    holder.require_reading()?;
    Ok(payin)
}

/// Returns an operation that the holder may read.
pub(super) async fn find(
    app: &Parts,
    holder: &ApiKeyHolder,
    kind: &str,
    key: String,
) -> Result<StoredOperation, Problem> {
    let found = app.store.find_operation(kind.to_owned(), key).await?;
    let found = found.filter(|operation| holder.may_read_operation(operation));
    found.ok_or(Problem::OperationNotFound)
}

/// Stores an operation and asks the provider for it. An id that stands for another request, or for one of
/// another key, is a conflict.
pub(super) async fn submit(
    app: &Parts,
    holder: &ApiKeyHolder,
    new: NewOperation,
) -> Result<StoredOperation, Problem> {
    let submitted = app.operations.submit(new).await?;
    let submitted = submitted.filter(|operation| holder.may_read_operation(operation));
    submitted.ok_or(Problem::OperationConflict)
}

/// The problems of calls with an API key and a body.
pub(crate) struct WriteProblems;

impl IntoResponses for WriteProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems([
            StatusCode::BAD_REQUEST,
            StatusCode::UNAUTHORIZED,
            StatusCode::FORBIDDEN,
            StatusCode::NOT_FOUND,
            StatusCode::REQUEST_TIMEOUT,
            StatusCode::CONFLICT,
            StatusCode::PAYLOAD_TOO_LARGE,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            StatusCode::TOO_MANY_REQUESTS,
        ])
    }
}

/// The problems of calls with an API key and no body.
pub(crate) struct ReadProblems;

impl IntoResponses for ReadProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems([
            StatusCode::BAD_REQUEST,
            StatusCode::UNAUTHORIZED,
            StatusCode::FORBIDDEN,
            StatusCode::NOT_FOUND,
            StatusCode::TOO_MANY_REQUESTS,
        ])
    }
}
