use alloc::borrow::ToOwned;
use alloc::string::String;

use pantoken_a2c::{Flow, FormOrigins, FormUrl, Language, Origin};
use pantoken_core::decimal::parse_count;
use pantoken_core::text::join;
use pantoken_widget::{FormOptions, FormSource, SessionOptions};

use crate::order_list::OrderList;

/// Reads an attribute of the element by its name.
pub(crate) type Attributes<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Returns the form that the attributes describe. An attribute that cannot be read counts as missing, and
/// `orders` tell the page's developer; only a wrong `form-url` prevents the form.
pub(crate) fn read(attributes: Attributes<'_>, orders: &mut OrderList) -> FormOptions {
    // An empty attribute is a missing one.
    let get = |name| attributes(name).filter(|text| !text.is_empty());
    let mut check = |name, text: Option<String>, is_read: bool| {
        if text.is_some() && !is_read {
            orders.log_error(name, "is ignored because it cannot be read");
        }
    };
    let text = get("flow");
    let flow = text.as_deref().and_then(parse_flow);
    check("flow", text, flow.is_some());
    let text = get("language");
    let language = text.as_deref().and_then(|text| Language::parse(text).ok());
    check("language", text, language.is_some());
    let text = get("ready-timeout");
    let ready_timeout = text.as_deref().and_then(parse_count);
    check("ready-timeout", text, ready_timeout.is_some());
    let text = get("form-origin");
    let form_origin = text.as_deref().and_then(|text| Origin::parse(text).ok());
    check("form-origin", text, form_origin.is_some());

    FormOptions {
        source: match (get("form-url"), get("session-url")) {
            (Some(form_url), _) => read_form_url(&form_url),
            (None, Some(endpoint)) => FormSource::Session(SessionOptions {
                endpoint,
                flow: flow.unwrap_or(Flow::Iframe),
                return_url: get("return-url"),
            }),
            (None, None) => FormSource::Unreadable("no form-url, no session-url".to_owned()),
        },
        language,
        title: get("title"),
        ready_timeout: ready_timeout.unwrap_or(FormOptions::READY_TIMEOUT),
        form_origins: FormOrigins::with_extra(form_origin),
    }
}

/// The reason names the wrong part and never repeats its text, which could hold a card number.
fn read_form_url(text: &str) -> FormSource {
    match FormUrl::parse(text) {
        Ok(form_url) => FormSource::FormUrl(form_url),
        Err(error) => FormSource::Unreadable(join(&["form-url is wrong in ", error.part()])),
    }
}

fn parse_flow(text: &str) -> Option<Flow> {
    [Flow::Iframe, Flow::Redirect]
        .into_iter()
        .find(|flow| flow.as_str() == text)
}
