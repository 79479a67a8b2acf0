use alloc::borrow::ToOwned;
use alloc::string::String;

use pantoken_protocol::{Event, FormError, FormOrigins, FormUrl, Language, Origin, State};
use web_sys::Element;

use crate::card_frame::{CardFrame, FrameOptions};
use crate::session_frame::{SessionFrame, SessionOptions};
use crate::texts::Texts;

/// Where a form comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum FormSource {
    /// A form URL that a server signed.
    FormUrl(FormUrl),
    /// The URL of `POST /v1/sessions`, which gives a form URL and takes the result.
    Session(String),
}

/// What a [`Form`] shows.
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
    /// One more origin on which a form URL is accepted.
    pub form_origin: Option<Origin>,
}

impl FormOptions {
    /// The usual options for this source.
    #[must_use]
    pub fn new(source: FormSource) -> Self {
        Self {
            source,
            language: None,
            title: None,
            ready_timeout: FrameOptions::READY_TIMEOUT,
            form_origin: None,
        }
    }

    /// The language in which the customer meets the form.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language.unwrap_or_else(|| match &self.source {
            FormSource::FormUrl(form_url) => form_url.request().language(),
            FormSource::Session(_) => Language::default(),
        })
    }

    /// Whether the form is of a session, and not of one form URL.
    #[must_use]
    pub fn is_session(&self) -> bool {
        matches!(self.source, FormSource::Session(_))
    }
}

/// A form from either source in its iframe, as long as this lives.
#[must_use = "the form is taken away when this is dropped"]
pub enum Form {
    /// The form of a form URL.
    Card(CardFrame),
    /// The form of a session.
    Session(SessionFrame),
}

impl Form {
    /// Shows the form at the end of `parent` and tells `on_event` what happens.
    ///
    /// # Errors
    /// What [`CardFrame::mount`] finds wrong with a form URL.
    pub fn mount(
        parent: &Element,
        options: FormOptions,
        on_event: impl Fn(Event) + 'static,
    ) -> Result<Self, FormError> {
        let language = options.language();
        let form_origins = FormOrigins::with_extra(options.form_origin);
        let own_title = || Texts::of(language).title.to_owned();
        let title = options.title.unwrap_or_else(own_title);
        let ready_timeout = options.ready_timeout;
        match options.source {
            FormSource::FormUrl(form_url) => {
                let options = FrameOptions {
                    form_url: form_url.with_language(language),
                    form_origins,
                    title,
                    ready_timeout,
                };
                CardFrame::mount(parent, options, on_event).map(Self::Card)
            }
            FormSource::Session(endpoint) => {
                let options = SessionOptions {
                    endpoint,
                    language,
                    form_origins,
                    title,
                    ready_timeout,
                };
                let frame = SessionFrame::mount(parent, options, on_event);
                Ok(Self::Session(frame))
            }
        }
    }

    /// Loads the form afresh; with a session endpoint, in a new session.
    pub fn reload(&self) {
        match self {
            Self::Card(frame) => frame.reload(),
            Self::Session(frame) => frame.reload(),
        }
    }

    /// Where the form is.
    #[must_use]
    pub fn state(&self) -> State {
        match self {
            Self::Card(frame) => frame.state(),
            Self::Session(frame) => frame.state(),
        }
    }
}
