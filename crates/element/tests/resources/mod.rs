//! What a page holds: listeners, timers and memory. Watched where the page itself asks for them.

use js_sys::{Function, Object, Reflect, WebAssembly};
use wasm_bindgen::{JsCast, JsValue};

const WATCH: &str = "
const held = { listeners: 0, timers: 0 };
const { addEventListener, removeEventListener } = EventTarget.prototype;
EventTarget.prototype.addEventListener = function (...args) {
  held.listeners += 1;
  return addEventListener.apply(this, args);
};
EventTarget.prototype.removeEventListener = function (...args) {
  held.listeners -= 1;
  return removeEventListener.apply(this, args);
};
const { setTimeout, clearTimeout } = globalThis;
globalThis.setTimeout = (...args) => {
  held.timers += 1;
  return setTimeout(...args);
};
globalThis.clearTimeout = (timer) => {
  held.timers -= 1;
  return clearTimeout(timer);
};
held.unwatch = () => {
  Object.assign(EventTarget.prototype, { addEventListener, removeEventListener });
  Object.assign(globalThis, { setTimeout, clearTimeout });
};
return held;
";

/// Counts what is added and taken away from now on, until dropped.
pub struct Resources(Object);

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Held {
    pub listeners: f64,
    pub timers: f64,
    /// In bytes.
    pub memory: f64,
}

impl Resources {
    pub fn watch() -> Self {
        let watch = Function::new_no_args(WATCH);
        Self(watch.call0(&JsValue::NULL).unwrap().unchecked_into())
    }

    pub fn held(&self) -> Held {
        let number =
            |of: &JsValue, name: &str| Reflect::get(of, &name.into()).unwrap().as_f64().unwrap();
        let memory: WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
        Held {
            listeners: number(&self.0, "listeners"),
            timers: number(&self.0, "timers"),
            memory: number(&memory.buffer(), "byteLength"),
        }
    }
}

impl Drop for Resources {
    fn drop(&mut self) {
        let unwatch = Reflect::get(&self.0, &"unwatch".into()).unwrap();
        unwatch
            .unchecked_into::<Function>()
            .call0(&JsValue::NULL)
            .unwrap();
    }
}
