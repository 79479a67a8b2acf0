//! `POST /v1/sessions/{requestId}/result`

use std::collections::BTreeMap;
use std::convert::Infallible;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use pantoken_a2c::{ErrorCode, ErrorMessage, FormResult, PanToken, RequestId};
use pantoken_store::{Credential, RecordOutcome, SessionStore};
use serde::Serialize;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use crate::a2c::recording::{RecordError, record};
use crate::a2c::schemas;
use crate::a2c::session_token::SessionToken;
use crate::a2c::stored;
use crate::app::AppState;
use crate::http::auth::result_token;
use crate::http::fields::Fields;
use crate::http::openapi::problems;
use crate::http::path_segment::PathSegment;
use crate::http::problem::Problem;
use crate::http::trace::record_session;

/// A result to record: either `panToken`, or `errorCode` with or without `errorMessage`.
#[derive(ToSchema)]
#[schema(example = json!({
    "panToken": "1a77343a-dd8a-11eb-ba80-0242ac130004"
}))]
#[schema(as = Result, rename_all = "camelCase")]
pub(crate) struct NewResult {
    #[schema(value_type = Option<String>, min_length = 1)]
    pan_token: Option<PanToken>,
    #[schema(value_type = Option<String>, min_length = 1)]
    error_code: Option<ErrorCode>,
    #[schema(value_type = Option<String>)]
    error_message: Option<ErrorMessage>,
}

/// A recorded result.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "requestId": "7136560807448576",
    "state": "saved"
}))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Recorded {
    #[schema(value_type = schemas::RequestId)]
    request_id: RequestId,
    #[schema(schema_with = schemas::recorded_state)]
    state: &'static str,
    /// Whether the panToken arrived after the session had expired. It counts all the same.
    #[schema(required = false)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    late: bool,
}

struct RecordResultProblems;

impl IntoResponses for RecordResultProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems([
            StatusCode::BAD_REQUEST,
            StatusCode::UNAUTHORIZED,
            StatusCode::FORBIDDEN,
            StatusCode::REQUEST_TIMEOUT,
            StatusCode::CONFLICT,
            StatusCode::GONE,
            StatusCode::PAYLOAD_TOO_LARGE,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ])
    }
}

#[utoipa::path(
    post,
    path = "/v1/sessions/{requestId}/result",
    operation_id = "recordResult",
    tag = "a2c",
    summary = "Records the result of the form, once",
    security(("resultToken" = []), ("resultTokenAsBearer" = [])),
    params(("requestId" = schemas::RequestId, Path)),
    request_body = NewResult,
    responses(
        (status = 200, description = "The result is recorded, or was before.", body = Recorded),
        RecordResultProblems
    )
)]
pub(crate) async fn record_result(
    State(app): State<AppState>,
    PathSegment(request_id): PathSegment,
    headers: HeaderMap,
    fields: Result<Fields, Problem>,
) -> Result<Json<Recorded>, Problem> {
    let app = app.parts();
    let token = result_token(&headers).ok_or(Problem::ResultTokenRequired)?;
    let token = SessionToken::parse(token).ok_or(Problem::ResultTokenInvalid)?;
    let request_id = RequestId::parse(&request_id).map_err(|_| Problem::ResultTokenInvalid)?;
    let result = NewResult::read(fields?)?.into_form_result()?;
    let credential = Credential::ResultToken(token.digest());
    let now = app.clock.now();
    // A wrong token is refused before anything is written, so that a flood of them does not hold up the only writer of
    // SQLite.
    let session = app.store.get(stored::session_id(request_id)).await?;
    let Some(session) = session.filter(|session| session.accepts(&credential)) else {
        app.metrics.record_result(&RecordOutcome::Forbidden);
        return Err(Problem::ResultTokenInvalid);
    };
    record_session(request_id);
    match record(app, &session, credential, &result, now).await? {
        RecordOutcome::Recorded(session)
        | RecordOutcome::Repeated(session)
        | RecordOutcome::Ignored(session) => Ok(Json(Recorded {
            request_id,
            state: session.state(now).as_str(),
            late: session.is_late(),
        })),
        RecordOutcome::Conflict(_) => Err(Problem::ResultConflict),
        RecordOutcome::Expired(_) => Err(Problem::SessionExpired),
        RecordOutcome::Forbidden => Err(Problem::ResultTokenInvalid),
    }
}

impl From<RecordError> for Problem {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::UnexpectedPanToken => Self::PanTokenUnexpected,
            RecordError::RefusedPanToken => {
                Self::invalid("panToken", "was refused by the agent's own check")
            }
            RecordError::UncheckedPanToken => Self::PanTokenUnchecked,
            RecordError::Store(error) => error.into(),
        }
    }
}

impl NewResult {
    fn read(mut fields: Fields) -> Result<Self, Problem> {
        let result = Self {
            pan_token: fields.optional("panToken", PanToken::parse)?,
            error_code: fields.optional("errorCode", ErrorCode::parse)?,
            error_message: fields.optional("errorMessage", |text| {
                Ok::<_, Infallible>(ErrorMessage::from_text(text))
            })?,
        };
        fields.finish()?;
        Ok(result)
    }

    fn into_form_result(self) -> Result<FormResult, Problem> {
        match (self.pan_token, self.error_code, self.error_message) {
            (Some(pan_token), None, None) => Ok(FormResult::Saved(pan_token)),
            (None, Some(code), message) => Ok(FormResult::Failed {
                code,
                message: message.unwrap_or_default(),
            }),
            (Some(_), Some(_), _) => Err(Problem::invalid(
                "errorCode",
                "cannot be combined with panToken: send one of the two",
            )),
            (Some(_), None, Some(_)) => Err(Problem::invalid(
                "errorMessage",
                "cannot be combined with panToken: send it with an errorCode",
            )),
            (None, None, Some(_)) => Err(Problem::MissingField("errorCode")),
            (None, None, None) => Err(Problem::MissingField("panToken")),
        }
    }
}
