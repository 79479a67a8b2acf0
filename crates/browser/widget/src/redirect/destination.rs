use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use pantoken_a2c::{Flow, FormOrigins, FormUrl, Language, Origin};

use crate::answer::RawAnswer;
use crate::order::Order;

/// The origins of the providers' own pages.
const PAYIN_ORIGINS: [&str; 2] = ["https://payment.qiwi.com", "https://oplata.qiwi.com"];
const QIWI_PAY_ORIGINS: [&str; 1] = ["https://pay.qiwi.com"];

/// The most fields that are posted. A form of qiwi-pay has about thirty.
const MAX_FIELDS: usize = 64;
/// The longest name of a field, in bytes.
const MAX_NAME_LENGTH: usize = 64;
/// The longest value of a field, in bytes: that of qiwi-pay's receipt.
const MAX_VALUE_LENGTH: usize = 4_096;

/// A page of the provider's that a session leads to, and how a browser gets there.
///
/// Its `Debug` output leaves everything out, because fields may have tokens.
#[derive(Clone, PartialEq, Eq)]
pub struct Destination(Page);

#[derive(Clone, PartialEq, Eq)]
enum Page {
    A2c(FormUrl),
    Payin(PageUrl),
    QiwiPay(PageUrl, Vec<(String, String)>),
}

#[derive(Clone, PartialEq, Eq)]
struct PageUrl {
    text: String,
    origin: Origin,
}

/// The reason why an answer is no [`Destination`]. It never repeats the answer, which could hold a card
/// number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("{}", self.reason())]
pub enum DestinationError {
    /// The field `form` names a form that this version does not know.
    UnknownForm,
    /// There is no form URL, or its request is another one.
    NoSession,
    /// The form URL cannot be opened.
    FormUrl,
    /// The form URL of a2c is for the iframe flow.
    Flow,
    /// The form URL is on an origin that is not allowed.
    Origin,
    /// The method or the fields of a form cannot be posted.
    Fields,
}

impl DestinationError {
    /// Returns what is wrong and what was expected, in English, for developers.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::UnknownForm => {
                "the session's field `form` must be a2c, payin or qiwi-pay: this version of pantoken knows no other form"
            }
            Self::NoSession => {
                "the session must have formUrl and its requestId: session-url must lead to an endpoint that answers like POST /v1/sessions of pantoken"
            }
            Self::FormUrl => {
                "the form URL must be visible ASCII and start with https:// (or http:// on loopback)"
            }
            Self::Flow => {
                "the form URL is for the iframe flow: a session of the redirect flow has returnUrl"
            }
            Self::Origin => "the form URL is not on the provider's origins: see form-origin",
            Self::Fields => {
                "a qiwi-pay session must have `method` POST and 1 to 64 `fields`, whose names have up to 64 letters, digits and `_`, and whose values are texts of up to 4096 bytes without control characters"
            }
        }
    }

    /// Returns whether the form URL is to blame, and not the answer as a whole.
    pub(crate) fn is_about_the_form_url(self) -> bool {
        matches!(self, Self::FormUrl | Self::Flow | Self::Origin)
    }
}

impl Destination {
    /// Leads to a2c's page of this form URL, which must be for the redirect flow.
    ///
    /// # Errors
    /// Returns [`DestinationError::Flow`] if it is for the iframe flow.
    pub fn a2c(form_url: FormUrl) -> Result<Self, DestinationError> {
        match form_url.flow() {
            Flow::Redirect => Ok(Self(Page::A2c(form_url))),
            Flow::Iframe => Err(DestinationError::Flow),
        }
    }

    /// Leads to payin's page with this URL.
    ///
    /// # Errors
    /// Returns [`DestinationError::FormUrl`] for a URL that is neither `https` nor on loopback.
    pub fn payin(form_url: &str) -> Result<Self, DestinationError> {
        Ok(Self(Page::Payin(PageUrl::read(form_url)?)))
    }

    /// Leads to qiwi-pay's page with this URL, by posting these fields.
    ///
    /// # Errors
    /// Returns [`DestinationError::FormUrl`] for a URL that is neither `https` nor on loopback, and
    /// [`DestinationError::Fields`] for fields that would not arrive as they are.
    pub fn qiwi_pay(
        form_url: &str,
        fields: Vec<(String, String)>,
    ) -> Result<Self, DestinationError> {
        let page = PageUrl::read(form_url)?;
        let fit = matches!(fields.len(), 1..=MAX_FIELDS)
            && fields
                .iter()
                .all(|(name, value)| is_name(name) && is_value(value));
        fit.then_some(Self(Page::QiwiPay(page, fields)))
            .ok_or(DestinationError::Fields)
    }

    /// Reads the server's 201 answer, in the dialect that its field `form` names.
    ///
    /// # Errors
    /// Returns [`DestinationError`] with the first problem.
    pub fn read(answer: &RawAnswer) -> Result<Self, DestinationError> {
        if answer.form_url.is_empty() {
            return Err(DestinationError::NoSession);
        }
        match answer.form.as_str() {
            "" | "a2c" => {
                let form_url =
                    FormUrl::parse(&answer.form_url).map_err(|_| DestinationError::FormUrl)?;
                if form_url.request_id().to_text() != answer.request_id {
                    return Err(DestinationError::NoSession);
                }
                Self::a2c(form_url)
            }
            "payin" => Self::payin(&answer.form_url),
            "qiwi-pay" if answer.method == "POST" => {
                let fields = answer.fields.iter();
                let fields = fields.map(|(name, value)| Some((name.clone(), value.clone()?)));
                let fields = fields.collect::<Option<Vec<_>>>();
                Self::qiwi_pay(&answer.form_url, fields.ok_or(DestinationError::Fields)?)
            }
            "qiwi-pay" => Err(DestinationError::Fields),
            _ => Err(DestinationError::UnknownForm),
        }
    }

    /// Returns the language of the form, where the session decides it.
    pub(crate) fn language(&self) -> Option<Language> {
        match &self.0 {
            Page::A2c(form_url) => Some(form_url.language()),
            _ => None,
        }
    }

    /// Returns whether the browser may be led there.
    pub(crate) fn is_allowed(&self, origins: &FormOrigins) -> bool {
        match &self.0 {
            Page::A2c(form_url) => origins.allows(form_url.origin()),
            Page::Payin(page) => origins.allows_of(&PAYIN_ORIGINS, &page.origin),
            Page::QiwiPay(page, _) => origins.allows_of(&QIWI_PAY_ORIGINS, &page.origin),
        }
    }

    /// Returns what leads the browser there.
    pub(crate) fn order(&self, language: Language) -> Order {
        match &self.0 {
            Page::A2c(form_url) => Order::Navigate {
                url: form_url.text_in(language),
            },
            Page::Payin(page) => Order::Navigate {
                url: page.text.clone(),
            },
            Page::QiwiPay(page, fields) => Order::SubmitForm {
                url: page.text.clone(),
                fields: fields.clone(),
            },
        }
    }
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Destination(…)")
    }
}

impl PageUrl {
    /// The URL must be visible ASCII without a fragment, so that the browser opens exactly what was checked
    /// here.
    fn read(text: &str) -> Result<Self, DestinationError> {
        let fits = text.len() <= FormUrl::MAX_LENGTH
            && text
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'#' | b'\\'));
        match Origin::split(text) {
            Ok((origin, _)) if fits => Ok(Self {
                text: text.to_owned(),
                origin,
            }),
            _ => Err(DestinationError::FormUrl),
        }
    }
}

/// Browsers put the character encoding into a field that is called `_charset_`.
fn is_name(name: &str) -> bool {
    matches!(name.len(), 1..=MAX_NAME_LENGTH)
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !name.eq_ignore_ascii_case("_charset_")
}

/// Browsers change line breaks in what they post, and the signature would no longer fit.
fn is_value(value: &str) -> bool {
    value.len() <= MAX_VALUE_LENGTH && !value.bytes().any(|byte| byte.is_ascii_control())
}
