use pantoken_protocol::FormUrl;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, HtmlIFrameElement, Window};

use crate::listener::Listener;

/// All that a form needs, and never top navigation, so that a form cannot take the page away.
const SANDBOX: &str = "allow-scripts allow-forms allow-same-origin allow-popups allow-modals";

/// Set through the object model, because a strict CSP forbids the attribute.
/// The least size is the provider's: protocol.md, "Iframe flow".
const STYLE: [(&str, &str); 6] = [
    ("display", "block"),
    ("width", "100%"),
    ("height", "100%"),
    ("min-width", "320px"),
    ("min-height", "500px"),
    ("border", "0"),
];

/// The form's iframe in the page; taken away when dropped.
pub(crate) struct Iframe {
    element: HtmlIFrameElement,
    _load: Listener,
}

impl Iframe {
    /// Puts the frame at the end of `parent`; `on_load` runs each time a document has loaded in it.
    pub(crate) fn show(
        parent: &Element,
        form_url: &FormUrl,
        title: &str,
        on_load: impl Fn() + 'static,
    ) -> Result<Self, JsValue> {
        let document = parent.owner_document().ok_or_else(JsValue::undefined)?;
        let element = create(&document, title)?;
        let load = Listener::new(&element, "load", move |event| {
            if event.is_trusted() {
                on_load();
            }
        });
        element.set_attribute("src", &form_url.to_text())?;
        parent.append_child(&element)?;
        Ok(Self {
            element,
            _load: load,
        })
    }

    /// The frame's window as it is now.
    pub(crate) fn window(&self) -> Option<Window> {
        self.element.content_window()
    }
}

fn create(document: &Document, title: &str) -> Result<HtmlIFrameElement, JsValue> {
    let element: HtmlIFrameElement = document.create_element("iframe")?.unchecked_into();
    element.set_attribute("title", title)?;
    element.set_attribute("referrerpolicy", "strict-origin")?;
    element.set_attribute("allow", "")?;
    element.set_attribute("sandbox", SANDBOX)?;
    for (property, value) in STYLE {
        element.style().set_property(property, value)?;
    }
    Ok(element)
}

impl Drop for Iframe {
    fn drop(&mut self) {
        self.element.remove();
    }
}
