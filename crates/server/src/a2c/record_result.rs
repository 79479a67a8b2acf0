//! `POST /v1/sessions/{requestId}/result`

use std::convert::Infallible;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use pantoken_a2c::{ErrorCode, ErrorMessage, FormResult, PanToken, RequestId};
use pantoken_store::{Credential, RecordOutcome, SessionStore};
use serde::Serialize;

use crate::a2c::session_token::SessionToken;
use crate::a2c::stored;
use crate::app::AppState;
use crate::http::auth::bearer;
use crate::http::fields::Fields;
use crate::http::path_segment::PathSegment;
use crate::http::problem::Problem;
use crate::http::trace::record_session;

/// The answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Recorded {
    request_id: RequestId,
    state: &'static str,
}

pub(crate) async fn record_result(
    State(app): State<AppState>,
    PathSegment(request_id): PathSegment,
    headers: HeaderMap,
    fields: Result<Fields, Problem>,
) -> Result<Json<Recorded>, Problem> {
    let app = app.parts();
    let token = bearer(&headers).ok_or(Problem::ResultTokenRequired)?;
    let token = SessionToken::presented(token).ok_or(Problem::ResultTokenInvalid)?;
    let request_id = RequestId::parse(&request_id).map_err(|_| Problem::ResultTokenInvalid)?;
    let result = stored::session_result(&read_body(fields?)?);
    let credential = Credential::ResultToken(token.digest());
    let now = app.clock.now();
    let id = stored::session_id(request_id);
    let outcome = app.store.record_result(id, credential, result, now).await?;
    app.metrics.record_result(&outcome);
    if !matches!(outcome, RecordOutcome::Forbidden) {
        record_session(request_id);
    }
    match outcome {
        RecordOutcome::Recorded(session)
        | RecordOutcome::Repeated(session)
        | RecordOutcome::Ignored(session) => Ok(Json(Recorded {
            request_id,
            state: session.state(now).as_str(),
        })),
        RecordOutcome::Conflict(_) => Err(Problem::ResultConflict),
        RecordOutcome::Expired(_) => Err(Problem::SessionExpired),
        RecordOutcome::Forbidden => Err(Problem::ResultTokenInvalid),
    }
}

fn read_body(mut fields: Fields) -> Result<FormResult, Problem> {
    let pan_token = fields.optional("panToken", PanToken::parse)?;
    let code = fields.optional("errorCode", ErrorCode::parse)?;
    let message = fields.optional("errorMessage", |text| {
        Ok::<_, Infallible>(ErrorMessage::from_text(text))
    })?;
    fields.finish()?;
    match (pan_token, code, message) {
        (Some(pan_token), None, None) => Ok(FormResult::Saved(pan_token)),
        (None, Some(code), message) => Ok(FormResult::Failed {
            code,
            message: message.unwrap_or_default(),
        }),
        (Some(_), Some(_), _) => Err(Problem::invalid(
            "errorCode",
            "stands beside panToken: send one of the two",
        )),
        (Some(_), None, Some(_)) => Err(Problem::invalid(
            "errorMessage",
            "belongs to an errorCode, not to a panToken",
        )),
        (None, None, Some(_)) => Err(Problem::MissingField("errorCode")),
        (None, None, None) => Err(Problem::MissingField("panToken")),
    }
}
