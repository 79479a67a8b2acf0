use pantoken_a2c::{ErrorCode, FormUrlError};

/// Why the sandbox refuses a request. The text is the `errorMessage` for developers, and repeats no
/// value of the request.
///
/// Source: docs/a2c.md, "Error codes"; docs/sandbox.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("unknown agentId: start the sandbox with the same one as --agent-id")]
    UnknownAgent,
    #[error(
        "agentSign is wrong: it must be the lowercase hex of HMAC-SHA256 over \
         requestId;agentId;agentCallbackUrl (in an iframe requestId;agentId;) with the agent's secret key"
    )]
    WrongSignature,
    #[error("{0}")]
    MalformedRequest(FormUrlError),
    #[error(
        "the body must be a JSON object of at most 16 KiB with the texts agentId, requestId, agentSign, \
         pan and, in the redirect flow, agentCallbackUrl"
    )]
    MalformedBody,
    #[error("the session is no longer valid: start a new one")]
    InvalidSession,
    #[error("the card number must be 13 to 19 digits that pass the Luhn check")]
    InvalidPan,
    #[error("this request already has a card: start a new session")]
    RequestHasCard,
    #[error("this card is blocked: try again later")]
    Forbidden,
}

impl Refusal {
    /// Returns the provider's error code.
    pub(crate) fn code(self) -> ErrorCode {
        match self {
            Self::UnknownAgent => ErrorCode::AgentNotFound,
            Self::WrongSignature => ErrorCode::AgentSignInvalid,
            Self::MalformedRequest(_) | Self::MalformedBody => ErrorCode::ParseRequestError,
            Self::InvalidSession => ErrorCode::InvalidSession,
            Self::InvalidPan => ErrorCode::InvalidPan,
            Self::RequestHasCard => ErrorCode::PanIsExistsForRequest,
            Self::Forbidden => ErrorCode::Forbidden,
        }
    }
}

impl From<FormUrlError> for Refusal {
    fn from(error: FormUrlError) -> Self {
        match error {
            FormUrlError::Signature(_) => Self::WrongSignature,
            other => Self::MalformedRequest(other),
        }
    }
}
