//! The signed form URL: what is asked ([`FormRequest`]), what is signed ([`SignedRequest`]), and what
//! a page may open ([`FormUrl`]).
//! Source: docs/a2c.md, "Signed form URL".

mod callback_url;
mod error;
mod form_host;
mod request;
mod signature;

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use core::ops::Range;

use pantoken_core::{percent, text};

pub use callback_url::{CallbackUrl, CallbackUrlError};
pub use error::FormUrlError;
pub use form_host::{FormHost, FormHostError};
pub use request::{FormRequest, SignedRequest};
pub use signature::{Signature, SignatureError};

use crate::{Language, Origin, RequestId};

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
    text: String,
    /// Where the language stands in the text.
    language_at: Range<usize>,
    language: Language,
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
    /// without a fragment. A missing language is Russian, and is added at the end. The signature and
    /// extra parameters are [`SignedRequest::parse`]'s to judge: a page cannot, and the form says
    /// AGENT_SIGN_INVALID.
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
        let (path, query) = text::split_once(tail, b'?').ok_or(FormUrlError::Shape)?;
        if !path.ends_with("/form") {
            return Err(FormUrlError::Shape);
        }
        let mut known = [None; KNOWN.len()];
        let after_language = read_known(query, &mut known)?;
        let [agent_id, request_id, language, callback_url, signature] = known;
        let missing = |name| FormUrlError::Missing(name);
        if agent_id.unwrap_or_default().is_empty() {
            return Err(missing(AGENT_ID));
        }
        let request_id = RequestId::parse(request_id.ok_or(missing(REQUEST_ID))?)?;
        signature.ok_or(missing(SIGNATURE))?;
        let (text, end) = match language {
            Some(_) => (text.to_owned(), text.len() - after_language),
            None => {
                let text = text::join(&[text, "&language=ru"]);
                let end = text.len();
                (text, end)
            }
        };
        let language = language.unwrap_or("ru");
        Ok(Self {
            text,
            language_at: end - language.len()..end,
            language: Language::parse(language)?,
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
        let Range { start, end } = self.language_at;
        let before = self.text.get(..start).unwrap_or_default();
        let after = self.text.get(end..).unwrap_or_default();
        text::join(&[before, language.as_str(), after])
    }

    /// [`Self::to_text`], without a copy where its language stands in it already.
    #[cfg(feature = "serde")]
    pub(crate) fn as_text(&self) -> alloc::borrow::Cow<'_, str> {
        use alloc::borrow::Cow;
        match self.text.get(self.language_at.clone()) {
            Some(written) if written == self.language.as_str() => Cow::Borrowed(&self.text),
            _ => Cow::Owned(self.to_text()),
        }
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

/// Reads the parameters of [`KNOWN`], in its order, and gives how many bytes follow the language.
fn read_known<'a>(
    query: &'a str,
    known: &mut [Option<&'a str>; KNOWN.len()],
) -> Result<usize, FormUrlError> {
    let mut after_language = 0;
    let mut rest = query;
    while !rest.is_empty() {
        let (pair, after) = text::split_at_first(rest, |byte| byte == b'&');
        let (name, value) = text::split_once(pair, b'=').unwrap_or((pair, ""));
        for (known_name, slot) in KNOWN.iter().zip(known.iter_mut()) {
            if *known_name == name && slot.replace(value).is_some() {
                return Err(FormUrlError::Repeated);
            }
        }
        if name == LANGUAGE {
            after_language = after.len();
        }
        rest = after.get(1..).unwrap_or_default();
    }
    Ok(after_language)
}

/// What a browser leaves as it is, and nothing that ends a query.
fn is_url_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'#' | b'\\')
}

/// One or more unreserved characters, so that a name has one spelling, and two are the same exactly
/// when their texts are.
fn is_parameter_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(percent::is_unreserved)
}

#[cfg(test)]
mod tests;
