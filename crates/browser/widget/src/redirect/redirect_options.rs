use alloc::string::String;

use pantoken_a2c::{FormOrigins, Language};

use super::destination::{Destination, DestinationError};

/// Where a button leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum RedirectSource {
    /// A session endpoint, which is asked when the customer presses the button.
    Endpoint {
        /// Its URL. For a [`RedirectMachine`](super::RedirectMachine) it is absolute, as a URL parser writes
        /// it.
        url: String,
        /// Where the provider's page leads back to. Defaults to the page's own URL without its query.
        return_url: Option<String>,
    },
    /// A session that a back end made.
    Session(Destination),
    /// A session that cannot be read.
    Unreadable(DestinationError),
}

/// Where a button leads to, and in which language.
#[derive(Clone, Debug, PartialEq)]
pub struct RedirectOptions {
    /// Where the button leads to.
    pub source: RedirectSource,
    /// The form's language. Defaults to the form URL's own, or else to Russian.
    pub language: Option<Language>,
    /// The origins on which a form URL is accepted.
    pub form_origins: FormOrigins,
}

impl RedirectOptions {
    /// Returns the default options for this source.
    #[must_use]
    pub fn new(source: RedirectSource) -> Self {
        Self {
            source,
            language: None,
            form_origins: FormOrigins::default(),
        }
    }

    /// Returns the language of the form and of the texts around the button.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language.unwrap_or_else(|| match &self.source {
            RedirectSource::Session(destination) => destination.language().unwrap_or_default(),
            _ => Language::default(),
        })
    }

    /// Returns the session endpoint, if there is one.
    pub(crate) fn endpoint(&self) -> Option<&str> {
        match &self.source {
            RedirectSource::Endpoint { url, .. } => Some(url),
            _ => None,
        }
    }
}
