use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use crate::{ErrorCode, ErrorMessage, PanToken, RequestId};

/// An event that the page receives about a form. Source: docs/embedding.md, "What happens".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The form is ready. Emitted once per load of the frame.
    Ready(Ready),
    /// The card is saved. Emitted at most once per session.
    Saved(Saved),
    /// An error occurred.
    Error(FormError),
    /// Something unusual occurred that an agent may want to monitor. It does not concern the customer.
    Warning(Warning),
}

/// The id of the request that a form is for, as events name it: the digits of a [`RequestId`], or a text of
/// another provider's form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FormId(String);

impl FormId {
    /// Creates the id with this text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Returns the id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<RequestId> for FormId {
    fn from(request_id: RequestId) -> Self {
        Self(request_id.to_text())
    }
}

impl PartialEq<RequestId> for FormId {
    fn eq(&self, request_id: &RequestId) -> bool {
        self.0 == request_id.to_text()
    }
}

impl fmt::Display for FormId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The form is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// The request id of the operation.
    pub request_id: FormId,
}

/// The card is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The request id of the operation.
    pub request_id: FormId,
    /// The card's token. It is `None` where a session endpoint has the token already, unless the page asked
    /// for it too.
    pub pan_token: Option<PanToken>,
}

/// An error in the form or on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FormError {
    /// The request id of the operation, or `None` without a session or a valid form URL.
    pub request_id: Option<FormId>,
    /// The error code.
    pub code: FailureCode,
    /// A message for developers: the provider's, or one of pantoken's in English.
    pub message: String,
    /// The side that reported the error.
    pub source: ErrorSource,
    /// Whether the customer can continue, in the same form or by a retry.
    pub recoverable: bool,
    /// The session endpoint's own answer, if the error is about one.
    pub problem: Option<Problem>,
}

/// What a session endpoint answered instead of a session or an acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// The field `code` of the answer. It is empty if there is none.
    pub code: String,
    /// The field `detail` of the answer. It is empty if there is none.
    pub detail: String,
}

/// The side that reported an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorSource {
    /// The form.
    Form,
    /// The page that embeds the form.
    Host,
}

impl ErrorSource {
    /// Returns the name of the source in events: `form` or `host`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Host => "host",
        }
    }
}

/// An error code of the form or of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailureCode {
    /// A code that the form reported.
    Form(ErrorCode),
    /// A code of the page that embeds the form.
    Host(HostCode),
}

impl FailureCode {
    /// Returns the code as it is written in events.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Form(code) => code.as_str(),
            Self::Host(code) => code.as_str(),
        }
    }
}

/// An error that the embedding page itself detected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HostCode {
    /// The form did not post Ready in time.
    ReadyTimeout,
    /// The page's content security policy forbids the frame.
    FrameBlocked,
    /// The session endpoint returned no session.
    SessionFailed,
    /// The form posted a result that must not be stored, or the session endpoint refused the result.
    ResultRejected,
    /// The form URL is missing, malformed, or on an origin that is not allowed.
    InvalidFormUrl,
}

impl HostCode {
    /// Returns the code as it is written in events.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadyTimeout => "READY_TIMEOUT",
            Self::FrameBlocked => "FRAME_BLOCKED",
            Self::SessionFailed => "SESSION_FAILED",
            Self::ResultRejected => "RESULT_REJECTED",
            Self::InvalidFormUrl => "INVALID_FORM_URL",
        }
    }

    /// Returns whether a retry may succeed without a change to the page.
    #[must_use]
    pub fn is_recoverable(self) -> bool {
        matches!(self, Self::ReadyTimeout | Self::SessionFailed)
    }
}

impl FormError {
    /// Creates an error that the form posted.
    #[must_use]
    pub fn form(request_id: impl Into<FormId>, code: ErrorCode, message: ErrorMessage) -> Self {
        Self {
            request_id: Some(request_id.into()),
            recoverable: code.is_recoverable(),
            code: FailureCode::Form(code),
            message: message.into_text(),
            source: ErrorSource::Form,
            problem: None,
        }
    }

    /// Creates an error that the embedding page itself detected. The `message` is for developers, in
    /// English.
    #[must_use]
    pub fn host(request_id: Option<FormId>, code: HostCode, message: &str) -> Self {
        Self {
            request_id,
            code: FailureCode::Host(code),
            message: message.to_owned(),
            source: ErrorSource::Host,
            recoverable: code.is_recoverable(),
            problem: None,
        }
    }
}

/// Something unusual that an agent may want to monitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The request id of the operation.
    pub request_id: FormId,
    /// The warning code.
    pub code: WarningCode,
}

/// The kind of a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WarningCode {
    /// The form posted a result for another request.
    RequestMismatch,
    /// The form posted a message that is neither Ready nor a result.
    UnreadableMessage,
    /// The form posted a second result that differs from the accepted one.
    ConflictingResult,
    /// The form posted a result before Ready.
    ResultBeforeReady,
    /// The session endpoint has not acknowledged a saved card for a while. The report is repeated.
    ReportDelayed,
}

impl WarningCode {
    /// Returns the code as it is written in events.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RequestMismatch => "REQUEST_MISMATCH",
            Self::UnreadableMessage => "UNREADABLE_MESSAGE",
            Self::ConflictingResult => "CONFLICTING_RESULT",
            Self::ResultBeforeReady => "RESULT_BEFORE_READY",
            Self::ReportDelayed => "REPORT_DELAYED",
        }
    }
}
