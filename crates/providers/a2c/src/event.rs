use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::{ErrorCode, ErrorMessage, PanToken, RequestId};

/// What a page learns of a form. Source: docs/embedding.md, "What happens".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The form is there and knows our origin; once per load of the frame.
    Ready(Ready),
    /// The card is saved; at most once per session.
    Saved(Saved),
    /// Something went wrong.
    Error(FormError),
    /// Something that an agent may want to monitor; the customer need not know.
    Warning(Warning),
}

/// The form is there and knows our origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ready {
    /// The operation that the form is for.
    pub request_id: RequestId,
}

/// The card is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The operation that the form was for.
    pub request_id: RequestId,
    /// The card's token.
    pub pan_token: PanToken,
}

/// Something went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FormError {
    /// The operation that the form is for; none where there was no session or no readable form URL.
    pub request_id: Option<RequestId>,
    /// What went wrong.
    pub code: FailureCode,
    /// For developers: the provider's words, or ours in English.
    pub message: String,
    /// By whose word.
    pub source: ErrorSource,
    /// Whether the customer can go on from here, in the same form or by a retry.
    pub recoverable: bool,
}

/// By whose word something went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorSource {
    /// The form's.
    Form,
    /// The page's that embeds it.
    Host,
}

impl ErrorSource {
    /// The source as it stands in an event: `form` or `host`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Host => "host",
        }
    }
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailureCode {
    /// The form said so.
    Form(ErrorCode),
    /// The page that embeds it found so.
    Host(HostCode),
}

impl FailureCode {
    /// The code as it stands in an event.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Form(code) => code.as_str(),
            Self::Host(code) => code.as_str(),
        }
    }
}

/// What the embedding page itself found wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HostCode {
    /// The form did not say Ready in time.
    ReadyTimeout,
    /// A content security policy of the page forbids the frame.
    FrameBlocked,
    /// The session endpoint gave no session.
    SessionFailed,
    /// The form gave a result that may not be kept, or the session endpoint refused it.
    ResultRejected,
    /// The form URL is missing, malformed, or on an origin that is not allowed.
    InvalidFormUrl,
}

impl HostCode {
    /// The code as it stands in an event.
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

    /// Whether a retry may help without anyone changing the page.
    #[must_use]
    pub fn is_recoverable(self) -> bool {
        matches!(self, Self::ReadyTimeout | Self::SessionFailed)
    }
}

impl FormError {
    /// An error that the form posted.
    #[must_use]
    pub fn form(request_id: RequestId, code: ErrorCode, message: ErrorMessage) -> Self {
        Self {
            request_id: Some(request_id),
            recoverable: code.is_recoverable(),
            code: FailureCode::Form(code),
            message: message.into_text(),
            source: ErrorSource::Form,
        }
    }

    /// An error that the embedding page itself found; `message` is for developers, in English.
    #[must_use]
    pub fn host(request_id: Option<RequestId>, code: HostCode, message: &str) -> Self {
        Self {
            request_id,
            code: FailureCode::Host(code),
            message: message.to_owned(),
            source: ErrorSource::Host,
            recoverable: code.is_recoverable(),
        }
    }
}

/// Something that an agent may want to monitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The operation that the form is for.
    pub request_id: RequestId,
    /// What was noticed.
    pub code: WarningCode,
}

/// What was noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WarningCode {
    /// A result for another request.
    RequestMismatch,
    /// A message from the form that is neither Ready nor a result.
    UnreadableMessage,
    /// A second result that differs from the one that was accepted.
    ConflictingResult,
    /// A result from a form that had not said Ready.
    ResultBeforeReady,
}

impl WarningCode {
    /// The code as it stands in an event.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RequestMismatch => "REQUEST_MISMATCH",
            Self::UnreadableMessage => "UNREADABLE_MESSAGE",
            Self::ConflictingResult => "CONFLICTING_RESULT",
            Self::ResultBeforeReady => "RESULT_BEFORE_READY",
        }
    }
}
