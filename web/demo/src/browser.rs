//! The page's access to the browser: its address, language, clipboard and clock.

use gloo::utils::{document, document_element, window};
use pantoken_widget::FormOptions;
use pantoken_yew::Language;
use web_sys::{Element, UrlSearchParams};

/// The outcome with which a customer returned from the provider's page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Return {
    pub(crate) request_id: String,
    pub(crate) status: String,
}

pub(crate) fn app_root() -> Option<Element> {
    document().get_element_by_id("app")
}

/// Returns the language in the address. Without one it is the browser's, or else Russian.
pub(crate) fn language() -> Language {
    let named = query("lang").and_then(|text| Language::parse(&text).ok());
    let browser = || Language::from_html_lang(window().navigator().language()?.get(..2)?);
    named.or_else(browser).unwrap_or_default()
}

/// Returns how long to wait for the form, in milliseconds. The address can override the default.
pub(crate) fn ready_timeout() -> u32 {
    let named = query("ready-timeout").and_then(|text| text.parse().ok());
    named.unwrap_or(FormOptions::READY_TIMEOUT)
}

/// Sets the document's language, for screen readers, and keeps it in the address for a reload.
pub(crate) fn keep_language(language: Language) {
    // It fails only for an invalid attribute name.
    let _ = document_element().set_attribute("lang", language.html_lang());
    replace_address(&address(language));
}

/// Returns the page's address in this language, without the parameters of a return.
pub(crate) fn address(language: Language) -> String {
    let origin = window().location().origin().unwrap_or_default();
    [&origin, "/?lang=", language.as_str()].concat()
}

/// Reads the parameters with which the server led the customer back to this page.
pub(crate) fn returned() -> Option<Return> {
    Some(Return {
        request_id: query("requestId")?,
        status: query("status")?,
    })
}

pub(crate) fn copy(text: &str) {
    let _ = window().navigator().clipboard().write_text(text);
}

/// Returns the time of day as `HH:MM:SS`.
pub(crate) fn time() -> String {
    let now = js_sys::Date::new_0();
    let two = |number: u32| format!("{number:02}");
    [
        two(now.get_hours()),
        two(now.get_minutes()),
        two(now.get_seconds()),
    ]
    .join(":")
}

fn replace_address(url: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&js_sys::Object::new(), "", Some(url));
    }
}

fn query(name: &str) -> Option<String> {
    let search = window().location().search().ok()?;
    UrlSearchParams::new_with_str(&search).ok()?.get(name)
}
