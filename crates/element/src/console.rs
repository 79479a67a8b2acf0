use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    fn error(text: &str);
}

/// Tells the page's developer what is wrong with the element as it stands.
pub(crate) fn complain(reason: &str) {
    error(&["pantoken-form: ", reason].concat());
}
