//! What the page asks of the browser.

use pantoken_widget::FormOptions;
use pantoken_yew::Language;
use web_sys::{Element, UrlSearchParams, Window};

/// How a customer came back from the provider's page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Return {
    pub(crate) request_id: String,
    pub(crate) status: String,
}

pub(crate) fn app_root() -> Option<Element> {
    window()?.document()?.get_element_by_id("app")
}

/// The language that the address names, or else the browser's, or else Russian.
pub(crate) fn language() -> Language {
    let named = query("lang").and_then(|text| Language::parse(&text).ok());
    let browser = || window().and_then(|window| window.navigator().language());
    named.unwrap_or_else(|| match browser().as_deref().and_then(|tag| tag.get(..2)) {
        Some("en") => Language::En,
        Some("kk") => Language::Kz,
        _ => Language::Ru,
    })
}

/// How long to wait for the form, in milliseconds: as the address says, else the usual time.
pub(crate) fn ready_timeout() -> u32 {
    let named = query("ready-timeout").and_then(|text| text.parse().ok());
    named.unwrap_or(FormOptions::READY_TIMEOUT)
}

/// Says the language to who hears the page, and keeps it in the address for a reload.
pub(crate) fn keep_language(language: Language) {
    let Some(document) = window().and_then(|window| window.document()) else {
        return;
    };
    if let Some(root) = document.document_element() {
        // It fails only for a name that is no attribute's.
        let _ = root.set_attribute("lang", language.html_lang());
    }
    replace_address(&address(language));
}

/// The page's own address in this language, without what a return added to it.
pub(crate) fn address(language: Language) -> String {
    let origin = window()
        .and_then(|window| window.location().origin().ok())
        .unwrap_or_default();
    [&origin, "/?lang=", language.as_str()].concat()
}

/// What the address says of a return, as long as it says so.
pub(crate) fn returned() -> Option<Return> {
    Some(Return {
        request_id: query("requestId")?,
        status: query("status")?,
    })
}

pub(crate) fn copy(text: &str) {
    if let Some(window) = window() {
        let _ = window.navigator().clipboard().write_text(text);
    }
}

/// The time of day as `HH:MM:SS`.
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
    let history = window().and_then(|window| window.history().ok());
    if let Some(history) = history {
        let _ = history.replace_state_with_url(&js_sys::Object::new(), "", Some(url));
    }
}

fn query(name: &str) -> Option<String> {
    let search = window()?.location().search().ok()?;
    UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

fn window() -> Option<Window> {
    web_sys::window()
}
