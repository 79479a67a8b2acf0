use alloc::borrow::ToOwned;
use alloc::string::String;

use pantoken_a2c::{Flow, FormOrigins, FormUrl, Language};

use crate::texts::{Text, Texts};

/// Where a form comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum FormSource {
    /// A form URL that a server signed.
    FormUrl(FormUrl),
    /// A session endpoint, which gives a form URL and takes the result.
    Session(SessionSource),
    /// Nothing that can be read, and why: for developers, in English.
    Unreadable(String),
}

/// A session endpoint, and how the customer meets its forms.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionSource {
    /// The URL of `POST /v1/sessions`, as `fetch` takes it.
    pub endpoint: String,
    /// Inside the page, or on a page of the provider's.
    pub flow: Flow,
    /// Where the redirect flow ends; the page's own URL, without its query, when there is none.
    pub return_url: Option<String>,
}

impl From<&str> for SessionSource {
    /// The endpoint's forms inside the page.
    fn from(endpoint: &str) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            flow: Flow::Iframe,
            return_url: None,
        }
    }
}

/// What a form shows.
#[derive(Clone, Debug, PartialEq)]
pub struct FormOptions {
    /// Where the form comes from.
    pub source: FormSource,
    /// The form's language; a form URL's own, or else Russian, when there is none.
    pub language: Option<Language>,
    /// The iframe's title; one in the form's language when there is none.
    pub title: Option<String>,
    /// How long to wait for the form's Ready, in milliseconds.
    pub ready_timeout: u32,
    /// The origins on which a form URL is accepted.
    pub form_origins: FormOrigins,
}

impl FormOptions {
    /// How long to wait for the form's Ready unless said otherwise, in milliseconds.
    pub const READY_TIMEOUT: u32 = 15_000;

    /// The usual options for this source.
    #[must_use]
    pub fn new(source: FormSource) -> Self {
        Self {
            source,
            language: None,
            title: None,
            ready_timeout: Self::READY_TIMEOUT,
            form_origins: FormOrigins::default(),
        }
    }

    /// The language in which the customer meets the form.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language.unwrap_or_else(|| match &self.source {
            FormSource::FormUrl(form_url) => form_url.language(),
            _ => Language::default(),
        })
    }

    /// What the customer reads around the form.
    #[must_use]
    pub fn texts(&self) -> Texts {
        Texts::of(self.language())
    }

    pub(crate) fn title(&self) -> &str {
        match &self.title {
            Some(title) => title,
            None => self.texts().get(Text::Title),
        }
    }
}
