//! A session endpoint in the place of the browser's `fetch`.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

const REPLACE: &str = "
const { fetch, setTimeout } = globalThis;
const endpoint = { answers: [], asked: [], waits: [], late: [], sound: true };
endpoint.answer = (status, text) => endpoint.answers.push({ status, text });
endpoint.answerWith = (headers) => (endpoint.answers[endpoint.answers.length - 1].headers = headers);
endpoint.answerLater = (status, text) => {
  const opened = new Promise((open) => endpoint.late.push(open));
  endpoint.answers.push({ status, text, opened });
};
globalThis.fetch = async (url, { method, headers, body, keepalive, redirect, signal }) => {
  const path = url.startsWith(location.origin + '/') ? url.slice(location.origin.length) : url;
  endpoint.asked.push([method, path, JSON.stringify(headers), body].join(' '));
  endpoint.sound &&= keepalive && redirect === 'error' && signal instanceof AbortSignal;
  const { status, text, headers: answered, opened } = endpoint.answers.shift();
  await opened;
  if (!status) throw new TypeError('Failed to fetch');
  return new Response(text, { status, headers: answered });
};
globalThis.setTimeout = (then, milliseconds) => {
  endpoint.waits.push(milliseconds);
  return setTimeout(then);
};
endpoint.restore = () => Object.assign(globalThis, { fetch, setTimeout });
return endpoint;
";

/// Stands in `fetch`'s place until it is dropped.
pub struct Endpoint(JsValue);

impl Endpoint {
    pub fn new() -> Self {
        let replace = Function::new_no_args(REPLACE);
        Self(replace.call0(&JsValue::NULL).unwrap())
    }

    /// The next call is answered so; with the status 0, not at all.
    pub fn answer(&self, status: u16, text: &str) {
        self.plan("answer", status, text);
    }

    /// The answer that was planned last has these headers.
    pub fn with_headers(&self, headers: &[(&str, &str)]) {
        let object = js_sys::Object::new();
        for (name, value) in headers {
            Reflect::set(&object, &(*name).into(), &(*value).into()).unwrap();
        }
        let plan: Function = self.get("answerWith").unchecked_into();
        plan.call1(&self.0, &object).unwrap();
    }

    /// The same when the test says [`Self::answer_now`].
    pub fn answer_later(&self, status: u16, text: &str) {
        self.plan("answerLater", status, text);
    }

    pub fn answer_now(&self) {
        for open in self.list("late") {
            open.unchecked_into::<Function>().call0(&self.0).unwrap();
        }
    }

    /// Each call: its method, URL, headers and body.
    pub fn asked(&self) -> Vec<String> {
        let text = |call: JsValue| call.as_string().unwrap();
        self.list("asked").iter().map(text).collect()
    }

    /// How long each repetition was to wait, in milliseconds.
    pub fn waits(&self) -> Vec<u32> {
        let number = |wait: JsValue| format!("{}", wait.as_f64().unwrap()).parse().unwrap();
        self.list("waits").iter().map(number).collect()
    }

    pub fn all_calls_are_kept_alive_and_limited(&self) -> bool {
        self.get("sound").is_truthy()
    }

    fn plan(&self, name: &str, status: u16, text: &str) {
        let plan: Function = self.get(name).unchecked_into();
        plan.call2(&self.0, &status.into(), &text.into()).unwrap();
    }

    fn list(&self, name: &str) -> Array {
        self.get(name).unchecked_into()
    }

    fn get(&self, name: &str) -> JsValue {
        Reflect::get(&self.0, &name.into()).unwrap()
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        let restore: Function = self.get("restore").unchecked_into();
        restore.call0(&self.0).unwrap();
    }
}
