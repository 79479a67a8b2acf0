use js_sys::Function;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, milliseconds: u32) -> JsValue;

    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
}

/// The longest time that a browser waits, in milliseconds; with a longer one it would not wait at
/// all.
const LONGEST: u32 = i32::MAX.unsigned_abs();

/// A timer that is stopped when dropped.
#[must_use = "the timer is stopped when this is dropped"]
pub(crate) struct Timer {
    id: JsValue,
    _callback: Closure<dyn Fn(JsValue)>,
}

impl Timer {
    /// Calls back once, after so many milliseconds.
    pub(crate) fn new(milliseconds: u32, callback: impl Fn() + 'static) -> Self {
        let callback = Closure::<dyn Fn(JsValue)>::new(move |_| callback());
        let id = set_timeout(callback.as_ref().unchecked_ref(), milliseconds.min(LONGEST));
        Self {
            id,
            _callback: callback,
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(&self.id);
    }
}

/// Calls back once, after so many milliseconds, whatever is dropped meanwhile.
pub(crate) fn after(milliseconds: u32, callback: impl FnOnce() + 'static) {
    let callback = Closure::once_into_js(move |_: JsValue| callback());
    set_timeout(callback.unchecked_ref(), milliseconds.min(LONGEST));
}
