use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;

use pantoken_a2c::{Flow, FormOrigins, FormUrl, Language, Origin};
use pantoken_core::decimal::parse_count;
use pantoken_core::text::join;
use pantoken_widget::{
    Destination, FormMachine, FormOptions, FormSource, Machine, RawAnswer, RedirectMachine,
    RedirectOptions, RedirectSource, Session, SessionOptions,
};

/// Returns the form or the button that the attributes describe, and the names of those that are ignored because they
/// cannot be read; only a wrong `form-url` or `session` prevents the form.
pub(crate) fn read(
    attributes: &dyn Fn(&str) -> Option<String>,
    session: &dyn Fn(&str) -> RawAnswer,
) -> (Box<dyn Machine + Send>, [Option<&'static str>; 4]) {
    // An empty attribute is a missing one.
    let get = |name: &str| attributes(name).filter(|text| !text.is_empty());
    let (flow, wrong_flow) = parsed("flow", get("flow").as_deref(), parse_flow);
    let (language, wrong_language) = parsed("language", get("language").as_deref(), parse_language);
    let (ready_timeout, wrong_timeout) = parsed(
        "ready-timeout",
        get("ready-timeout").as_deref(),
        parse_count,
    );
    let (form_origin, wrong_origin) =
        parsed("form-origin", get("form-origin").as_deref(), |text| {
            Origin::parse(text).ok()
        });
    let page = get("page").unwrap_or_default();
    let form_origins = FormOrigins::with_extra(form_origin).on_page(&page);
    let ignored = [wrong_flow, wrong_language, wrong_timeout, wrong_origin];

    // The script tells a module for both which element this is. The other modules are for one kind of element, so the
    // compiler leaves out what the other kind needs.
    let is_button = match (cfg!(feature = "form"), cfg!(feature = "redirect")) {
        (true, true) => get("element").is_some(),
        (is_for_forms, _) => !is_for_forms,
    };
    if is_button {
        let source = match get("session-url") {
            Some(url) => RedirectSource::Endpoint {
                url,
                return_url: get("return-url"),
            },
            None => Destination::read(&session("session"))
                .map_or_else(RedirectSource::Unreadable, RedirectSource::Session),
        };
        let options = RedirectOptions {
            source,
            language,
            form_origins,
        };
        return (Box::new(RedirectMachine::new(options)), ignored);
    }
    let options = FormOptions {
        source: match (get("form-url"), get("session-url")) {
            (Some(form_url), _) => read_form_url(&form_url),
            (None, Some(endpoint)) => FormSource::Endpoint(SessionOptions {
                endpoint,
                flow: flow.unwrap_or(Flow::Iframe),
                return_url: get("return-url"),
            }),
            (None, None) => read_session(&session("session"), flow),
        },
        language,
        title: None,
        ready_timeout: ready_timeout.unwrap_or(FormOptions::READY_TIMEOUT),
        form_origins,
        token_in_page: get("token").as_deref() == Some("page"),
    };
    (Box::new(FormMachine::new(options)), ignored)
}

/// Returns the value of an attribute, and its name if there is none that can be read.
fn parsed<Value>(
    name: &'static str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Option<Value>,
) -> (Option<Value>, Option<&'static str>) {
    let value = text.and_then(parse);
    let is_wrong = text.is_some() && value.is_none();
    (value, is_wrong.then_some(name))
}

/// The reason names the wrong part and never repeats its text, which could hold a card number.
fn read_form_url(text: &str) -> FormSource {
    match FormUrl::parse(text) {
        Ok(form_url) => FormSource::FormUrl(form_url),
        Err(error) => FormSource::Unreadable(join(&["form-url is wrong in ", error.part()])),
    }
}

fn read_session(answer: &RawAnswer, flow: Option<Flow>) -> FormSource {
    match Session::read(answer, None) {
        Some(session) => FormSource::Session(session.with_flow(flow.unwrap_or(Flow::Iframe))),
        None if answer.has_unknown_form() => FormSource::UnknownForm,
        None => FormSource::Unreadable(
            "no form-url, no session-url, no session with formUrl, requestId, resultToken and resultUrl"
                .to_owned(),
        ),
    }
}

fn parse_flow(text: &str) -> Option<Flow> {
    [Flow::Iframe, Flow::Redirect]
        .into_iter()
        .find(|flow| flow.as_str() == text)
}

/// Kazakh is `kz` for the provider, and `kk` for everybody else.
fn parse_language(text: &str) -> Option<Language> {
    let text = if text == "kk" { "kz" } else { text };
    Language::parse(text).ok()
}
