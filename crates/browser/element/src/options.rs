use alloc::borrow::ToOwned;
use alloc::string::String;
use core::array;

use pantoken_a2c::{Flow, FormOrigins, FormUrl, Language, Origin};
use pantoken_core::{decimal::parse_count, text};
use pantoken_widget::{FormOptions, FormSource, LineReader, Lines, SessionSource};

/// Reads the element's attributes. One that cannot be read counts as not there, and the developer is
/// told; only a form URL has to be right.
pub(crate) fn read(attributes: &str, complaints: &mut Lines) -> FormOptions {
    let mut lines = LineReader::new(attributes);
    let [
        form_url,
        session_url,
        language,
        title,
        ready_timeout,
        form_origin,
        flow,
        return_url,
    ] = array::from_fn(|_| lines.line());
    let mut told = |name, text: &str, is_read: bool| {
        if !is_read && !text.is_empty() {
            complaints.push("complain", &[name, "cannot be read"]);
        }
    };
    let is_redirect = flow == Flow::Redirect.as_str();
    told("flow", flow, is_redirect || flow == Flow::Iframe.as_str());
    let read_language = Language::parse(language).ok();
    told("language", language, read_language.is_some());
    let milliseconds = parse_count(ready_timeout);
    told("ready-timeout", ready_timeout, milliseconds.is_some());
    let origin = Origin::parse(form_origin).ok();
    told("form-origin", form_origin, origin.is_some());
    FormOptions {
        source: source(form_url, session_url, is_redirect, return_url),
        language: read_language,
        title: given(title),
        ready_timeout: milliseconds.unwrap_or(FormOptions::READY_TIMEOUT),
        form_origins: FormOrigins::with_extra(origin),
    }
}

fn source(form_url: &str, session_url: &str, is_redirect: bool, return_url: &str) -> FormSource {
    if !form_url.is_empty() {
        return match FormUrl::parse(form_url) {
            Ok(form_url) => FormSource::FormUrl(form_url),
            Err(error) => {
                FormSource::Unreadable(text::join(&["form-url is wrong in ", error.part()]))
            }
        };
    }
    if session_url.is_empty() {
        return FormSource::Unreadable("no form-url, no session-url".into());
    }
    FormSource::Session(SessionSource {
        endpoint: session_url.to_owned(),
        flow: if is_redirect {
            Flow::Redirect
        } else {
            Flow::Iframe
        },
        return_url: given(return_url),
    })
}

/// An empty attribute is none.
fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
