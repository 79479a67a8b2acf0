//! The signed form URL: the request ([`FormRequest`]), the request with its signature
//! ([`SignedRequest`]), and the URL that a page opens ([`FormUrl`]).
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

/// The way in which the form is shown to the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flow {
    /// The form is in a frame on the agent's page.
    Iframe,
    /// The form is on the provider's site, which redirects the customer back afterwards.
    Redirect,
}

impl Flow {
    /// Returns the flow's name in the HTTP API: `iframe` or `redirect`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Iframe => "iframe",
            Self::Redirect => "redirect",
        }
    }
}

/// A form URL with a signature. It comes from a signer or from [`FormUrl::parse`]. Only holders of the
/// secret can check the signature.
///
/// It parses only what a page needs in order to open the form, to keep the page's download small.
/// [`SignedRequest`] parses the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormUrl {
    text: String,
    /// The position of the language in the text.
    language_at: Range<usize>,
    language: Language,
    origin: Origin,
    request_id: RequestId,
    flow: Flow,
}

impl FormUrl {
    /// The longest text that is read, in bytes.
    pub const MAX_LENGTH: usize = 16 * 1024;

    /// Reads a form URL from any source. The order of its parameters does not matter.
    ///
    /// The text must be visible ASCII without a fragment, and is kept unchanged, so that the browser opens
    /// exactly the URL that was checked here. If the language is missing, it is Russian and is added at the
    /// end. The signature and extra parameters are not validated, which [`SignedRequest::parse`] does. The
    /// form reports AGENT_SIGN_INVALID if the signature is wrong.
    ///
    /// # Errors
    /// Returns [`FormUrlError`] with the first problem.
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

    /// Changes the language. It is not signed, so the signature stays valid.
    #[must_use]
    pub fn with_language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// Returns the URL as text.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.text_in(self.language)
    }

    /// Returns the URL as text in another language. The language is not signed, so the signature stays
    /// valid.
    #[must_use]
    pub fn text_in(&self, language: Language) -> String {
        let Range { start, end } = self.language_at;
        let before = self.text.get(..start).unwrap_or_default();
        let after = self.text.get(end..).unwrap_or_default();
        text::join(&[before, language.as_str(), after])
    }

    /// Returns [`Self::to_text`], without a copy if the text has the right language already.
    #[cfg(feature = "serde")]
    pub(crate) fn as_text(&self) -> alloc::borrow::Cow<'_, str> {
        use alloc::borrow::Cow;
        match self.text.get(self.language_at.clone()) {
            Some(written) if written == self.language.as_str() => Cow::Borrowed(&self.text),
            _ => Cow::Owned(self.to_text()),
        }
    }

    /// Returns the origin that the form's messages come from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
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

    /// Returns the flow.
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

/// Reads the parameters of [`KNOWN`] in its order, and returns the number of bytes after the language.
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

/// Returns whether a browser leaves the byte unchanged, and it does not end a query.
fn is_url_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'#' | b'\\')
}

/// Returns whether the name is one or more unreserved characters. Such a name has only one spelling, so two
/// names are equal exactly when their texts are equal.
fn is_parameter_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(percent::is_unreserved)
}

#[cfg(test)]
mod tests;
