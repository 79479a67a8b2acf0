use alloc::borrow::ToOwned;
use alloc::string::String;

use pantoken_a2c::{Flow, FormOrigins, FormUrl, Language};

use crate::session::{HostedForm, Session};
use crate::texts::{Text, Texts};

/// Where a form comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum FormSource {
    /// A form URL that a server signed.
    FormUrl(FormUrl),
    /// A session endpoint, which creates the form URL and receives the result.
    Endpoint(SessionOptions),
    /// A session that a back end made.
    Session(Session),
    /// Nothing that can be read. The text says why, in English, for developers.
    Unreadable(String),
    /// A session with a form that this version cannot show.
    UnknownForm,
}

/// A session endpoint, and how the page shows its forms.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionOptions {
    /// The URL of `POST /v1/sessions`. For a [`FormMachine`](crate::FormMachine) it is absolute, as a URL
    /// parser writes it.
    pub endpoint: String,
    /// Whether the form is inside the page or on a page of the provider's.
    pub flow: Flow,
    /// Where the redirect flow ends. Defaults to the page's own URL without its query.
    pub return_url: Option<String>,
}

impl From<&str> for SessionOptions {
    /// Shows the endpoint's forms inside the page.
    fn from(endpoint: &str) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            flow: Flow::Iframe,
            return_url: None,
        }
    }
}

/// Which form to show, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct FormOptions {
    /// Where the form comes from.
    pub source: FormSource,
    /// The form's language. Defaults to the form URL's own, or else to Russian.
    pub language: Option<Language>,
    /// The iframe's title. Defaults to one in the form's language.
    pub title: Option<String>,
    /// How long to wait for the form's Ready, in milliseconds.
    pub ready_timeout: u32,
    /// The origins on which a form URL is accepted.
    pub form_origins: FormOrigins,
    /// Whether the event of a saved card has the token where a server has it already.
    pub token_in_page: bool,
}

impl FormOptions {
    /// The default of [`Self::ready_timeout`], in milliseconds.
    pub const READY_TIMEOUT: u32 = 15_000;

    /// Returns the default options for this source.
    #[must_use]
    pub fn new(source: FormSource) -> Self {
        Self {
            source,
            language: None,
            title: None,
            ready_timeout: Self::READY_TIMEOUT,
            form_origins: FormOrigins::default(),
            token_in_page: false,
        }
    }

    /// Returns the language of the form and of the texts around it.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language.unwrap_or_else(|| match &self.source {
            FormSource::FormUrl(form_url)
            | FormSource::Session(Session {
                form: HostedForm::A2c(form_url),
                ..
            }) => form_url.language(),
            _ => Language::default(),
        })
    }

    /// Returns what the customer reads around the form.
    #[must_use]
    pub fn texts(&self) -> Texts {
        Texts::of(self.language())
    }

    /// Returns the iframe's title.
    #[must_use]
    pub fn title(&self) -> &str {
        match &self.title {
            Some(title) => title,
            None => self.texts().get(Text::Title),
        }
    }

    /// Returns the flow in which the form opens first.
    pub(crate) fn flow(&self) -> Flow {
        match &self.source {
            FormSource::Endpoint(options) => options.flow,
            FormSource::Session(session) => session.flow(),
            _ => Flow::Iframe,
        }
    }

    /// Returns the session endpoint, if there is one.
    pub(crate) fn endpoint(&self) -> Option<&str> {
        match &self.source {
            FormSource::Endpoint(options) => Some(&options.endpoint),
            _ => None,
        }
    }
}
