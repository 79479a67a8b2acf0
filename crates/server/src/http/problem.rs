//! Every error response of the HTTP API: its status, its code and its text.

use std::borrow::Cow;
use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use crate::http::enumerations::open;
use crate::http::limits::MAX_BODY;
use crate::http::rate_limit::RateLimited;
use crate::operations::Unreadable;
use pantoken_store::StoreError;

const RETRY_AFTER_SECONDS: u64 = 5;

/// An error response: RFC 9457 `application/problem+json` with a stable `code`.
///
/// No text repeats a value that was rejected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The body is not a JSON object.
    #[error("the body must be a JSON object, but {0}")]
    MalformedJson(&'static str),
    /// The endpoint does not know a field, which is named if its name can be repeated.
    #[error("{}", unknown_field(.0.as_deref()))]
    UnknownField(Option<String>),
    /// A field or header appears twice.
    #[error("the field `{0}` appears twice")]
    RepeatedField(&'static str),
    /// A required field is missing.
    #[error("the field `{0}` is required")]
    MissingField(&'static str),
    /// A field, header or part of the path breaks its rule.
    #[error("{field}: {rule}")]
    InvalidField {
        /// The field's name.
        field: &'static str,
        /// The rule that it breaks.
        rule: Cow<'static, str>,
    },
    /// A field contains what looks like a card number.
    #[error(
        "the field `{0}` contains what looks like a card number; it was rejected and not stored"
    )]
    CardNumber(&'static str),
    /// The API key is missing or wrong.
    #[error("send your API key as `Authorization: Bearer …`")]
    ApiKeyRequired,
    /// The result token is missing.
    #[error("send the session's resultToken as `Pantoken-Result-Token: …`")]
    ResultTokenRequired,
    /// The browser is on a page that may not create sessions.
    #[error("this origin may not create sessions; PANTOKEN_ALLOWED_ORIGINS lists those that may")]
    OriginNotAllowed,
    /// There is no such session, or the result token is another one's. Both are answered alike, so that
    /// nobody can find out which ids exist.
    #[error("there is no session with this id and this resultToken")]
    ResultTokenInvalid,
    /// The API key may not do this.
    #[error(
        "the scope of this API key does not allow this call; create a key with another --scope by \
         `pantoken key add`"
    )]
    ApiKeyScope,
    /// There is no such path.
    #[error("there is nothing at this path")]
    NotFound,
    /// The binary does not contain the custom element.
    #[error(
        "this binary was built without the element: run `cargo xtask element` in a checkout of pantoken and \
         build it again, set PANTOKEN_ELEMENT_DIR to the files' folder when you build it, or put the npm \
         package into a folder `pantoken` in PANTOKEN_PAGES"
    )]
    ElementNotBuilt,
    /// There is no such session.
    #[error("there is no session with this id")]
    SessionNotFound,
    /// The provider of the call is not configured. The text names the settings.
    #[error("this provider is not configured: set {0}")]
    ProviderNotConfigured(&'static str),
    /// There is no such operation.
    #[error("there is no such operation")]
    OperationNotFound,
    /// There is no such token, or it is another customer's. The two cannot be told apart from outside.
    #[error("this customer has no such token")]
    TokenNotFound,
    /// The id stands for another request.
    #[error("there is already another operation with this id; use a new id")]
    OperationConflict,
    /// The payment is in the wrong state.
    #[error("{0}")]
    OperationImpossible(&'static str),
    /// The refund exceeds what is left of the payment.
    #[error("the amount is more than what is left of the payment")]
    AmountAboveRest,
    /// The signature of a notification is missing or wrong.
    #[error("the notification has no valid signature")]
    NotificationRefused,
    /// The sender of a notification is not in the listed networks.
    #[error(
        "notifications are not accepted from this address; the provider's PANTOKEN_…_SENDERS lists the networks \
         that they come from"
    )]
    SenderRefused,
    /// The signature of a callback does not hold. The text says why.
    #[error("the callback is refused: {0}")]
    SignatureInvalid(String),
    /// The provider does not answer, or its answer cannot be used.
    #[error("the provider does not answer as it should; try again")]
    ProviderUnavailable,
    /// The path does not support the method.
    #[error(
        "this path does not support this method; the header Allow lists those that it supports"
    )]
    MethodNotAllowed,
    /// The session has another panToken.
    #[error("this session already has another panToken, which is kept")]
    ResultConflict,
    /// A repeated request whose tokens cannot be derived again.
    #[error(
        "the session of this Idempotency-Key was created with another agent secret key; use a new \
         Idempotency-Key"
    )]
    IdempotencyKeyStale,
    /// The panToken has a character that the provider is not known to use.
    #[error(
        "panToken: contains a character that the provider is not known to use, so it was not recorded; if the \
         provider issued it, add the character to PANTOKEN_PAN_TOKEN_ALPHABET and report it again"
    )]
    PanTokenUnexpected,
    /// The agent's check of panTokens has no answer now.
    #[error("the panToken cannot be checked now; report it again")]
    PanTokenUnchecked,
    /// The result came too late.
    #[error(
        "the session has expired; it accepts a first panToken for 24 hours more, and nothing else; create a new \
         one"
    )]
    SessionExpired,
    /// The body arrives too slowly.
    #[error("the body did not arrive in time; send it without pauses")]
    BodyTimeout,
    /// The body is larger than 16 KiB.
    #[error("the body must be at most {MAX_BODY} bytes long")]
    BodyTooLarge,
    /// The content type is not JSON.
    #[error("send the body with `Content-Type: application/json`")]
    UnsupportedMediaType,
    /// The body is compressed.
    #[error("send the body without compression: remove the header Content-Encoding")]
    CompressedBody,
    /// The idempotency key belongs to another request.
    #[error("this Idempotency-Key was used with another body; use a new one")]
    IdempotencyKeyReused,
    /// The rate limit of public sessions is reached.
    #[error("too many sessions were created from here; try again after Retry-After seconds")]
    RateLimited(Duration),
    /// Too many wrong API keys were presented.
    #[error("too many wrong API keys came from here; try again after Retry-After seconds")]
    WrongApiKeys(Duration),
    /// The request took too long.
    #[error("the request took too long; try again")]
    AnswerTimeout,
    /// The store cannot be used now.
    #[error("the session store is unavailable; try again")]
    StoreUnavailable,
    /// The clock or the source of randomness cannot be used.
    #[error("the server cannot answer this request; its log says why")]
    Internal,
}

impl Problem {
    /// Returns the problem of a field that breaks its rule.
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
            Self::PanTokenUnexpected => (StatusCode::BAD_REQUEST, "PAN_TOKEN_UNEXPECTED"),
            Self::ApiKeyRequired => (StatusCode::UNAUTHORIZED, "API_KEY_REQUIRED"),
            Self::ResultTokenRequired => (StatusCode::UNAUTHORIZED, "RESULT_TOKEN_REQUIRED"),
            Self::OriginNotAllowed => (StatusCode::FORBIDDEN, "ORIGIN_NOT_ALLOWED"),
            Self::ResultTokenInvalid => (StatusCode::FORBIDDEN, "RESULT_TOKEN_INVALID"),
            Self::ApiKeyScope => (StatusCode::FORBIDDEN, "API_KEY_SCOPE"),
            Self::NotFound => (StatusCode::NOT_FOUND, "NOT_FOUND"),
            Self::ElementNotBuilt => (StatusCode::NOT_FOUND, "ELEMENT_NOT_BUILT"),
            Self::SessionNotFound => (StatusCode::NOT_FOUND, "SESSION_NOT_FOUND"),
            Self::ProviderNotConfigured(_) => (StatusCode::NOT_FOUND, "PROVIDER_NOT_CONFIGURED"),
            Self::OperationNotFound => (StatusCode::NOT_FOUND, "OPERATION_NOT_FOUND"),
            Self::TokenNotFound => (StatusCode::NOT_FOUND, "TOKEN_NOT_FOUND"),
            Self::OperationConflict => (StatusCode::CONFLICT, "OPERATION_CONFLICT"),
            Self::OperationImpossible(_) => (StatusCode::CONFLICT, "OPERATION_IMPOSSIBLE"),
            Self::AmountAboveRest => (StatusCode::CONFLICT, "AMOUNT_ABOVE_REST"),
            Self::NotificationRefused => (StatusCode::FORBIDDEN, "NOTIFICATION_REFUSED"),
            Self::SenderRefused => (StatusCode::FORBIDDEN, "SENDER_REFUSED"),
            Self::SignatureInvalid(_) => (StatusCode::BAD_REQUEST, "SIGNATURE_INVALID"),
            Self::ProviderUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "PROVIDER_UNAVAILABLE"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED"),
            Self::ResultConflict => (StatusCode::CONFLICT, "RESULT_CONFLICT"),
            Self::IdempotencyKeyStale => (StatusCode::CONFLICT, "IDEMPOTENCY_KEY_STALE"),
            Self::SessionExpired => (StatusCode::GONE, "SESSION_EXPIRED"),
            Self::BodyTimeout => (StatusCode::REQUEST_TIMEOUT, "BODY_TIMEOUT"),
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE"),
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE")
            }
            Self::CompressedBody => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "UNSUPPORTED_CONTENT_ENCODING",
            ),
            Self::IdempotencyKeyReused => {
                (StatusCode::UNPROCESSABLE_ENTITY, "IDEMPOTENCY_KEY_REUSED")
            }
            Self::RateLimited(_) | Self::WrongApiKeys(_) => {
                (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED")
            }
            Self::PanTokenUnchecked => (StatusCode::SERVICE_UNAVAILABLE, "PAN_TOKEN_UNCHECKED"),
            Self::AnswerTimeout => (StatusCode::SERVICE_UNAVAILABLE, "ANSWER_TIMEOUT"),
            Self::StoreUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "STORE_UNAVAILABLE"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"),
        }
    }

    /// Returns the status of the response.
    pub(crate) fn status(&self) -> StatusCode {
        self.status_and_code().0
    }

    /// Returns a problem of each kind, for the OpenAPI document.
    pub(crate) fn one_of_each() -> [Self; 39] {
        [
            Self::MalformedJson(""),
            Self::UnknownField(None),
            Self::RepeatedField(""),
            Self::MissingField(""),
            Self::invalid("", ""),
            Self::CardNumber(""),
            Self::PanTokenUnexpected,
            Self::ApiKeyRequired,
            Self::ResultTokenRequired,
            Self::OriginNotAllowed,
            Self::ResultTokenInvalid,
            Self::ApiKeyScope,
            Self::NotFound,
            Self::ElementNotBuilt,
            Self::SessionNotFound,
            Self::ProviderNotConfigured(""),
            Self::OperationNotFound,
            Self::TokenNotFound,
            Self::OperationConflict,
            Self::OperationImpossible(""),
            Self::AmountAboveRest,
            Self::NotificationRefused,
            Self::SenderRefused,
            Self::SignatureInvalid(String::new()),
            Self::ProviderUnavailable,
            Self::MethodNotAllowed,
            Self::BodyTimeout,
            Self::ResultConflict,
            Self::IdempotencyKeyStale,
            Self::SessionExpired,
            Self::BodyTooLarge,
            Self::UnsupportedMediaType,
            Self::CompressedBody,
            Self::IdempotencyKeyReused,
            Self::RateLimited(Duration::ZERO),
            Self::Internal,
            Self::StoreUnavailable,
            Self::AnswerTimeout,
            Self::PanTokenUnchecked,
        ]
    }

    /// Returns the stable code.
    pub(crate) fn code(&self) -> ProblemCode {
        ProblemCode(self.status_and_code().1)
    }

    /// Returns after how many seconds to try again, rounded up, if that can help.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited(wait) | Self::WrongApiKeys(wait) => Some(wait.as_secs() + 1),
            Self::AnswerTimeout
            | Self::StoreUnavailable
            | Self::ProviderUnavailable
            | Self::PanTokenUnchecked => Some(RETRY_AFTER_SECONDS),
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
            Self::PanTokenUnexpected => Some("panToken"),
            _ => None,
        }
    }
}

fn unknown_field(name: Option<&str>) -> String {
    match name {
        Some(name) => format!("unknown field `{name}`"),
        None => "the body has an unknown field".to_owned(),
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Self::StoreUnavailable
    }
}

impl From<Unreadable> for Problem {
    /// Why the data cannot be read was logged where it was read.
    fn from(_: Unreadable) -> Self {
        Self::Internal
    }
}

impl From<RateLimited> for Problem {
    fn from(RateLimited(wait): RateLimited) -> Self {
        Self::RateLimited(wait)
    }
}

/// An extension of the response: the problem's code, for the log and the metrics.
#[derive(Clone, Copy)]
pub(crate) struct ProblemCode(pub(crate) &'static str);

impl ProblemCode {
    /// Returns the code of a response that is a problem.
    pub(crate) fn of(response: &Response) -> Option<&'static str> {
        let code = response.extensions().get::<Self>();
        code.map(|Self(code)| *code)
    }
}

/// RFC 9457. No text repeats a value that was rejected.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "type": "about:blank",
    "title": "Bad Request",
    "status": 400,
    "code": "INVALID_FIELD",
    "detail": "language: the language must be one of ru, en and kz",
    "field": "language"
}))]
#[schema(as = Problem)]
pub(crate) struct ProblemDocument {
    #[schema(schema_with = problem_type)]
    r#type: &'static str,
    title: &'static str,
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    #[schema(schema_with = problem_code)]
    code: &'static str,
    detail: String,
    /// The field, header or part of the path that is wrong.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

fn problem_type() -> RefOr<Schema> {
    open(["about:blank"])
}

fn problem_code() -> RefOr<Schema> {
    open(Problem::one_of_each().map(|problem| problem.code().0))
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code) = self.status_and_code();
        let document = ProblemDocument {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            code,
            detail: self.to_string(),
            field: self.field().map(ToOwned::to_owned),
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
