use core::cell::Cell;

use pantoken_frame::{FormView, Listener, Texts};
use pantoken_protocol::Language;
use wasm_bindgen::JsValue;
use web_sys::{Document, Element};

/// What the element shows in its light DOM: a status, a retry button where one may help, and the
/// place of the frame.
pub(crate) struct ElementView {
    texts: &'static Texts,
    root: Element,
    status: Element,
    retry: Element,
    /// Where the form's frame belongs.
    pub(crate) frame: Element,
    /// What the status says, so that nothing is announced twice.
    said: Cell<&'static str>,
}

impl ElementView {
    /// Puts the parts at the end of `host`.
    pub(crate) fn show(host: &Element, language: Language) -> Result<Self, JsValue> {
        let document = host.owner_document().ok_or_else(JsValue::undefined)?;
        let texts = Texts::of(language);
        let root = create(&document, "div", "pantoken")?;
        root.set_attribute("lang", language.html_lang())?;
        let status = create(&document, "p", "pantoken-status")?;
        status.set_attribute("role", "status")?;
        let retry = create(&document, "button", "pantoken-retry")?;
        retry.set_attribute("type", "button")?;
        retry.set_text_content(Some(texts.retry));
        let frame = create(&document, "div", "pantoken-frame")?;
        root.append_child(&status)?;
        root.append_child(&frame)?;
        host.append_child(&root)?;
        Ok(Self {
            texts,
            root,
            status,
            retry,
            frame,
            said: Cell::new(""),
        })
    }

    /// Calls back when the customer wants to start over.
    pub(crate) fn on_retry(&self, callback: impl Fn() + 'static) -> Listener {
        Listener::new(&self.retry, "click", move |_| callback())
    }

    /// Shows where the form is.
    pub(crate) fn update(&self, view: &FormView, is_session: bool) {
        // An attribute's name that is one cannot be refused, nor a child that is no ancestor.
        let _ = self.root.set_attribute("aria-busy", view.aria_busy());
        let _ = self.root.set_attribute("data-state", view.state.as_str());
        let status = view.status(self.texts);
        if self.said.replace(status) != status {
            self.status.set_text_content(Some(status));
        }
        if view.may_retry(is_session) {
            let _ = self.root.insert_before(&self.retry, Some(&self.frame));
        } else {
            self.retry.remove();
        }
    }

    /// Takes everything away.
    pub(crate) fn remove(&self) {
        self.root.remove();
    }
}

fn create(document: &Document, name: &str, class: &str) -> Result<Element, JsValue> {
    let element = document.create_element(name)?;
    element.set_attribute("class", class)?;
    Ok(element)
}
