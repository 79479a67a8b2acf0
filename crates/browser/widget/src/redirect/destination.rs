use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use pantoken_a2c::{Flow, FormId, FormOrigins, FormUrl, HostCode, Language};

use crate::answer::{A2C, PAYIN, QIWI_PAY, RawAnswer};
use crate::order::Order;
use crate::payin::{self, PayinForm};
use crate::policy::WRONG_ORIGIN;
use crate::session::HostedForm;

/// The origins of qiwi-pay's own pages.
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
#[derive(Clone, PartialEq)]
pub struct Destination {
    /// A form of qiwi-pay has a URL and a request id by the same rules as one of payin.
    form: HostedForm,
    /// What is posted: only qiwi-pay has any.
    fields: Vec<(String, String)>,
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
            Self::UnknownForm => "the session's field `form` must be a2c, payin or qiwi-pay",
            Self::NoSession => {
                "the session must have formUrl and its requestId, as the answer of POST /v1/sessions of pantoken has"
            }
            Self::FormUrl => {
                "the form URL must be visible ASCII and start with https:// (or http:// on loopback)"
            }
            Self::Flow => {
                "the form URL is for the iframe flow: ask for a session with flow redirect"
            }
            Self::Origin => WRONG_ORIGIN,
            Self::Fields => {
                "a qiwi-pay session must have `method` POST and `fields`: 1 to 64 names of letters, digits and `_`, whose values are texts of up to 4096 bytes without control characters"
            }
        }
    }

    /// Returns the code of the error that the page is told.
    pub(crate) fn code(self) -> HostCode {
        match self {
            Self::FormUrl | Self::Flow | Self::Origin => HostCode::InvalidFormUrl,
            _ => HostCode::SessionFailed,
        }
    }
}

impl Destination {
    /// Leads to a2c's page of this form URL, which must be for the redirect flow.
    ///
    /// # Errors
    /// Returns [`DestinationError::Flow`] if it is for the iframe flow.
    pub fn a2c(form_url: FormUrl) -> Result<Self, DestinationError> {
        match form_url.flow() {
            Flow::Redirect => Ok(Self {
                form: HostedForm::A2c(form_url),
                fields: Vec::new(),
            }),
            Flow::Iframe => Err(DestinationError::Flow),
        }
    }

    /// Leads to payin's page with this URL.
    ///
    /// # Errors
    /// Returns [`DestinationError::FormUrl`] for a URL that is neither `https` nor on loopback, and for an
    /// empty request id.
    pub fn payin(form_url: &str, request_id: &str) -> Result<Self, DestinationError> {
        let form = PayinForm::read(form_url, request_id).ok_or(DestinationError::FormUrl)?;
        Ok(Self {
            form: HostedForm::Payin(form),
            fields: Vec::new(),
        })
    }

    /// Leads to qiwi-pay's page with this URL, by posting these fields.
    ///
    /// # Errors
    /// Returns [`DestinationError::FormUrl`] as [`Self::payin`] does, and [`DestinationError::Fields`] for
    /// fields that would not arrive as they are.
    pub fn qiwi_pay(
        form_url: &str,
        order_id: &str,
        fields: Vec<(String, String)>,
    ) -> Result<Self, DestinationError> {
        let destination = Self::payin(form_url, order_id)?;
        let fit = |(name, value): &(String, String)| is_name(name) && is_value(value);
        if !matches!(fields.len(), 1..=MAX_FIELDS) || !fields.iter().all(fit) {
            return Err(DestinationError::Fields);
        }
        Ok(Self {
            fields,
            ..destination
        })
    }

    /// Reads the server's 201 answer, in the dialect that its field `form` names.
    ///
    /// # Errors
    /// Returns [`DestinationError`] with the first problem.
    pub fn read(answer: &RawAnswer) -> Result<Self, DestinationError> {
        let (form_url, request_id) = (&answer.form_url, &answer.request_id);
        if form_url.is_empty() || request_id.is_empty() {
            return Err(DestinationError::NoSession);
        }
        match answer.form.as_str() {
            "" | A2C => {
                let form_url = FormUrl::parse(form_url).map_err(|_| DestinationError::FormUrl)?;
                if form_url.request_id().to_text() != *request_id {
                    return Err(DestinationError::NoSession);
                }
                Self::a2c(form_url)
            }
            PAYIN => Self::payin(form_url, request_id),
            QIWI_PAY => {
                let mut fields = Vec::new();
                for (name, value) in &answer.fields {
                    let value = value.clone().ok_or(DestinationError::Fields)?;
                    fields.push((name.clone(), value));
                }
                if answer.method != "POST" {
                    fields.clear();
                }
                Self::qiwi_pay(form_url, request_id, fields)
            }
            _ => Err(DestinationError::UnknownForm),
        }
    }

    /// Returns the id of the request that the page is for.
    pub(crate) fn request_id(&self) -> FormId {
        match &self.form {
            HostedForm::A2c(form_url) => form_url.request_id().into(),
            HostedForm::Payin(form) => form.request_id.clone(),
        }
    }

    /// Returns the language of the form, where the session decides it.
    pub(crate) fn language(&self) -> Option<Language> {
        match &self.form {
            HostedForm::A2c(form_url) => Some(form_url.language()),
            HostedForm::Payin(_) => None,
        }
    }

    /// Returns whether the browser may be led there.
    pub(crate) fn is_allowed(&self, origins: &FormOrigins) -> bool {
        match &self.form {
            HostedForm::A2c(form_url) => origins.allows(form_url.origin()),
            HostedForm::Payin(form) if self.fields.is_empty() => {
                origins.allows_of(&payin::ORIGINS, &form.origin)
            }
            HostedForm::Payin(form) => origins.allows_of(&QIWI_PAY_ORIGINS, &form.origin),
        }
    }

    /// Returns the URL that a form is posted to, if one is.
    pub(crate) fn posts_to(&self) -> Option<&str> {
        match &self.form {
            HostedForm::Payin(form) if !self.fields.is_empty() => Some(&form.url),
            _ => None,
        }
    }

    /// Returns what leads the browser there.
    pub(crate) fn order(&self, language: Language) -> Order {
        let url = match &self.form {
            HostedForm::A2c(form_url) => form_url.text_in(language),
            HostedForm::Payin(form) => form.url.clone(),
        };
        if self.fields.is_empty() {
            return Order::Navigate { url };
        }
        Order::SubmitForm {
            url,
            fields: self.fields.clone(),
        }
    }
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Destination(…)")
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
