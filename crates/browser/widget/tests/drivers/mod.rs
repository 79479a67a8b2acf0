//! Both drivers behind one interface: the one in Rust, and `web/element/driver.js`.
#![allow(dead_code, clippy::panic)] // each test uses a part, and may fail

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, JSON, Promise, Reflect};
use pantoken_widget::{Driver, FormInput, Order, RawAnswer, Timer, decode};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlIFrameElement};

use crate::page::{iframe, parent, turns};

const SCRIPT: &str = include_str!("../../../../../web/element/driver.js");

const IMPORT: &str = "
const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
return import(url).then(({ Driver }) => Driver);
";

/// A driver in a place of its own.
pub struct Tested {
    pub name: &'static str,
    pub place: Element,
    inputs: Rc<RefCell<Vec<FormInput>>>,
    kind: Kind,
}

enum Kind {
    Rust(Driver),
    JavaScript(JsValue),
}

impl Tested {
    /// One of each.
    pub async fn both() -> [Self; 2] {
        [Self::rust(), Self::javascript().await]
    }

    pub fn rust() -> Self {
        let (place, inputs) = (parent(), Rc::<RefCell<Vec<FormInput>>>::default());
        let driver = Driver::new(&place);
        let log = Rc::clone(&inputs);
        driver.listen(move |input| log.borrow_mut().push(input.clone()));
        Self {
            name: "the driver in Rust",
            place,
            inputs,
            kind: Kind::Rust(driver),
        }
    }

    pub async fn javascript() -> Self {
        let (place, inputs) = (parent(), Rc::<RefCell<Vec<FormInput>>>::default());
        let import = Function::new_with_args("script", IMPORT);
        let class = import.call1(&JsValue::NULL, &SCRIPT.into()).unwrap();
        let class: Function = JsFuture::from(class.unchecked_into::<Promise>())
            .await
            .unwrap()
            .unchecked_into();
        let log = Rc::clone(&inputs);
        let on_input = Closure::<dyn Fn(JsValue)>::new(move |input: JsValue| {
            let input = read_input(&input);
            log.borrow_mut().push(input);
        });
        let driver = Reflect::construct(&class, &Array::of1(&place)).unwrap();
        let listen = Reflect::get(&driver, &"listen".into()).unwrap();
        let listen: Function = listen.unchecked_into();
        listen.call1(&driver, &on_input.into_js_value()).unwrap();
        Self {
            name: "driver.js",
            place,
            inputs,
            kind: Kind::JavaScript(driver),
        }
    }

    pub fn perform(&self, order: &Order) {
        match &self.kind {
            Kind::Rust(driver) => driver.perform(order),
            Kind::JavaScript(driver) => {
                let order = JSON::parse(&order.to_json()).unwrap();
                self.method(driver, "perform")
                    .call1(driver, &order)
                    .unwrap();
            }
        }
    }

    pub fn set_title(&self, title: &str) {
        match &self.kind {
            Kind::Rust(driver) => driver.set_title(title),
            Kind::JavaScript(driver) => {
                let set_title = self.method(driver, "setTitle");
                set_title.call1(driver, &title.into()).unwrap();
            }
        }
    }

    pub fn stop_listening(&self) {
        match &self.kind {
            Kind::Rust(driver) => driver.stop_listening(),
            Kind::JavaScript(driver) => {
                self.method(driver, "stopListening").call0(driver).unwrap();
            }
        }
    }

    fn method(&self, driver: &JsValue, name: &str) -> Function {
        Reflect::get(driver, &name.into()).unwrap().unchecked_into()
    }

    /// Returns what happened so far, and forgets it.
    pub fn take_inputs(&self) -> Vec<FormInput> {
        self.inputs.take()
    }

    /// Waits until something has happened.
    pub async fn next_input(&self) -> FormInput {
        while self.inputs.borrow().is_empty() {
            turns(1).await;
        }
        self.inputs.borrow_mut().remove(0)
    }

    pub fn iframe(&self) -> Option<HtmlIFrameElement> {
        iframe(&self.place)
    }
}

impl Drop for Tested {
    fn drop(&mut self) {
        self.stop_listening();
        self.perform(&Order::Finish);
        self.place.remove();
    }
}

/// Reads an input of `driver.js` as the element's module does.
fn read_input(input: &JsValue) -> FormInput {
    let get = |name: &str| Reflect::get(input, &name.into()).unwrap();
    let text = |name: &str| get(name).as_string();
    let number = |name: &str| text(name).and_then(|digits| digits.parse().ok());
    match text("input").unwrap().as_str() {
        "frameLoaded" => FormInput::FrameLoaded,
        "frameFocused" => FormInput::FrameFocused,
        "policyViolation" => FormInput::PolicyViolation {
            directive: text("directive").unwrap(),
            disposition: text("disposition").unwrap(),
            blocked_uri: text("blockedUri").unwrap(),
        },
        "message" => FormInput::Message {
            origin: text("origin").unwrap(),
            message: decode::message(&get("data")),
        },
        "timerFired" => {
            let name = text("timer").unwrap();
            let mut timers = Timer::ALL.into_iter();
            FormInput::TimerFired {
                timer: timers.find(|timer| timer.as_str() == name).unwrap(),
            }
        }
        "answered" => FormInput::Answered {
            request: number("request").unwrap(),
            status: number("status").unwrap().try_into().unwrap(),
            answer: RawAnswer {
                is_problem: text("type").as_deref() == Some("application/problem+json"),
                retry_after: number("retryAfter"),
                expires_in: number("expiresIn"),
                ..decode::answer(&get("body"), None)
            },
        },
        other => panic!("no input is called {other}"),
    }
}
