//! The signed form URL: what is asked ([`FormRequest`]), and what may be opened ([`FormUrl`]).
//! Source: protocol.md, "Signed form URL".

mod callback_url;
mod form_host;
mod parse;
mod signature;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

pub use callback_url::{CallbackUrl, CallbackUrlError};
pub use form_host::{FormHost, FormHostError};
pub use parse::FormUrlError;
pub use signature::{Signature, SignatureError};

use crate::{AgentId, Language, RequestId, percent};

const AGENT_ID: &str = "agentId";
const REQUEST_ID: &str = "requestId";
const LANGUAGE: &str = "language";
const CALLBACK_URL: &str = "agentCallbackUrl";
const SIGNATURE: &str = "agentSign";
const KNOWN: [&str; 5] = [AGENT_ID, REQUEST_ID, LANGUAGE, CALLBACK_URL, SIGNATURE];

/// How the customer meets the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flow {
    /// Inside the agent's page.
    Iframe,
    /// On a page of the provider's, and back by a redirect.
    Redirect,
}

impl Flow {
    /// The flow's name on our HTTP API: `iframe` or `redirect`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Iframe => "iframe",
            Self::Redirect => "redirect",
        }
    }
}

/// Everything a form URL says but its signature.
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

    /// A request for the iframe flow.
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

    /// A request for the redirect flow; the answer comes to `callback_url`.
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

    /// The same request in another language, which is not signed.
    #[must_use]
    pub fn with_language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// The same request with one more query parameter, which is not signed, after the known ones.
    ///
    /// # Errors
    /// [`FormUrlError::Repeated`] when the name is taken, [`FormUrlError::Parameter`] when the name
    /// is empty, a text is longer than 256 bytes, or there are 16 already.
    pub fn with_parameter(mut self, name: &str, value: &str) -> Result<Self, FormUrlError> {
        self.push_parameter(name.to_owned(), value.to_owned())?;
        Ok(self)
    }

    fn push_parameter(&mut self, name: String, value: String) -> Result<(), FormUrlError> {
        if KNOWN.contains(&&*name) || self.parameters.iter().any(|(taken, _)| *taken == name) {
            return Err(FormUrlError::Repeated);
        }
        let longest = name.len().max(value.len());
        if name.is_empty()
            || longest > Self::MAX_PARAMETER_LENGTH
            || self.parameters.len() == Self::MAX_PARAMETERS
        {
            return Err(FormUrlError::Parameter);
        }
        self.parameters.push((name, value));
        Ok(())
    }

    /// What is signed: `requestId;agentId;` and, in the redirect flow, the raw callback URL.
    #[must_use]
    pub fn signed_string(&self) -> String {
        let mut text = self.request_id.to_text();
        text.push(';');
        text.push_str(self.agent_id.as_str());
        text.push(';');
        text.push_str(self.callback_url.as_ref().map_or("", CallbackUrl::as_str));
        text
    }

    /// The URL that this request and its signature make; `pantoken-signing` makes the signature.
    #[must_use]
    pub fn with_signature(self, signature: Signature) -> FormUrl {
        FormUrl {
            request: self,
            signature,
        }
    }

    /// Where the form is.
    #[must_use]
    pub fn host(&self) -> &FormHost {
        &self.host
    }

    /// Who asks.
    #[must_use]
    pub fn agent_id(&self) -> &AgentId {
        &self.agent_id
    }

    /// For which operation.
    #[must_use]
    pub fn request_id(&self) -> RequestId {
        self.request_id
    }

    /// In which language.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// Where the answer goes in the redirect flow.
    #[must_use]
    pub fn callback_url(&self) -> Option<&CallbackUrl> {
        self.callback_url.as_ref()
    }

    /// How the customer meets the form.
    #[must_use]
    pub fn flow(&self) -> Flow {
        if self.callback_url.is_some() {
            Flow::Redirect
        } else {
            Flow::Iframe
        }
    }
}

/// A form URL that carries a signature. Only a signer or [`FormUrl::parse`] makes one; whether the
/// signature holds is known to who has the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormUrl {
    request: FormRequest,
    signature: Signature,
}

impl FormUrl {
    /// The longest text that is read, in bytes.
    pub const MAX_LENGTH: usize = 16 * 1024;

    /// What the URL asks.
    #[must_use]
    pub fn request(&self) -> &FormRequest {
        &self.request
    }

    /// What the URL is signed with.
    #[must_use]
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// The same URL in another language, which is not signed.
    #[must_use]
    pub fn with_language(mut self, language: Language) -> Self {
        self.request.language = language;
        self
    }

    /// The URL as text: known parameters in the provider's order, then the others.
    #[must_use]
    pub fn to_text(&self) -> String {
        let request = &self.request;
        let mut text = request.host.to_text();
        text.push_str("/form?");
        push_pair(&mut text, AGENT_ID, request.agent_id.as_str());
        push_pair(&mut text, REQUEST_ID, &request.request_id.to_text());
        push_pair(&mut text, LANGUAGE, request.language.as_str());
        if let Some(callback_url) = &request.callback_url {
            push_pair(&mut text, CALLBACK_URL, callback_url.as_str());
        }
        for (name, value) in &request.parameters {
            push_pair(&mut text, name, value);
        }
        push_pair(&mut text, SIGNATURE, self.signature.as_str());
        text
    }
}

impl fmt::Display for FormUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

fn push_pair(text: &mut String, name: &str, value: &str) {
    if !text.ends_with('?') {
        text.push('&');
    }
    percent::encode_into(text, name);
    text.push('=');
    percent::encode_into(text, value);
}

#[cfg(test)]
mod tests;
