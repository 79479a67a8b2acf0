//! What the calls of payin share.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response};

use super::PayinOptions;
use crate::app::Parts;
use crate::http::openapi::problems;
use crate::http::problem::Problem;

/// What the calls need, or the problem that names the settings.
pub(crate) fn configured(app: &Parts) -> Result<&PayinOptions, Problem> {
    app.options
        .payin
        .as_ref()
        .ok_or(Problem::ProviderNotConfigured(
            "PANTOKEN_PAYIN_SITE_ID, PANTOKEN_PAYIN_API_KEY and PANTOKEN_PAYIN_NOTIFICATION_KEY",
        ))
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
