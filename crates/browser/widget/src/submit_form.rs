use alloc::string::String;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Element, Node};

#[wasm_bindgen]
extern "C" {
    // Not the form's own functions, which fields of their names would hide.
    #[wasm_bindgen(catch, js_namespace = ["HTMLFormElement", "prototype", "submit"], js_name = call)]
    fn submit(form: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["Node", "prototype", "appendChild"], js_name = call)]
    fn append(parent: &JsValue, child: &JsValue) -> Result<(), JsValue>;
}

/// Leads the page to `url` by posting the fields. The form is gone as soon as it is sent, so that no field
/// stays in the page. `web/element/driver.js` does the same.
pub(crate) fn submit_form(
    parent: &Node,
    url: &str,
    fields: &[(String, String)],
) -> Result<(), JsValue> {
    let form = element(parent, "form")?;
    for (name, value) in [
        ("method", "post"),
        ("action", url),
        // Whatever the encoding of the page and the target of its links are.
        ("accept-charset", "utf-8"),
        ("target", "_self"),
        ("hidden", ""),
    ] {
        form.set_attribute(name, value)?;
    }
    for (name, value) in fields {
        let input = element(parent, "input")?;
        input.set_attribute("type", "hidden")?;
        input.set_attribute("name", name)?;
        input.set_attribute("value", value)?;
        append(&form, &input)?;
    }
    parent.append_child(&form)?;
    let submitted = submit(&form);
    parent.remove_child(&form)?;
    submitted
}

fn element(parent: &Node, name: &str) -> Result<Element, JsValue> {
    let document = parent.owner_document().ok_or(JsValue::UNDEFINED)?;
    document.create_element(name)
}
