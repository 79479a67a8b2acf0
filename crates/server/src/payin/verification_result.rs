//! `POST /v1/payin/verifications/{verificationId}/result`

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use pantoken_store::OperationStore;
use serde::Serialize;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use super::endpoint::configured;
use super::verification::{KIND, State as VerificationState, Verification};
use super::{result_token, schemas};
use crate::app::AppState;
use crate::http::auth::result_token as presented_token;
use crate::http::fields::Fields;
use crate::http::openapi::problems;
use crate::http::path_segment::PathSegment;
use crate::http::problem::Problem;
use crate::operations::stored;

/// An empty object, because the server believes nothing that a page says.
#[derive(ToSchema)]
#[schema(example = json!({}))]
#[schema(as = PayinResultQuestion)]
pub(crate) struct Question {}

/// What the provider says.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"verificationId": "8b843965-0dc8-47e2-8007-1ee2da06d0ad", "state": "verified"}))]
#[schema(as = PayinResult)]
pub(crate) struct Answer {
    verification_id: String,
    #[schema(schema_with = schemas::verification_state)]
    state: VerificationState,
}

struct ResultProblems;

impl IntoResponses for ResultProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems([
            StatusCode::BAD_REQUEST,
            StatusCode::UNAUTHORIZED,
            StatusCode::FORBIDDEN,
            StatusCode::NOT_FOUND,
            StatusCode::REQUEST_TIMEOUT,
            StatusCode::GONE,
            StatusCode::PAYLOAD_TOO_LARGE,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ])
    }
}

#[utoipa::path(
    post,
    path = "/v1/payin/verifications/{verificationId}/result",
    operation_id = "askPayinVerification",
    tag = "payin",
    summary = "Asks the provider for the result of a verification",
    security(("resultToken" = []), ("resultTokenAsBearer" = [])),
    params(("verificationId" = String, Path)),
    request_body = Question,
    responses(
        (status = 200, description = "The result.", body = Answer),
        (status = 202, description = "There is no result yet: ask again.", body = Answer),
        ResultProblems
    )
)]
pub(crate) async fn ask_for_result(
    State(app): State<AppState>,
    PathSegment(id): PathSegment,
    headers: HeaderMap,
    fields: Result<Fields, Problem>,
) -> Result<(StatusCode, Json<Answer>), Problem> {
    let app = app.parts();
    let payin = configured(app)?;
    let presented = presented_token(&headers).ok_or(Problem::ResultTokenRequired)?;
    fields?.finish()?;
    let found = app.store.find_operation(KIND.to_owned(), id).await?;
    let operation = found.ok_or(Problem::ResultTokenInvalid)?;
    let verification: Verification = stored::read(&operation)?;
    let token = result_token::derive(&payin.secret, &operation.key, &verification.seed);
    if !token.is(presented) {
        return Err(Problem::ResultTokenInvalid);
    }
    // An expired verification may have succeeded since.
    let operation = match verification.state {
        VerificationState::Created | VerificationState::Expired => {
            app.operations.ask(operation).await?
        }
        _ => operation,
    };
    let state = stored::read::<Verification>(&operation)?.state;
    let status = match state {
        VerificationState::Created => StatusCode::ACCEPTED,
        VerificationState::Expired => return Err(Problem::SessionExpired),
        _ => StatusCode::OK,
    };
    let answer = Answer {
        verification_id: operation.key,
        state,
    };
    Ok((status, Json(answer)))
}
