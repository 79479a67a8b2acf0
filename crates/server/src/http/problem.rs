//! Every error that the HTTP API answers with, once: its status, its code and its words.

use std::borrow::Cow;
use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::a2c::request_id::MintError;
use crate::http::call;
use crate::http::rate_limit::TooMany;
use pantoken_core::RandomError;
use pantoken_store::StoreError;

const RETRY_AFTER_SECONDS: u64 = 5;

/// An error answer: RFC 9457 `application/problem+json` with a stable `code`.
///
/// No text repeats a value that was refused. Source: docs/server.md, "Errors".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The body is no JSON object.
    #[error("the body is not one JSON object: {0}")]
    MalformedJson(&'static str),
    /// A field that the call does not know, named where its name is harmless.
    #[error("{}", unknown_field(.0.as_deref()))]
    UnknownField(Option<String>),
    /// A field that stands twice.
    #[error("{0} stands twice")]
    RepeatedField(&'static str),
    /// A field that the call needs.
    #[error("{0} is required")]
    MissingField(&'static str),
    /// A field, header or part of the path that breaks its rule.
    #[error("{field}: {rule}")]
    InvalidField {
        /// Which.
        field: &'static str,
        /// What it should be.
        rule: Cow<'static, str>,
    },
    /// A field that holds what looks like a card number.
    #[error("{0} holds what looks like a card number: it was refused and not kept")]
    CardNumber(&'static str),
    /// No API key, or not ours.
    #[error("send the API key as Authorization: Bearer …")]
    ApiKeyRequired,
    /// No result token.
    #[error("send the session's resultToken as Authorization: Bearer …")]
    ResultTokenRequired,
    /// A browser on a page that may not create sessions.
    #[error("this Origin may not create sessions: PANTOKEN_ALLOWED_ORIGINS lists those that may")]
    OriginNotAllowed,
    /// No such session, or not its result token: one answer, so that ids cannot be probed.
    #[error("this is not the resultToken of a session of this server")]
    ResultTokenInvalid,
    /// No such path.
    #[error("there is nothing at this path")]
    NotFound,
    /// No such session.
    #[error("this server issued no such session")]
    SessionNotFound,
    /// A path without this method.
    #[error("this path does not answer this method: the header Allow lists those that it does")]
    MethodNotAllowed,
    /// Another panToken is kept.
    #[error("this session has a panToken already, and this is not it; the first one stays")]
    ResultConflict,
    /// A repeated creation whose tokens cannot be derived again.
    #[error(
        "the session of this Idempotency-Key was made with another agent secret: use a new key"
    )]
    IdempotencyKeyStale,
    /// Too late.
    #[error("the session expired before a panToken came: create a new one")]
    SessionExpired,
    /// A body that comes too slowly.
    #[error("the body did not come in time: send it at once")]
    BodyTimeout,
    /// More than 16 KiB.
    #[error("a body has at most 16384 bytes")]
    BodyTooLarge,
    /// Not JSON.
    #[error("send the body as Content-Type: application/json")]
    UnsupportedMediaType,
    /// One idempotency key for two requests.
    #[error("this Idempotency-Key created a session for another request: use a new key")]
    IdempotencyKeyReused,
    /// More public sessions than are allowed.
    #[error("too many sessions were created from here: try again after Retry-After seconds")]
    RateLimited(Duration),
    /// The answer took too long.
    #[error("the answer took too long: try again")]
    AnswerTimeout,
    /// The store cannot answer now.
    #[error("the session store does not answer: try again")]
    StoreUnavailable,
    /// The clock or the randomness cannot be used.
    #[error("the server cannot make a session now: its log says why")]
    Internal,
}

impl Problem {
    /// A field that breaks its rule.
    pub(crate) fn invalid(field: &'static str, rule: impl Into<Cow<'static, str>>) -> Self {
        Self::InvalidField {
            field,
            rule: rule.into(),
        }
    }

    fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::MalformedJson(_) => (StatusCode::BAD_REQUEST, "MALFORMED_JSON"),
            Self::UnknownField(_) => (StatusCode::BAD_REQUEST, "UNKNOWN_FIELD"),
            Self::RepeatedField(_) => (StatusCode::BAD_REQUEST, "REPEATED_FIELD"),
            Self::MissingField(_) => (StatusCode::BAD_REQUEST, "MISSING_FIELD"),
            Self::InvalidField { .. } => (StatusCode::BAD_REQUEST, "INVALID_FIELD"),
            Self::CardNumber(_) => (StatusCode::BAD_REQUEST, "CARD_NUMBER_REFUSED"),
            Self::ApiKeyRequired => (StatusCode::UNAUTHORIZED, "API_KEY_REQUIRED"),
            Self::ResultTokenRequired => (StatusCode::UNAUTHORIZED, "RESULT_TOKEN_REQUIRED"),
            Self::OriginNotAllowed => (StatusCode::FORBIDDEN, "ORIGIN_NOT_ALLOWED"),
            Self::ResultTokenInvalid => (StatusCode::FORBIDDEN, "RESULT_TOKEN_INVALID"),
            Self::NotFound => (StatusCode::NOT_FOUND, "NOT_FOUND"),
            Self::SessionNotFound => (StatusCode::NOT_FOUND, "SESSION_NOT_FOUND"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED"),
            Self::ResultConflict => (StatusCode::CONFLICT, "RESULT_CONFLICT"),
            Self::IdempotencyKeyStale => (StatusCode::CONFLICT, "IDEMPOTENCY_KEY_STALE"),
            Self::SessionExpired => (StatusCode::GONE, "SESSION_EXPIRED"),
            Self::BodyTimeout => (StatusCode::REQUEST_TIMEOUT, "BODY_TIMEOUT"),
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE"),
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE")
            }
            Self::IdempotencyKeyReused => {
                (StatusCode::UNPROCESSABLE_ENTITY, "IDEMPOTENCY_KEY_REUSED")
            }
            Self::RateLimited(_) => (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED"),
            Self::AnswerTimeout => (StatusCode::SERVICE_UNAVAILABLE, "ANSWER_TIMEOUT"),
            Self::StoreUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "STORE_UNAVAILABLE"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"),
        }
    }

    /// The stable name of the error.
    pub(crate) fn code(&self) -> ProblemCode {
        ProblemCode(self.status_and_code().1)
    }

    /// Whole seconds, never too few; only for what passes by itself.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited(wait) => Some(wait.as_secs() + 1),
            Self::AnswerTimeout | Self::StoreUnavailable => Some(RETRY_AFTER_SECONDS),
            _ => None,
        }
    }

    fn field(&self) -> Option<&str> {
        match self {
            Self::UnknownField(name) => name.as_deref(),
            Self::RepeatedField(field)
            | Self::MissingField(field)
            | Self::InvalidField { field, .. }
            | Self::CardNumber(field) => Some(field),
            _ => None,
        }
    }
}

fn unknown_field(name: Option<&str>) -> String {
    match name {
        Some(name) => format!("this call knows no field {name}"),
        None => "this call does not know one of the body's fields".to_owned(),
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        call::log_failure("the store failed", error);
        Self::StoreUnavailable
    }
}

impl From<TooMany> for Problem {
    fn from(TooMany(wait): TooMany) -> Self {
        Self::RateLimited(wait)
    }
}

impl From<MintError> for Problem {
    fn from(error: MintError) -> Self {
        call::log_failure("no request id could be made", error);
        Self::Internal
    }
}

impl From<RandomError> for Problem {
    fn from(error: RandomError) -> Self {
        MintError::from(error).into()
    }
}

/// In the extensions of an answer: the error that it is, for the log and the metrics.
#[derive(Clone, Copy)]
pub(crate) struct ProblemCode(pub(crate) &'static str);

#[derive(Serialize)]
struct Document<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code) = self.status_and_code();
        let document = Document {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            code,
            detail: self.to_string(),
            field: self.field(),
        };
        let mut response = (status, Json(document)).into_response();
        let headers = response.headers_mut();
        let content_type = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, content_type);
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after() {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(self.code());
        response
    }
}
