use super::{AGENT_ID, CALLBACK_URL, LANGUAGE, REQUEST_ID, SIGNATURE};
use super::{CallbackUrlError, FormHostError, SignatureError};
use crate::{AgentIdError, LanguageError, RequestIdError};

/// Why a text is no form URL, or a parameter cannot be added to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormUrlError {
    /// Longer than [`FormUrl::MAX_LENGTH`](super::FormUrl::MAX_LENGTH).
    #[error("a form URL has at most 16384 bytes")]
    Length,
    /// White space, a control character, something beyond ASCII, a fragment or a backslash.
    #[error(
        "a form URL is visible ASCII, percent-encoded where it has to be, without '#' and '\\'"
    )]
    Character,
    /// The part before `/form` is no form host.
    #[error("form URL: {0}")]
    Host(#[from] FormHostError),
    /// The path does not end in `/form`, or there is no query.
    #[error("a form URL is {{host}}/form?agentId=…&requestId=…&agentSign=…")]
    Shape,
    /// A `%` escape that is broken or is no UTF-8.
    #[error("a form URL's query is percent-encoded UTF-8")]
    Encoding,
    /// A parameter stands twice.
    #[error("a form URL's parameter may stand once only")]
    Repeated,
    /// An extra parameter without a plain name or over its limits.
    #[error(
        "extra parameters: at most 16, each named in letters, digits, '-', '.', '_' and '~', and at most 256 bytes long"
    )]
    Parameter,
    /// `agentId`, `requestId` or `agentSign` is not there.
    #[error("the form URL lacks the parameter {0}")]
    Missing(&'static str),
    /// `agentId` is wrong.
    #[error("agentId: {0}")]
    AgentId(#[from] AgentIdError),
    /// `requestId` is wrong.
    #[error("requestId: {0}")]
    RequestId(#[from] RequestIdError),
    /// `language` is wrong.
    #[error("language: {0}")]
    Language(#[from] LanguageError),
    /// `agentCallbackUrl` is wrong.
    #[error("agentCallbackUrl: {0}")]
    CallbackUrl(#[from] CallbackUrlError),
    /// `agentSign` is wrong.
    #[error("agentSign: {0}")]
    Signature(#[from] SignatureError),
}

impl FormUrlError {
    /// The part that is wrong, in a few words: what the element says, for whose size whole sentences
    /// are too long.
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
