use alloc::borrow::ToOwned;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::{Cell, RefCell};

use js_sys::{Object, Promise, Reflect};
use pantoken_core::decimal::parse_count;
use pantoken_core::text::strip_prefix;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    AbortController, Event, EventTarget, HtmlIFrameElement, MessageEvent, Node, Response, Url,
    Window,
};

use crate::answer::RawAnswer;
use crate::decode;
use crate::form_input::FormInput;
use crate::order::{Order, Timer};
use crate::submit_form::submit_form;

#[wasm_bindgen]
extern "C" {
    // A page may have put a function of its own here, and that may throw.
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, options: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = setTimeout)]
    fn set_timeout(handler: &JsValue, milliseconds: u32) -> Result<i32, JsValue>;

    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(id: i32);
}

type InputHandler = Rc<dyn Fn(&FormInput)>;

/// How long the focus is looked for after the window lost it, in milliseconds: with doubled waits, twice this.
const LONGEST_LOOK: u32 = 1024;

/// Performs the orders of a [`FormMachine`](crate::FormMachine) in a page, and reports what happens there.
/// It decides nothing.
///
/// `web/element/driver.js` is the same in JavaScript. Both leave `gloo` aside: a listener of
/// `gloo-events` throws when a receiver dispatches the next event inside it, a timer of `gloo-timers`
/// throws when a page's own `setTimeout` runs it after it was cleared, and `gloo-net` takes options from
/// whatever a page put on `Object.prototype`.
#[derive(Clone)]
pub struct Driver(Rc<Inner>);

struct Inner {
    parent: Node,
    frame: RefCell<Option<Frame>>,
    title: RefCell<String>,
    timers: [Cell<Option<i32>>; Timer::ALL.len()],
    /// Looks for the focus again.
    focus_timer: Cell<Option<i32>>,
    /// What listens to the window, until [`Driver::stop_listening`].
    listeners: RefCell<Option<[Listener; 3]>>,
    /// Receives the inputs, until [`Order::Finish`].
    on_input: RefCell<Option<InputHandler>>,
}

struct Frame {
    element: HtmlIFrameElement,
    _on_load: Listener,
}

impl Driver {
    /// Creates a driver that shows the form at the end of `parent`.
    #[must_use]
    pub fn new(parent: &Node) -> Self {
        Self(Rc::new(Inner {
            parent: parent.clone(),
            frame: RefCell::default(),
            title: RefCell::default(),
            timers: Default::default(),
            focus_timer: Cell::default(),
            listeners: RefCell::default(),
            on_input: RefCell::default(),
        }))
    }

    /// Starts to listen, and passes what happens to `on_input`.
    pub fn listen(&self, on_input: impl Fn(&FormInput) + 'static) {
        self.0.on_input.replace(Some(Rc::new(on_input)));
        let Some(window) = web_sys::window() else {
            return;
        };
        let listen = |event| self.0.listen(&window, event);
        self.0.listeners.replace(Some([
            listen("message"),
            listen("securitypolicyviolation"),
            listen("blur"),
        ]));
    }

    /// Gives the iframe this title, and each one that follows.
    pub fn set_title(&self, title: &str) {
        if let Some(frame) = &*self.0.frame.borrow() {
            let _ = frame.element.set_attribute("title", title);
        }
        title.clone_into(&mut self.0.title.borrow_mut());
    }

    /// Stops listening to the window. Requests and timers in progress still report their end.
    pub fn stop_listening(&self) {
        drop(self.0.listeners.take());
        clear_timer(&self.0.focus_timer);
    }

    /// Performs an order.
    pub fn perform(&self, order: &Order) {
        let driver = &self.0;
        match order {
            Order::ShowFrame { .. } => driver.show_frame(order),
            Order::RemoveFrame => driver.remove_frame(),
            Order::PostMessage {
                message,
                target_origin,
            } => {
                if let Some(window) = driver.frame_window() {
                    // A document that took the form's place has another origin, and is not told.
                    let _ = window.post_message(&(*message).into(), target_origin);
                }
            }
            Order::SetTimer {
                timer,
                milliseconds,
            } => driver.set_timer(*timer, *milliseconds),
            Order::ClearTimer { timer } => clear_timer(&driver.timers[*timer as usize]),
            Order::Post { request, .. } => driver.post(*request, order),
            Order::Navigate { url } => {
                if let Some(window) = web_sys::window() {
                    let _ = window.location().assign(url);
                }
            }
            Order::SubmitForm { url, fields } => {
                let _ = submit_form(&driver.parent, url, fields);
            }
            Order::Finish => drop(driver.on_input.take()),
        }
    }
}

impl Inner {
    fn listen(self: &Rc<Self>, target: &EventTarget, event: &'static str) -> Listener {
        let driver = Rc::downgrade(self);
        Listener::new(target, event, move |event: Event| {
            if let Some(driver) = driver.upgrade() {
                driver.handle_event(&event);
            }
        })
    }

    fn handle_event(self: &Rc<Self>, event: &Event) {
        match event.type_().as_str() {
            "load" => self.dispatch(&FormInput::FrameLoaded),
            // Firefox says only later what has the focus now.
            "blur" => self.look_for_focus(1),
            "message" => self.message(event.unchecked_ref()),
            _ => self.dispatch(&policy_violation(event)),
        }
    }

    fn dispatch(&self, input: &FormInput) {
        // Not borrowed while it runs: it may end in `Order::Finish`.
        let on_input = self.on_input.borrow().clone();
        if let Some(on_input) = on_input {
            on_input(input);
        }
    }

    /// A message from any window but the form's is not even read.
    fn message(&self, event: &MessageEvent) {
        let source = event.source().map(JsValue::from);
        let frame = self.frame_window().map(JsValue::from);
        if source.is_some() && source == frame {
            self.dispatch(&FormInput::Message {
                origin: event.origin(),
                message: decode::message(&event.data()),
            });
        }
    }

    fn frame_window(&self) -> Option<Window> {
        self.frame.borrow().as_ref()?.element.content_window()
    }

    /// The root is the document, or a shadow root.
    fn frame_has_focus(&self) -> bool {
        let root = self.parent.get_root_node();
        let focused = decode::get(&root, "activeElement").ok();
        let frame = self.frame.borrow();
        let frame = frame.as_ref().map(|frame| JsValue::from(&frame.element));
        frame.is_some() && frame == focused
    }

    /// Reports if the frame has the focus. If not, looks again after this wait.
    fn look_for_focus(self: &Rc<Self>, wait: u32) {
        clear_timer(&self.focus_timer);
        if self.frame_has_focus() {
            self.dispatch(&FormInput::FrameFocused);
        } else if wait <= LONGEST_LOOK {
            let driver = Rc::downgrade(self);
            let look = move || {
                if let Some(driver) = driver.upgrade() {
                    driver.look_for_focus(2 * wait);
                }
            };
            set_timer(&self.focus_timer, wait, look);
        }
    }

    fn show_frame(self: &Rc<Self>, order: &Order) {
        let Order::ShowFrame {
            src,
            style,
            sandbox,
            referrer_policy,
            allow,
        } = order
        else {
            return;
        };
        self.remove_frame();
        let document = web_sys::window().and_then(|window| window.document());
        let element = document.and_then(|document| document.create_element("iframe").ok());
        let Some(element) = element.map(JsCast::unchecked_into::<HtmlIFrameElement>) else {
            return;
        };
        let title = self.title.borrow();
        element.style().set_css_text(style);
        for (name, value) in [
            ("title", title.as_str()),
            ("referrerpolicy", referrer_policy),
            ("allow", allow),
            ("sandbox", sandbox),
            ("src", src),
        ] {
            let _ = element.set_attribute(name, value);
        }
        let on_load = self.listen(&element, "load");
        // Known before it is in the page: its first message may come at once.
        self.frame.replace(Some(Frame {
            element: element.clone(),
            _on_load: on_load,
        }));
        let _ = self.parent.append_child(&element);
    }

    fn remove_frame(&self) {
        if let Some(frame) = self.frame.take() {
            frame.element.remove();
        }
    }

    fn set_timer(self: &Rc<Self>, timer: Timer, milliseconds: u32) {
        let driver = Rc::clone(self);
        set_timer(&self.timers[timer as usize], milliseconds, move || {
            if driver.frame_has_focus() {
                driver.dispatch(&FormInput::FrameFocused);
            }
            driver.dispatch(&FormInput::TimerFired { timer });
        });
    }

    fn post(self: &Rc<Self>, request: u32, order: &Order) {
        let Order::Post { timeout, .. } = order else {
            return;
        };
        // `AbortSignal.timeout` is too new.
        let controller = AbortController::new().ok();
        let signal = controller.as_ref().map(AbortController::signal);
        let timer = Cell::default();
        set_timer(&timer, *timeout, move || {
            if let Some(controller) = controller {
                controller.abort();
            }
        });
        let answer = send(order, signal.into());
        let driver = Rc::clone(self);
        spawn_local(async move {
            // No answer is an answer too, with the status 0.
            let (status, answer) = read(answer).await.unwrap_or_default();
            clear_timer(&timer);
            driver.dispatch(&FormInput::Answered {
                request,
                status,
                answer,
            });
        });
    }
}

fn set_timer(timer: &Cell<Option<i32>>, milliseconds: u32, fire: impl FnOnce() + 'static) {
    clear_timer(timer);
    timer.set(set_timeout(&Closure::once_into_js(fire), milliseconds).ok());
}

fn clear_timer(timer: &Cell<Option<i32>>) {
    if let Some(id) = timer.take() {
        clear_timeout(id);
    }
}

fn policy_violation(event: &Event) -> FormInput {
    let text = |name: &str| {
        let value = decode::get(event, name).ok();
        value
            .and_then(|value| value.as_string())
            .unwrap_or_default()
    };
    FormInput::PolicyViolation {
        directive: text("effectiveDirective"),
        disposition: text("disposition"),
        blocked_uri: text("blockedURI"),
    }
}

/// Sends the request at once, even if the page is about to go away. The signal aborts it.
fn send(order: &Order, signal: JsValue) -> Result<JsValue, JsValue> {
    let Order::Post {
        url,
        base,
        token,
        body,
        keepalive,
        ..
    } = order
    else {
        return Err(JsValue::UNDEFINED);
    };
    let headers = object(&[("content-type", "application/json".into())])?;
    if let Some(token) = token {
        Reflect::set(&headers, &"pantoken-result-token".into(), &token.into())?;
    }
    let options = object(&[
        ("method", "POST".into()),
        ("headers", headers.into()),
        ("body", body.into()),
        ("keepalive", (*keepalive).into()),
        // A log-in page behind a redirect is no answer.
        ("redirect", "error".into()),
        ("signal", signal),
    ])?;
    fetch(&resolve(url, base.as_deref()), &options)
}

/// Returns the URL as the URL parser writes it, relative to `base` or to the page's own base URL.
pub(crate) fn resolve(url: &str, base: Option<&str>) -> String {
    let document = web_sys::window().and_then(|window| window.document());
    let page = document.and_then(|document| document.base_uri().ok()?);
    let base = base.map(ToOwned::to_owned).or(page).unwrap_or_default();
    Url::new_with_base(url, &base).map_or_else(|_| url.to_owned(), |url| url.href())
}

/// Builds an object without a prototype: what a page put on `Object.prototype` is no option of ours.
fn object(properties: &[(&str, JsValue)]) -> Result<Object, JsValue> {
    let object = Object::create(JsValue::NULL.unchecked_ref());
    for (name, value) in properties {
        Reflect::set(&object, &(*name).into(), value)?;
    }
    Ok(object)
}

async fn read(answer: Result<JsValue, JsValue>) -> Result<(u16, RawAnswer), JsValue> {
    let response = JsFuture::from(Promise::resolve(&answer?)).await?;
    let response: Response = response.unchecked_into();
    let body = JsFuture::from(response.text()?).await?;
    let header = |name| response.headers().get(name).ok().flatten();
    let content_type = header("content-type").unwrap_or_default();
    let answer = RawAnswer {
        is_problem: strip_prefix(&content_type, "application/problem+json").is_some(),
        retry_after: header("retry-after").and_then(|text| parse_count(&text)),
        ..decode::answer(&body, header("date").as_deref())
    };
    Ok((response.status(), answer))
}

/// Listens until it is dropped, to events that the browser itself dispatches: a script cannot make one
/// up.
pub(crate) struct Listener {
    target: EventTarget,
    event: &'static str,
    handler: Closure<dyn Fn(Event)>,
}

impl Listener {
    pub(crate) fn new(
        target: &EventTarget,
        event: &'static str,
        handle: impl Fn(Event) + 'static,
    ) -> Self {
        let handler = Closure::new(move |event: Event| {
            if event.is_trusted() {
                handle(event);
            }
        });
        let _ = target
            .add_event_listener_with_callback(event, Closure::as_ref(&handler).unchecked_ref());
        Self {
            target: target.clone(),
            event,
            handler,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let handler = Closure::as_ref(&self.handler).unchecked_ref();
        let _ = self
            .target
            .remove_event_listener_with_callback(self.event, handler);
    }
}
