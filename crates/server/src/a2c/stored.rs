//! Converts between a2c's types and what the store keeps of them, which the store does not interpret.
//!
//! A stored value that is not one of a2c's is reported as [`StoreError::Corrupt`].

use pantoken_a2c::{ErrorCode, ErrorMessage, Flow, FormResult, Language, PanToken, RequestId};
use pantoken_core::Secret;
use pantoken_store::{SessionData, SessionFlow, SessionId, SessionResult, StoreError};

use crate::a2c::plain_text::without_markup;

/// Returns the id of the session for this request.
pub(crate) fn session_id(request_id: RequestId) -> SessionId {
    SessionId::from_i64(request_id.get())
}

/// Returns the request id of a session.
pub(crate) fn request_id(id: SessionId) -> Result<RequestId, StoreError> {
    RequestId::from_i64(id.get()).map_err(|_| StoreError::corrupt(id, "request_id"))
}

/// Returns the language of a session's form.
pub(crate) fn language(data: &SessionData) -> Result<Language, StoreError> {
    Language::parse(&data.language).map_err(|_| StoreError::corrupt(data.id, "language"))
}

/// Returns the flow of a session, as the form URL names it.
pub(crate) fn flow(flow: &SessionFlow) -> Flow {
    match flow {
        SessionFlow::Iframe => Flow::Iframe,
        SessionFlow::Redirect { .. } => Flow::Redirect,
    }
}

/// Returns the result of the form, as the store keeps it: with no markup in the texts of an error.
pub(crate) fn session_result(result: &FormResult) -> SessionResult {
    match result {
        FormResult::Saved(token) => SessionResult::Saved {
            token: Secret::new(token.as_str()),
        },
        FormResult::Failed { code, message } => SessionResult::Failed {
            code: without_markup(code.as_str()),
            message: without_markup(message.as_str()),
        },
    }
}

/// Returns a stored result as the form reported it.
pub(crate) fn form_result(id: SessionId, result: &SessionResult) -> Result<FormResult, StoreError> {
    Ok(match result {
        SessionResult::Saved { token } => FormResult::Saved(
            PanToken::parse(token.expose()).map_err(|_| StoreError::corrupt(id, "pan_token"))?,
        ),
        SessionResult::Failed { code, message } => FormResult::Failed {
            code: ErrorCode::parse(code).map_err(|_| StoreError::corrupt(id, "error_code"))?,
            message: ErrorMessage::from_text(message),
        },
    })
}
