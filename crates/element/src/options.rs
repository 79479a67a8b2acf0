use alloc::borrow::ToOwned;

use pantoken_frame::{FormOptions, FormSource, LineReader, Lines, SessionSource};
use pantoken_protocol::{Flow, FormOrigins, FormUrl, Language, Origin, parse_count};

/// Reads the element's attributes. One that cannot be read counts as not there, and the developer is
/// told; only a form URL has to be right.
pub(crate) fn read(attributes: &str, complaints: &mut Lines) -> FormOptions {
    let mut lines = LineReader::new(attributes);
    // An empty attribute is none.
    let mut next = || Some(lines.line()).filter(|text| !text.is_empty());
    let (form_url, session_url) = (next(), next());
    let (language, title) = (next(), next());
    let (ready_timeout, form_origin) = (next(), next());
    let (flow, return_url) = (next(), next());
    let mut wrong = |reason| complaints.push("complain", &[reason]);
    let flow = match flow {
        None | Some("iframe") => Flow::Iframe,
        Some("redirect") => Flow::Redirect,
        Some(_) => {
            wrong("flow is iframe or redirect");
            Flow::Iframe
        }
    };
    let language = language.and_then(|text| {
        let language = Language::parse(text).ok();
        if language.is_none() {
            wrong("language is one of ru, en, kz");
        }
        language
    });
    let ready_timeout = ready_timeout.and_then(|text| {
        let milliseconds = parse_count(text);
        if milliseconds.is_none() {
            wrong("ready-timeout is no number of milliseconds");
        }
        milliseconds
    });
    let form_origin = form_origin.and_then(|text| {
        let origin = Origin::parse(text).ok();
        if origin.is_none() {
            wrong("form-origin is no origin such as https://forms.example.kz");
        }
        origin
    });
    let session = session_url.map(|endpoint| SessionSource {
        endpoint: endpoint.to_owned(),
        flow,
        return_url: return_url.map(ToOwned::to_owned),
    });
    FormOptions {
        source: source(form_url, session),
        language,
        title: title.map(ToOwned::to_owned),
        ready_timeout: ready_timeout.unwrap_or(FormOptions::READY_TIMEOUT),
        form_origins: FormOrigins::with_extra(form_origin),
    }
}

fn source(form_url: Option<&str>, session: Option<SessionSource>) -> FormSource {
    match (form_url.map(FormUrl::parse), session) {
        (Some(Ok(form_url)), _) => FormSource::FormUrl(form_url),
        (Some(Err(error)), _) => {
            FormSource::Unreadable(["form-url is wrong in ", error.part()].concat())
        }
        (None, Some(session)) => FormSource::Session(session),
        (None, None) => FormSource::Unreadable("neither form-url nor session-url is there".into()),
    }
}
