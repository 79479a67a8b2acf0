use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use pantoken_core::{percent, text};

use super::{
    AGENT_ID, CALLBACK_URL, CallbackUrl, Flow, FormHost, FormUrl, FormUrlError, KNOWN, LANGUAGE,
    REQUEST_ID, SIGNATURE, Signature, is_parameter_name,
};
use crate::{AgentId, Language, RequestId};

/// The contents of a form URL except its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormRequest {
    host: FormHost,
    agent_id: AgentId,
    request_id: RequestId,
    language: Language,
    callback_url: Option<CallbackUrl>,
    parameters: Vec<(String, String)>,
}

impl FormRequest {
    const MAX_PARAMETERS: usize = 16;
    const MAX_PARAMETER_LENGTH: usize = 256;

    /// Creates a request for the iframe flow.
    #[must_use]
    pub fn iframe(host: FormHost, agent_id: AgentId, request_id: RequestId) -> Self {
        Self {
            host,
            agent_id,
            request_id,
            language: Language::default(),
            callback_url: None,
            parameters: Vec::new(),
        }
    }

    /// Creates a request for the redirect flow. The provider sends the customer back to `callback_url`
    /// with the result.
    #[must_use]
    pub fn redirect(
        host: FormHost,
        agent_id: AgentId,
        request_id: RequestId,
        callback_url: CallbackUrl,
    ) -> Self {
        Self {
            callback_url: Some(callback_url),
            ..Self::iframe(host, agent_id, request_id)
        }
    }

    /// Sets the language. It is not signed.
    #[must_use]
    pub fn with_language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// Adds a query parameter after the known ones. It is not signed.
    ///
    /// # Errors
    /// Returns [`FormUrlError::Repeated`] if the name is taken. Returns [`FormUrlError::Parameter`] if the
    /// name is empty or contains anything but letters, digits, `-`, `.`, `_` and `~`, if the name or the
    /// value is longer than 256 bytes, or if there are 16 extra parameters already.
    pub fn with_parameter(mut self, name: &str, value: &str) -> Result<Self, FormUrlError> {
        self.push_parameter(name.to_owned(), value.to_owned())?;
        Ok(self)
    }

    fn push_parameter(&mut self, name: String, value: String) -> Result<(), FormUrlError> {
        if KNOWN.contains(&&*name) || self.parameters.iter().any(|(taken, _)| *taken == name) {
            return Err(FormUrlError::Repeated);
        }
        let longest = name.len().max(value.len());
        if !is_parameter_name(&name)
            || longest > Self::MAX_PARAMETER_LENGTH
            || self.parameters.len() == Self::MAX_PARAMETERS
        {
            return Err(FormUrlError::Parameter);
        }
        self.parameters.push((name, value));
        Ok(())
    }

    /// Returns the string that is signed: `requestId;agentId;` and, in the redirect flow, the raw callback
    /// URL.
    #[must_use]
    pub fn signed_string(&self) -> String {
        let mut text = String::new();
        self.write_signed(|part| text.push_str(part));
        text
    }

    /// Writes [`Self::signed_string`] part by part, so that a signer needs no copy of it.
    pub fn write_signed(&self, mut write: impl FnMut(&str)) {
        let callback_url = self.callback_url.as_ref().map_or("", CallbackUrl::as_str);
        write(itoa::Buffer::new().format(self.request_id.get()));
        for part in [";", self.agent_id.as_str(), ";", callback_url] {
            write(part);
        }
    }

    /// Combines the request with its signature, which `pantoken-a2c-signing` creates.
    #[must_use]
    pub fn with_signature(self, signature: Signature) -> SignedRequest {
        SignedRequest {
            request: self,
            signature,
        }
    }

    /// Returns the form URL, with the known parameters in the provider's order and the others after them.
    fn form_url(&self, signature: &Signature) -> FormUrl {
        // Most form URLs are shorter, so the buffer seldom has to grow.
        let mut text = String::with_capacity(256);
        text.extend([self.host.origin().as_str(), self.host.path(), "/form?"]);
        text.extend([AGENT_ID, "="]);
        percent::encode_into(&mut text, self.agent_id.as_str());
        // Digits and letters need no encoding.
        text.extend(["&", REQUEST_ID, "="]);
        push_digits(&mut text, self.request_id);
        text.extend(["&", LANGUAGE, "=", self.language.as_str()]);
        let end = text.len();
        if let Some(callback_url) = &self.callback_url {
            text.extend(["&", CALLBACK_URL, "="]);
            percent::encode_into(&mut text, callback_url.as_str());
        }
        text.extend(["&", SIGNATURE, "=", signature.as_str()]);
        for (name, value) in &self.parameters {
            text.extend(["&", name, "="]);
            percent::encode_into(&mut text, value);
        }
        FormUrl {
            text,
            language_at: end - self.language.as_str().len()..end,
            language: self.language,
            origin: self.host.origin().clone(),
            request_id: self.request_id,
            flow: self.flow(),
        }
    }

    /// Returns the location of the form.
    #[must_use]
    pub fn host(&self) -> &FormHost {
        &self.host
    }

    /// Returns the agent's id.
    #[must_use]
    pub fn agent_id(&self) -> &AgentId {
        &self.agent_id
    }

    /// Returns the request id of the operation.
    #[must_use]
    pub fn request_id(&self) -> RequestId {
        self.request_id
    }

    /// Returns the language of the form.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// Returns the callback URL of the redirect flow, or `None` in the iframe flow.
    #[must_use]
    pub fn callback_url(&self) -> Option<&CallbackUrl> {
        self.callback_url.as_ref()
    }

    /// Returns the flow.
    #[must_use]
    pub fn flow(&self) -> Flow {
        if self.callback_url.is_some() {
            Flow::Redirect
        } else {
            Flow::Iframe
        }
    }
}

/// The complete contents of a form URL: the request and its signature. Only holders of the secret can check
/// the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRequest {
    request: FormRequest,
    signature: Signature,
}

impl SignedRequest {
    /// Reads a complete form URL from any source. The order of its parameters does not matter.
    ///
    /// # Errors
    /// Returns [`FormUrlError`] with the first problem.
    pub fn parse(text: &str) -> Result<Self, FormUrlError> {
        let url = FormUrl::parse(text)?;
        let (location, query) = text::split_once(text, b'?').ok_or(FormUrlError::Shape)?;
        let host = location.strip_suffix("/form").ok_or(FormUrlError::Shape)?;
        let mut query = Query::read(query)?;
        let mut request = FormRequest::iframe(
            FormHost::parse(host)?,
            AgentId::parse(&query.take(AGENT_ID).unwrap_or_default())?,
            url.request_id,
        );
        request.language = url.language;
        if let Some(callback_url) = query.take(CALLBACK_URL) {
            request.callback_url = Some(CallbackUrl::parse(&callback_url)?);
        }
        let signature = Signature::parse(&query.take(SIGNATURE).unwrap_or_default())?;
        for (name, value) in query.rest() {
            request.push_parameter(name, value)?;
        }
        Ok(request.with_signature(signature))
    }

    /// Returns the form URL.
    #[must_use]
    pub fn form_url(&self) -> FormUrl {
        self.request.form_url(&self.signature)
    }

    /// Returns the request without the signature.
    #[must_use]
    pub fn request(&self) -> &FormRequest {
        &self.request
    }

    /// Returns the signature.
    #[must_use]
    pub fn signature(&self) -> &Signature {
        &self.signature
    }
}

struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    fn read(text: &str) -> Result<Self, FormUrlError> {
        let pairs: Option<Vec<(String, String)>> = percent::pairs(text).collect();
        let pairs = pairs.ok_or(FormUrlError::Encoding)?;
        // A percent-encoded name could repeat a known parameter in another spelling.
        let plain = text.split('&').all(|pair| {
            let (name, _) = text::split_at_first(pair, |byte| byte == b'=');
            pair.is_empty() || is_parameter_name(name)
        });
        plain
            .then_some(Self { pairs })
            .ok_or(FormUrlError::Parameter)
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let index = self.pairs.iter().position(|(taken, _)| taken == name)?;
        Some(self.pairs.remove(index).1)
    }

    /// Returns the parameters that [`FormUrl::parse`] has not read already.
    fn rest(self) -> impl Iterator<Item = (String, String)> {
        let read = |name: &str| matches!(name, REQUEST_ID | LANGUAGE);
        self.pairs.into_iter().filter(move |(name, _)| !read(name))
    }
}

/// Appends [`RequestId::to_text`]. It is faster, and the element does not include it.
fn push_digits(text: &mut String, request_id: RequestId) {
    text.push_str(itoa::Buffer::new().format(request_id.get()));
}
