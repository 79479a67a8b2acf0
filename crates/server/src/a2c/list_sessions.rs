//! `GET /v1/sessions`

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use pantoken_a2c::{ErrorCode, ErrorMessage, Flow, Language, RequestId};
use pantoken_store::{
    Database, SessionFilter, SessionId, SessionState, SessionStore, SessionSummary, StoreError,
};
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
use crate::http::problem::Problem;
use crate::http::wire_time::to_rfc3339;

pub(crate) const DEFAULT_LIMIT: u32 = 50;
pub(crate) const MAX_LIMIT: u32 = 100;

/// Sessions, the newest first.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "sessions": [{
        "requestId": "7136560807448576",
        "state": "failed",
        "flow": "iframe",
        "language": "en",
        "createdAt": "2025-06-01T12:00:00Z",
        "expiresAt": "2025-06-01T12:30:00Z"
    }],
    "next": "7136560807448576"
}))]
pub(crate) struct SessionList {
    pub(crate) sessions: Vec<ListedSession>,
    /// The value of `after` that continues the list, if there may be more.
    #[schema(value_type = schemas::RequestId, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<RequestId>,
}

/// A session without its panToken.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "requestId": "7136560807448576",
    "state": "failed",
    "flow": "iframe",
    "language": "en",
    "customer": "order 7",
    "errorCode": "INVALID_PAN",
    "createdAt": "2025-06-01T12:00:00Z",
    "expiresAt": "2025-06-01T12:30:00Z",
    "finishedAt": "2025-06-01T12:01:00Z"
}))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListedSession {
    #[schema(value_type = schemas::RequestId)]
    pub(crate) request_id: RequestId,
    #[schema(schema_with = schemas::session_state)]
    pub(crate) state: &'static str,
    #[schema(schema_with = schemas::flow)]
    pub(crate) flow: Flow,
    #[schema(schema_with = schemas::language)]
    pub(crate) language: Language,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) customer: Option<String>,
    #[schema(value_type = String, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error_code: Option<ErrorCode>,
    #[schema(value_type = String, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error_message: Option<ErrorMessage>,
    #[schema(value_type = String, format = "date-time")]
    pub(crate) created_at: Option<String>,
    #[schema(value_type = String, format = "date-time")]
    pub(crate) expires_at: Option<String>,
    #[schema(value_type = String, format = "date-time", required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) finished_at: Option<String>,
}

struct ListSessionsProblems;

impl IntoResponses for ListSessionsProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems([
            StatusCode::BAD_REQUEST,
            StatusCode::UNAUTHORIZED,
            StatusCode::FORBIDDEN,
            StatusCode::TOO_MANY_REQUESTS,
        ])
    }
}

#[utoipa::path(
    get,
    path = "/v1/sessions",
    operation_id = "listSessions",
    tag = "a2c",
    summary = "Lists sessions without their panTokens, the newest first",
    security(("apiKey" = [])),
    params(
        ("customer" = Option<String>, Query, min_length = 1, max_length = 128, nullable = false),
        ("state" = Option<String>, Query, pattern = "^(created|saved|failed|expired)$", nullable = false),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, nullable = false),
        ("after" = Option<String>, Query, description = "The `next` of the page before.",
         pattern = "^[1-9][0-9]{0,18}$", nullable = false)
    ),
    responses(
        (status = 200, description = "The sessions.", body = SessionList),
        ListSessionsProblems
    )
)]
pub(crate) async fn list_sessions(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Json<SessionList>, Problem> {
    let app = app.parts();
    holder.require_reading()?;
    let filter = read_filter(query.as_deref().unwrap_or_default(), app.clock.now())?;
    let filter = SessionFilter {
        created_by: holder.reads_only().cloned(),
        ..filter
    };
    Ok(Json(read_page(&app.store, filter).await?))
}

/// Reads a page of sessions.
pub(crate) async fn read_page(
    store: &Database,
    filter: SessionFilter,
) -> Result<SessionList, StoreError> {
    let limit = filter.limit as usize;
    let found = store.list_sessions(filter).await?;
    let is_full = found.len() == limit;
    let sessions = found
        .into_iter()
        .map(describe)
        .collect::<Result<Vec<_>, _>>()?;
    let next = sessions
        .last()
        .filter(|_| is_full)
        .map(|last| last.request_id);
    Ok(SessionList { sessions, next })
}

/// Returns a session without its panToken. The list needs no store key, because it leaves the panToken out.
pub(crate) async fn find_listed(
    store: &Database,
    id: RequestId,
    now: i64,
) -> Result<Option<ListedSession>, StoreError> {
    let filter = SessionFilter {
        created_by: None,
        customer: None,
        state: None,
        before: id.get().checked_add(1).map(SessionId::from_i64),
        limit: 1,
        now,
    };
    let page = read_page(store, filter).await?;
    let mut sessions = page.sessions.into_iter();
    Ok(sessions.find(|found| found.request_id == id))
}

/// Parses the name of a state.
pub(crate) fn parse_state(text: &str) -> Result<SessionState, &'static str> {
    let mut states = SessionState::ALL.into_iter();
    let state = states.find(|state| state.as_str() == text);
    state.ok_or("must be created, saved, failed or expired")
}

fn read_filter(query: &str, now: i64) -> Result<SessionFilter, Problem> {
    let mut fields = Fields::of_query(query);
    let customer = fields.optional("customer", Customer::parse)?;
    let state = fields.optional("state", parse_state)?;
    let limit = fields.optional("limit", |text| {
        let limit = text.parse().ok();
        limit
            .filter(|limit| (1..=MAX_LIMIT).contains(limit))
            .ok_or("must be a whole number from 1 to 100")
    })?;
    let after = fields.optional("after", RequestId::parse)?;
    fields.finish()?;
    Ok(SessionFilter {
        created_by: None,
        customer: customer.map(|customer| customer.as_str().to_owned()),
        state,
        before: after.map(stored::session_id),
        limit: limit.unwrap_or(DEFAULT_LIMIT),
        now,
    })
}

fn describe(session: SessionSummary) -> Result<ListedSession, StoreError> {
    let corrupt = |column| StoreError::corrupt(session.id, column);
    let error_code = session
        .error
        .as_ref()
        .map(|(code, _)| ErrorCode::parse(code));
    let error_message = session
        .error
        .as_ref()
        .map(|(_, text)| ErrorMessage::from_text(text));
    Ok(ListedSession {
        request_id: stored::request_id(session.id)?,
        state: session.state.as_str(),
        flow: match session.is_redirect {
            true => Flow::Redirect,
            false => Flow::Iframe,
        },
        language: Language::parse(&session.language).map_err(|_| corrupt("language"))?,
        error_code: error_code.transpose().map_err(|_| corrupt("error_code"))?,
        error_message: error_message.filter(|message| !message.as_str().is_empty()),
        created_at: to_rfc3339(session.created_at),
        expires_at: to_rfc3339(session.expires_at),
        finished_at: session.finished_at.and_then(to_rfc3339),
        customer: session.customer,
    })
}
