//! The signed form URL: what is asked ([`FormRequest`]), what is signed ([`SignedRequest`]), and what
//! a page may open ([`FormUrl`]).
//! Source: protocol.md, "Signed form URL".

mod callback_url;
mod error;
mod form_host;
mod request;
mod signature;

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

pub use callback_url::{CallbackUrl, CallbackUrlError};
pub use error::FormUrlError;
pub use form_host::{FormHost, FormHostError};
pub use request::{FormRequest, SignedRequest};
pub use signature::{Signature, SignatureError};

use crate::{Language, Origin, RequestId, cut};

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

/// A form URL that carries a signature. Only a signer or [`FormUrl::parse`] makes one; whether the
/// signature holds is known to who has the secret.
///
/// It knows what a page has to know to open it, because a page is paid for by the byte;
/// [`SignedRequest`] knows the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormUrl {
    before_language: String,
    language: Language,
    after_language: String,
    origin: Origin,
    request_id: RequestId,
    flow: Flow,
}

impl FormUrl {
    /// The longest text that is read, in bytes.
    pub const MAX_LENGTH: usize = 16 * 1024;

    /// Reads a form URL, whoever wrote it; the order of its parameters does not matter.
    ///
    /// Its text is kept as it came, so that a browser opens what was read here: visible ASCII
    /// without a fragment, each parameter's name in its one plain spelling. A missing language is
    /// Russian, and is added at the end.
    ///
    /// # Errors
    /// [`FormUrlError`] naming the first part that is wrong.
    pub fn parse(text: &str) -> Result<Self, FormUrlError> {
        if text.len() > Self::MAX_LENGTH {
            return Err(FormUrlError::Length);
        }
        if !text.bytes().all(is_url_byte) {
            return Err(FormUrlError::Character);
        }
        let (origin, tail) = Origin::split(text).map_err(FormHostError::from)?;
        let (path, query) = cut::around(tail, b'?').ok_or(FormUrlError::Shape)?;
        if !path.ends_with("/form") {
            return Err(FormUrlError::Shape);
        }
        let [agent_id, request_id, language, callback_url, signature] = read_known(query)?;
        let missing = |name| FormUrlError::Missing(name);
        if agent_id.is_none_or(|agent_id| agent_id.value.is_empty()) {
            return Err(missing(AGENT_ID));
        }
        let request_id = RequestId::parse(request_id.ok_or(missing(REQUEST_ID))?.value)?;
        Signature::check(signature.ok_or(missing(SIGNATURE))?.value)?;
        let (before_language, language, after_language) = match language {
            Some(Known { value, rest }) => {
                let end = text.len() - rest;
                let before = text.get(..end - value.len()).unwrap_or_default();
                let after = text.get(end..).unwrap_or_default();
                (before.to_owned(), Language::parse(value)?, after)
            }
            None => ([text, "&language="].concat(), Language::default(), ""),
        };
        Ok(Self {
            before_language,
            language,
            after_language: after_language.to_owned(),
            origin,
            request_id,
            flow: if callback_url.is_some() {
                Flow::Redirect
            } else {
                Flow::Iframe
            },
        })
    }

    /// The same URL in another language, which is not signed.
    #[must_use]
    pub fn with_language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// The URL as text.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.text_in(self.language)
    }

    /// The URL as text, in another language, which is not signed.
    #[must_use]
    pub fn text_in(&self, language: Language) -> String {
        let parts = [
            &self.before_language,
            language.as_str(),
            &self.after_language,
        ];
        parts.concat()
    }

    /// The origin that the form's messages come from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
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

    /// How the customer meets the form.
    #[must_use]
    pub fn flow(&self) -> Flow {
        self.flow
    }
}

impl fmt::Display for FormUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

/// The value of a parameter that we know, and how many bytes follow it.
#[derive(Clone, Copy)]
struct Known<'a> {
    value: &'a str,
    rest: usize,
}

/// The parameters of [`KNOWN`], in its order.
fn read_known(query: &str) -> Result<[Option<Known<'_>>; KNOWN.len()], FormUrlError> {
    let mut known = [None; KNOWN.len()];
    let mut rest = query;
    while !rest.is_empty() {
        let (pair, after) = cut::around(rest, b'&').unwrap_or((rest, ""));
        let value_rest = rest.len() - pair.len();
        rest = after;
        let (name, value) = cut::around(pair, b'=').unwrap_or((pair, ""));
        if !is_parameter_name(name) {
            return Err(FormUrlError::Parameter);
        }
        let slots = KNOWN.into_iter().zip(&mut known);
        for (_, slot) in slots.filter(|(known, _)| *known == name) {
            if slot.is_some() {
                return Err(FormUrlError::Repeated);
            }
            *slot = Some(Known {
                value,
                rest: value_rest,
            });
        }
    }
    Ok(known)
}

/// What a browser leaves as it is, and nothing that ends a query.
fn is_url_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'#' | b'\\')
}

/// One or more unreserved characters, so that a name has one spelling, and two are the same exactly
/// when their texts are.
fn is_parameter_name(name: &str) -> bool {
    let unreserved =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    !name.is_empty() && name.bytes().all(unreserved)
}

#[cfg(test)]
mod tests;
