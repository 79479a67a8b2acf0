use super::{AGENT_ID, CALLBACK_URL, LANGUAGE, REQUEST_ID, SIGNATURE};
use super::{CallbackUrlError, FormHostError, SignatureError};
use crate::{AgentIdError, LanguageError, RequestIdError};

/// The reason why a text is not a form URL, or why a parameter cannot be added to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormUrlError {
    /// The URL is longer than [`FormUrl::MAX_LENGTH`](super::FormUrl::MAX_LENGTH).
    #[error("a form URL must be at most 16384 bytes long")]
    Length,
    /// The URL contains white space, a control character, a character outside ASCII, a fragment or a
    /// backslash.
    #[error(
        "a form URL must contain only visible ASCII characters, and no '#' or '\\'; percent-encode all others"
    )]
    Character,
    /// The part before `/form` is not a form host.
    #[error("form URL: {0}")]
    Host(#[from] FormHostError),
    /// The path does not end in `/form`, or there is no query.
    #[error("a form URL must have the form {{host}}/form?agentId=…&requestId=…&agentSign=…")]
    Shape,
    /// A `%` escape is broken, or the decoded bytes are not UTF-8.
    #[error("the query of a form URL must be percent-encoded UTF-8")]
    Encoding,
    /// A parameter appears more than once.
    #[error("each parameter of a form URL must appear only once")]
    Repeated,
    /// An extra parameter has a name that is not allowed or is too long, or there are too many.
    #[error(
        "there may be at most 16 extra parameters, with names of letters, digits, '-', '.', '_' and '~', and with names and values of at most 256 bytes"
    )]
    Parameter,
    /// One of `agentId`, `requestId` and `agentSign` is missing.
    #[error("the parameter {0} of the form URL is missing")]
    Missing(&'static str),
    /// The parameter `agentId` is invalid.
    #[error("agentId: {0}")]
    AgentId(#[from] AgentIdError),
    /// The parameter `requestId` is invalid.
    #[error("requestId: {0}")]
    RequestId(#[from] RequestIdError),
    /// The parameter `language` is invalid.
    #[error("language: {0}")]
    Language(#[from] LanguageError),
    /// The parameter `agentCallbackUrl` is invalid.
    #[error("agentCallbackUrl: {0}")]
    CallbackUrl(#[from] CallbackUrlError),
    /// The parameter `agentSign` is invalid.
    #[error("agentSign: {0}")]
    Signature(#[from] SignatureError),
}

impl FormUrlError {
    /// Returns the part that is wrong, in a few words. The element uses it, because full messages would
    /// make it too large.
    #[must_use]
    pub fn part(&self) -> &'static str {
        match self {
            Self::Length | Self::Character | Self::Shape | Self::Encoding => "its shape",
            Self::Host(_) => "its host: https, or http on loopback",
            Self::Repeated | Self::Parameter => "a parameter",
            Self::Missing(name) => name,
            Self::AgentId(_) => AGENT_ID,
            Self::RequestId(_) => REQUEST_ID,
            Self::Language(_) => LANGUAGE,
            Self::CallbackUrl(_) => CALLBACK_URL,
            Self::Signature(_) => SIGNATURE,
        }
    }
}
