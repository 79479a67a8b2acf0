use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use pantoken_a2c::{Flow, FormOrigins, FormUrl, Language, Origin};
use pantoken_widget::{FormOptions, FormSource, SessionOptions, decode};
use wasm_bindgen::JsValue;

use crate::element_order::Problem;

/// The attributes of one element. An empty attribute is a missing one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// `form-url`
    pub form_url: Option<String>,
    /// `session-url`
    pub session_url: Option<String>,
    /// `language`
    pub language: Option<String>,
    /// `title`
    pub title: Option<String>,
    /// `ready-timeout`
    pub ready_timeout: Option<String>,
    /// `form-origin`
    pub form_origin: Option<String>,
    /// `flow`
    pub flow: Option<String>,
    /// `return-url`
    pub return_url: Option<String>,
}

impl Attributes {
    /// Reads the attributes from an object whose properties have their names.
    #[must_use]
    pub fn from_js(object: &JsValue) -> Self {
        Self::from_fn(|name| decode::text(object, name))
    }

    /// Reads each attribute by its name.
    pub fn from_fn(get: impl Fn(&str) -> Option<String>) -> Self {
        let get = |name| get(name).filter(|text| !text.is_empty());
        Self {
            form_url: get("form-url"),
            session_url: get("session-url"),
            language: get("language"),
            title: get("title"),
            ready_timeout: get("ready-timeout"),
            form_origin: get("form-origin"),
            flow: get("flow"),
            return_url: get("return-url"),
        }
    }

    /// Returns the form that the attributes describe. An attribute that cannot be read counts as missing
    /// and is a problem for the page's developer; only a wrong `form-url` prevents the form.
    ///
    /// No problem repeats the attribute's text: it could hold a card number.
    pub(crate) fn into_options(self) -> (FormOptions, Vec<Problem>) {
        let mut problems = Vec::new();
        let flow = read("flow", self.flow.as_deref(), parse_flow, &mut problems);
        let language = read(
            "language",
            self.language.as_deref(),
            |text| Language::parse(text).ok(),
            &mut problems,
        );
        let ready_timeout = read(
            "ready-timeout",
            self.ready_timeout.as_deref(),
            parse_milliseconds,
            &mut problems,
        );
        let form_origin = read(
            "form-origin",
            self.form_origin.as_deref(),
            |text| Origin::parse(text).ok(),
            &mut problems,
        );
        let options = FormOptions {
            source: source(self.form_url, self.session_url, flow, self.return_url),
            language,
            title: self.title,
            ready_timeout: ready_timeout.unwrap_or(FormOptions::READY_TIMEOUT),
            form_origins: FormOrigins::with_extra(form_origin),
        };
        (options, problems)
    }
}

fn read<Value>(
    name: &'static str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Option<Value>,
    problems: &mut Vec<Problem>,
) -> Option<Value> {
    let value = parse(text?);
    if value.is_none() {
        problems.push(Problem {
            subject: name.to_owned(),
            problem: "the attribute is ignored because it cannot be read".to_owned(),
        });
    }
    value
}

fn parse_flow(text: &str) -> Option<Flow> {
    [Flow::Iframe, Flow::Redirect]
        .into_iter()
        .find(|flow| flow.as_str() == text)
}

fn parse_milliseconds(text: &str) -> Option<u32> {
    pantoken_core::decimal::parse_count(text)
}

fn source(
    form_url: Option<String>,
    session_url: Option<String>,
    flow: Option<Flow>,
    return_url: Option<String>,
) -> FormSource {
    match (form_url, session_url) {
        (Some(form_url), _) => match FormUrl::parse(&form_url) {
            Ok(form_url) => FormSource::FormUrl(form_url),
            Err(error) => FormSource::Unreadable(["form-url is wrong in ", error.part()].concat()),
        },
        (None, Some(endpoint)) => FormSource::Session(SessionOptions {
            endpoint,
            flow: flow.unwrap_or(Flow::Iframe),
            return_url,
        }),
        (None, None) => {
            FormSource::Unreadable("there is neither form-url nor session-url".to_owned())
        }
    }
}
