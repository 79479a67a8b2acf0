use pantoken_a2c::{ErrorCode, FormUrlError};

/// Why the sandbox refuses; its text is the `errorMessage`, for developers, and repeats no value.
///
/// Source: docs/a2c.md, "Error codes"; docs/sandbox.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("this agentId is not known here: give the sandbox the same one with --agent-id")]
    UnknownAgent,
    #[error(
        "agentSign does not fit: it is the lowercase hex of HMAC-SHA256 over \
         requestId;agentId;agentCallbackUrl (in an iframe requestId;agentId;) with the agent's secret key"
    )]
    WrongSignature,
    #[error("{0}")]
    MalformedRequest(FormUrlError),
    #[error(
        "the body is a JSON object of at most 16 KiB with the texts agentId, requestId, agentSign, pan \
         and, in the redirect flow, agentCallbackUrl"
    )]
    MalformedBody,
    #[error("the process on the client's side was violated: start a new session")]
    InvalidSession,
    #[error("the card number is not 13 to 19 digits that pass the Luhn check")]
    InvalidPan,
    #[error("this request already has a card: start a new session")]
    RequestHasCard,
    #[error("this card is blocked: try later")]
    Forbidden,
}

impl Refusal {
    /// The provider's code.
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
