//! What the element's script calls. Plain functions and addresses, because a class of wasm-bindgen's
//! would be a twentieth of the element.
#![allow(unsafe_code)] // an address stands for a form, as a class of wasm-bindgen's would keep it

use alloc::boxed::Box;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::ElementForm;

#[wasm_bindgen(raw_module = "./orders.js")]
extern "C" {
    fn order(lines: &str);
}

/// Makes a form, and gives its address.
#[wasm_bindgen]
pub fn open(attributes: &str) -> *mut ElementForm {
    Box::into_raw(Box::new(ElementForm::new(attributes)))
}

/// Tells the form what happened. Its orders are left in `orders.js`.
#[wasm_bindgen]
pub fn input(form: *mut ElementForm, happened: &str) {
    // SAFETY: the address comes from `open`, and no input follows `close`: element.js sees to both.
    // There is one reference at a time, because `order` calls nothing.
    let form = unsafe { &mut *form };
    order(&form.input(happened));
}

/// Forgets the form.
#[wasm_bindgen]
pub fn close(form: *mut ElementForm) {
    // SAFETY: the address comes from `open`, and is closed once: element.js sees to both.
    drop(unsafe { Box::from_raw(form) });
}
