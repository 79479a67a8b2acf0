use super::{
    AGENT_ID, CALLBACK_URL, CallbackUrl, CallbackUrlError, FormHost, FormHostError, FormRequest,
    FormUrl, LANGUAGE, REQUEST_ID, SIGNATURE, Signature, SignatureError,
};
use crate::{
    AgentId, AgentIdError, Language, LanguageError, RequestId, RequestIdError, cut, percent,
};
use alloc::string::String;
use alloc::vec::Vec;

/// Why a text is no form URL, or a parameter cannot be added to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormUrlError {
    /// Longer than [`FormUrl::MAX_LENGTH`].
    #[error("a form URL has at most 16384 bytes")]
    Length,
    /// The part before `/form` is no form host.
    #[error("form URL: {0}")]
    Host(#[from] FormHostError),
    /// The path does not end in `/form`, there is no query, or there is a fragment.
    #[error("a form URL is {{host}}/form?agentId=…&requestId=…&agentSign=…")]
    Shape,
    /// A `%` escape that is broken or is no UTF-8.
    #[error("a form URL's query is percent-encoded UTF-8")]
    Encoding,
    /// A parameter stands twice.
    #[error("a form URL's parameter may stand once only")]
    Repeated,
    /// An extra parameter without a name or over its limits.
    #[error("extra parameters: at most 16, each with a name, and at most 256 bytes long")]
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
            Self::Length => "its length",
            Self::Host(_) => "its host, which has to be https (or http on loopback)",
            Self::Shape => "its shape",
            Self::Encoding => "its percent-encoding",
            Self::Repeated => "a parameter that stands twice",
            Self::Parameter => "a parameter",
            Self::Missing(name) => name,
            Self::AgentId(_) => AGENT_ID,
            Self::RequestId(_) => REQUEST_ID,
            Self::Language(_) => LANGUAGE,
            Self::CallbackUrl(_) => CALLBACK_URL,
            Self::Signature(_) => SIGNATURE,
        }
    }
}

impl FormUrl {
    /// Reads a form URL, whoever wrote it; the order of its parameters does not matter.
    ///
    /// # Errors
    /// [`FormUrlError`] naming the first part that is wrong.
    pub fn parse(text: &str) -> Result<Self, FormUrlError> {
        if text.len() > Self::MAX_LENGTH {
            return Err(FormUrlError::Length);
        }
        let (location, query) = cut::around(text, b'?').ok_or(FormUrlError::Shape)?;
        if query.bytes().any(|byte| byte == b'#') {
            return Err(FormUrlError::Shape);
        }
        let host = location.strip_suffix("/form").ok_or(FormUrlError::Shape)?;
        let mut query = Query::read(query)?;
        let mut request = FormRequest::iframe(
            FormHost::parse(host)?,
            AgentId::parse(&query.take_required(AGENT_ID)?)?,
            RequestId::parse(&query.take_required(REQUEST_ID)?)?,
        );
        if let Some(language) = query.take(LANGUAGE) {
            request.language = Language::parse(&language)?;
        }
        if let Some(callback_url) = query.take(CALLBACK_URL) {
            request.callback_url = Some(CallbackUrl::parse(&callback_url)?);
        }
        let signature = Signature::parse(&query.take_required(SIGNATURE)?)?;
        for (name, value) in query.pairs {
            request.push_parameter(name, value)?;
        }
        Ok(request.with_signature(signature))
    }
}

struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    fn read(text: &str) -> Result<Self, FormUrlError> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in percent::pairs(text) {
            let pair = pair.ok_or(FormUrlError::Encoding)?;
            if pairs.iter().any(|(name, _)| *name == pair.0) {
                return Err(FormUrlError::Repeated);
            }
            pairs.push(pair);
        }
        Ok(Self { pairs })
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let index = self.pairs.iter().position(|(taken, _)| taken == name)?;
        Some(self.pairs.remove(index).1)
    }

    fn take_required(&mut self, name: &'static str) -> Result<String, FormUrlError> {
        self.take(name).ok_or(FormUrlError::Missing(name))
    }
}
