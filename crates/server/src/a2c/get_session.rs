//! `GET /v1/sessions/{requestId}`

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use pantoken_a2c::{ErrorCode, ErrorMessage, Flow, FormResult, Language, PanToken, RequestId};
use pantoken_store::{Session, SessionStore, StoreError};
use serde::Serialize;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use crate::a2c::schemas;
use crate::a2c::stored;
use crate::app::AppState;
use crate::http::api_key_holder::RequireApiKey;
use crate::http::customer::Customer;
use crate::http::fields::Fields;
use crate::http::openapi::problems;
use crate::http::path_segment::PathSegment;
use crate::http::problem::Problem;
use crate::http::trace::record_session;
use crate::http::wire_time::to_rfc3339;

/// The state of a session.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "requestId": "7136560807448576",
    "state": "saved",
    "flow": "iframe",
    "language": "en",
    "customer": "order 7",
    "panToken": "1a77343a-dd8a-11eb-ba80-0242ac130004",
    "createdAt": "2025-06-01T12:00:00Z",
    "expiresAt": "2025-06-01T12:30:00Z",
    "finishedAt": "2025-06-01T12:01:00Z"
}))]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionState {
    #[schema(value_type = schemas::RequestId)]
    request_id: RequestId,
    #[schema(schema_with = schemas::session_state)]
    state: &'static str,
    #[schema(schema_with = schemas::flow)]
    flow: Flow,
    #[schema(schema_with = schemas::language)]
    language: Language,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    #[schema(value_type = String, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pan_token: Option<PanToken>,
    #[schema(value_type = String, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<ErrorCode>,
    #[schema(value_type = String, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<ErrorMessage>,
    #[schema(value_type = String, format = "date-time")]
    created_at: Option<String>,
    #[schema(value_type = String, format = "date-time")]
    expires_at: Option<String>,
    #[schema(value_type = String, format = "date-time", required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<String>,
}

struct GetSessionProblems;

impl IntoResponses for GetSessionProblems {
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

#[utoipa::path(
    get,
    path = "/v1/sessions/{requestId}",
    operation_id = "getSession",
    tag = "a2c",
    summary = "Returns the state of a session",
    security(("apiKey" = [])),
    params(
        ("requestId" = schemas::RequestId, Path),
        ("customer" = Option<String>, Query, min_length = 1, max_length = 128, nullable = false,
         description = "Who is logged in. The session of another customer is not found.")
    ),
    responses(
        (status = 200, description = "The session.", body = SessionState),
        GetSessionProblems
    )
)]
pub(crate) async fn get_session(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    PathSegment(request_id): PathSegment,
    RawQuery(query): RawQuery,
) -> Result<Json<SessionState>, Problem> {
    let app = app.parts();
    holder.require_reading()?;
    let request_id = RequestId::parse(&request_id).map_err(|_| Problem::SessionNotFound)?;
    let mut fields = Fields::of_query(query.as_deref().unwrap_or_default());
    let customer = fields.optional("customer", Customer::parse)?;
    fields.finish()?;
    let session = app.store.get(stored::session_id(request_id)).await?;
    // Another key's session is answered like an unknown one, so that nobody can find out which ids exist.
    let session = session.filter(|session| holder.may_read(&session.data));
    let session = session.ok_or(Problem::SessionNotFound)?;
    if customer.is_some_and(|customer| session.data.customer.as_deref() != Some(customer.as_str()))
    {
        return Err(Problem::SessionNotFound);
    }
    record_session(request_id);
    Ok(Json(describe(request_id, session, app.clock.now())?))
}

/// Describes a session at this time, for this endpoint and for webhooks.
pub(crate) fn describe(
    request_id: RequestId,
    session: Session,
    now: i64,
) -> Result<SessionState, StoreError> {
    let state = session.state(now).as_str();
    let data = session.data;
    let finished_at = session.recorded.as_ref().map(|last| last.recorded_at);
    let result = session.recorded.as_ref().map(|last| &last.result);
    let result = result.map(|result| stored::form_result(data.id, result));
    let (pan_token, error_code, error_message) = match result.transpose()? {
        Some(FormResult::Saved(pan_token)) => (Some(pan_token), None, None),
        Some(FormResult::Failed { code, message }) => (None, Some(code), Some(message)),
        None => (None, None, None),
    };
    Ok(SessionState {
        request_id,
        state,
        flow: stored::flow(&data.flow),
        language: stored::language(&data)?,
        customer: data.customer,
        pan_token,
        error_code,
        error_message: error_message.filter(|message| !message.as_str().is_empty()),
        created_at: to_rfc3339(data.created_at),
        expires_at: to_rfc3339(data.expires_at),
        finished_at: finished_at.and_then(to_rfc3339),
    })
}
