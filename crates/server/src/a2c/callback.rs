//! `GET /v1/callback/{state}`: the provider sends the customer's browser here in the redirect flow.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use pantoken_a2c::{CallbackQuery, Language, RequestId};
use pantoken_store::{Credential, RecordOutcome, Session, SessionFlow, SessionStore, StoreError};

use crate::a2c::browser_binding;
use crate::a2c::customer_page::{self, CallbackError};
use crate::a2c::recording::{RecordError, record};
use crate::a2c::session_token::CallbackState;
use crate::a2c::stored;
use crate::app::{AppState, Parts};
use crate::http::path_segment::PathSegment;
use crate::http::problem::ProblemDocument;
use crate::http::return_url::ReturnUrl;
use crate::http::trace::record_session;

#[utoipa::path(
    get,
    path = "/v1/callback/{state}",
    operation_id = "takeCallback",
    tag = "a2c",
    summary = "Receives the customer's browser from the provider in the redirect flow",
    params(
        ("state" = String, Path, min_length = 1),
        ("requestId" = Option<String>, Query),
        ("panToken" = Option<String>, Query),
        ("errorCode" = Option<String>, Query),
        ("errorMessage" = Option<String>, Query)
    ),
    responses(
        (status = 303, description = "Redirects to the return URL, with `requestId` and `status`.",
         headers(("Location" = String))),
        (status = 400, description = "The provider's answer is invalid.", body = String,
         content_type = "text/html"),
        (status = 403, description = "The session began in another browser. The result is recorded.",
         body = String, content_type = "text/html"),
        (status = 404, description = "The link belongs to no session.", body = String,
         content_type = "text/html"),
        (status = 503, description = "Try again.",
         content((String = "text/html"), (ProblemDocument = "application/problem+json")),
         headers(("Retry-After" = u32, description = "The number of seconds after which to try again.")))
    )
)]
pub(crate) async fn take_callback(
    State(app): State<AppState>,
    PathSegment(state): PathSegment,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let languages = customer_page::accepted_languages(&headers);
    let query = query.as_deref().unwrap_or_default();
    match take(app.parts(), &state, query, &headers).await {
        Ok(next) => next.into_response(),
        Err((error, Some(language))) => customer_page::page(error, &[language]),
        Err((error, None)) => customer_page::page(error, &languages),
    }
}

/// Where the customer goes next.
struct Next {
    location: String,
    cookie: Option<HeaderValue>,
}

impl IntoResponse for Next {
    fn into_response(self) -> Response {
        let location = [(header::LOCATION, self.location)];
        let mut response = (StatusCode::SEE_OTHER, location).into_response();
        let cookie = self.cookie.map(|cookie| (header::SET_COOKIE, cookie));
        response.headers_mut().extend(cookie);
        response
    }
}

/// Where the customer goes next, or what to tell them, in the session's language where it is known.
type Taken = Result<Next, (CallbackError, Option<Language>)>;

async fn take(app: &Parts, state: &str, query: &str, headers: &HeaderMap) -> Taken {
    let state = CallbackState::parse(state).ok_or((CallbackError::UnknownLink, None))?;
    let credential = Credential::CallbackToken(state.token.digest());
    let found = app.store.get(stored::session_id(state.request_id)).await;
    let session = match found.map_err(|error| store_error(&error, None))? {
        Some(session) if session.accepts(&credential) => session,
        _ => return Err((CallbackError::UnknownLink, None)),
    };
    record_session(state.request_id);
    let language = stored::language(&session.data);
    let language = Some(language.map_err(|error| store_error(&error, None))?);
    let answer = match CallbackQuery::parse(query) {
        Ok(answer) if answer.request_id == state.request_id => answer,
        _ => return Err((CallbackError::UnreadableAnswer, language)),
    };
    let now = app.clock.now();
    let outcome = record(app, &session, credential, &answer.result, now).await;
    let outcome = outcome.map_err(|error| match error {
        RecordError::UnexpectedPanToken => (CallbackError::UnexpectedToken, language),
        RecordError::RefusedPanToken => (CallbackError::UnreadableAnswer, language),
        RecordError::UncheckedPanToken => (CallbackError::UncheckedToken, language),
        RecordError::Store(error) => store_error(&error, language),
    })?;
    match outcome {
        // The stored status is told whatever came, so that the same callback twice is the same.
        RecordOutcome::Recorded(session)
        | RecordOutcome::Repeated(session)
        | RecordOutcome::Conflict(session)
        | RecordOutcome::Ignored(session)
        | RecordOutcome::Expired(session) => {
            let Ok(signer) = app.signer() else {
                return Err((CallbackError::UnknownLink, None));
            };
            let secret = signer.secret();
            let (id, data) = (state.request_id, &session.data);
            let is_bound = browser_binding::is_bound(secret, id, data);
            // The card is recorded all the same, because it was saved.
            if is_bound && !browser_binding::has_cookie(secret, id, data, headers) {
                return Err((CallbackError::AnotherBrowser, language));
            }
            let location = location(id, &session, now)?;
            let cookie = is_bound.then(|| browser_binding::removed_cookie(id));
            Ok(Next {
                location,
                cookie: cookie.flatten(),
            })
        }
        RecordOutcome::Forbidden => Err((CallbackError::UnknownLink, None)),
    }
}

fn location(
    request_id: RequestId,
    session: &Session,
    now: i64,
) -> Result<String, (CallbackError, Option<Language>)> {
    let SessionFlow::Redirect { return_url, .. } = &session.data.flow else {
        return Err((CallbackError::UnknownLink, None));
    };
    let return_url =
        ReturnUrl::from_stored(return_url).ok_or((CallbackError::Unavailable, None))?;
    Ok(return_url.with_status(request_id, session.state(now)))
}

fn store_error(
    error: &StoreError,
    language: Option<Language>,
) -> (CallbackError, Option<Language>) {
    tracing::error!(%error, "the store failed");
    (CallbackError::Unavailable, language)
}
