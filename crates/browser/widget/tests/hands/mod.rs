//! The script alone, with the test in the machine's place.
#![allow(dead_code)] // each test uses a part

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Element;

use crate::page::{iframe, parent};

/// From where a message comes, says the event.
pub const ORIGIN: &str = "https://a2c-test.qiwi.kz";

#[wasm_bindgen(module = "/src/hands.js")]
extern "C" {
    pub type Hands;

    #[wasm_bindgen(constructor)]
    fn new(place: &Element, input: &JsValue, heed: &JsValue) -> Hands;

    #[wasm_bindgen(method)]
    fn show(this: &Hands, src: &str, title: &str);

    #[wasm_bindgen(method)]
    pub fn create(
        this: &Hands,
        endpoint: &str,
        flow: &str,
        language: &str,
        return_url: &str,
    ) -> Promise;

    #[wasm_bindgen(method)]
    pub fn report(this: &Hands, pan_token: &str) -> Promise;

    #[wasm_bindgen(method)]
    pub fn mention(this: &Hands, error_code: &str, error_message: &str);

    // Under a name that the library does not import it by: the linker would see one symbol twice.
    #[wasm_bindgen(method, js_name = leave)]
    pub fn let_go(this: &Hands);
}

/// Hands that give no orders to themselves.
pub struct ShownHands {
    pub hands: Hands,
    /// What they told, in order.
    pub told: Rc<RefCell<Vec<String>>>,
    place: Element,
}

impl ShownHands {
    pub fn new() -> Self {
        let (place, told) = (parent(), Rc::<RefCell<Vec<String>>>::default());
        let log = Rc::clone(&told);
        let input = Closure::<dyn Fn(String) -> String>::new(move |text| {
            log.borrow_mut().push(text);
            String::new()
        });
        let hands = Hands::new(&place, &input.into_js_value(), &JsValue::UNDEFINED);
        Self { hands, told, place }
    }

    /// Has the frame's window post this from [`ORIGIN`], as a browser says it: a script of the
    /// form's cannot post what no structured clone holds, but these have to be safe all the same.
    pub fn hear(&self, data: &JsValue) {
        if iframe(&self.place).is_none() {
            self.hands.show("about:blank", "");
        }
        let source = iframe(&self.place).unwrap().content_window().unwrap();
        let message =
            "hands.handleEvent({ isTrusted: true, type: 'message', source, origin, data })";
        Function::new_with_args("hands, source, origin, data", message)
            .call4(&JsValue::NULL, &self.hands, &source, &ORIGIN.into(), data)
            .unwrap();
    }
}

impl Drop for ShownHands {
    fn drop(&mut self) {
        self.hands.let_go();
        self.place.remove();
    }
}
