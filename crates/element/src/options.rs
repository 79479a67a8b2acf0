use alloc::string::String;

use pantoken_frame::{FormOptions, FormSource, FrameOptions};
use pantoken_protocol::{FormError, FormUrl, HostCode, Language, Origin};
use web_sys::Element;

use crate::console::complain;

/// What the element's attributes ask for.
pub(crate) struct Options {
    /// The language in which the customer meets the form.
    pub(crate) language: Language,
    /// The form, or why there can be none.
    pub(crate) form: Result<FormOptions, FormError>,
}

impl Options {
    /// Reads the attributes. One that cannot be read counts as not there, and the developer is told;
    /// only a form URL has to be right.
    pub(crate) fn read(host: &Element) -> Self {
        let language = text(host, "language").and_then(|text| {
            let language = Language::parse(&text).ok();
            language.or_else(|| wrong("language is one of ru, en, kz"))
        });
        let form_origin = text(host, "form-origin").and_then(|text| {
            let origin = Origin::parse(&text).ok();
            origin.or_else(|| wrong("form-origin is no origin such as https://forms.example.kz"))
        });
        let ready_timeout = text(host, "ready-timeout").and_then(|text| {
            let milliseconds = text.parse().ok().filter(|milliseconds| *milliseconds > 0);
            milliseconds.or_else(|| wrong("ready-timeout is no number of milliseconds"))
        });
        let form = source(host).map(|source| FormOptions {
            source,
            language,
            title: text(host, "title"),
            ready_timeout: ready_timeout.unwrap_or(FrameOptions::READY_TIMEOUT),
            form_origin,
        });
        let of_form = || form.as_ref().map(FormOptions::language).unwrap_or_default();
        Self {
            language: language.unwrap_or_else(of_form),
            form,
        }
    }
}

fn source(host: &Element) -> Result<FormSource, FormError> {
    if let Some(form_url) = text(host, "form-url") {
        let form_url = FormUrl::parse(&form_url);
        return form_url
            .map(FormSource::FormUrl)
            .map_err(|error| no_form(&["form-url is wrong in ", error.part()].concat()));
    }
    text(host, "session-url")
        .map(FormSource::Session)
        .ok_or_else(|| no_form("neither form-url nor session-url is there"))
}

fn no_form(reason: &str) -> FormError {
    FormError::host(None, HostCode::InvalidFormUrl, reason)
}

/// An empty attribute is none.
fn text(host: &Element, name: &str) -> Option<String> {
    host.get_attribute(name).filter(|text| !text.is_empty())
}

fn wrong<T>(reason: &str) -> Option<T> {
    complain(reason);
    None
}
