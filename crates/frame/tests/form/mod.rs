//! A form whose window the test can reach, because it has the test's own origin.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Promise, Reflect};
use pantoken_frame::{CardFrame, FrameOptions};
use pantoken_protocol::{Event, FormOrigins, FormUrl, State};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, HtmlIFrameElement, Window};

pub const REQUEST_ID: &str = "12345678";
const SIGN: &str = "3e77416dbc65b9225c1ff455d357cdc4200fa83ee273bce727aa34c8dc44c725";

type Hook = Rc<RefCell<Option<Box<dyn FnOnce()>>>>;

pub struct Form {
    frame: RefCell<Option<CardFrame>>,
    pub parent: Element,
    pub events: Rc<RefCell<Vec<String>>>,
    hook: Hook,
}

impl Form {
    pub fn mount(ready_timeout: u32) -> Self {
        let parent = parent();
        let events = Rc::<RefCell<Vec<String>>>::default();
        let hook = Hook::default();
        let options = FrameOptions {
            form_url: FormUrl::parse(&form_url(&origin(), "")).unwrap(),
            form_origins: FormOrigins::default(),
            title: "Card".to_owned(),
            ready_timeout,
        };
        let (log, next) = (Rc::clone(&events), Rc::clone(&hook));
        let frame = CardFrame::mount(&parent, options, move |event| {
            log.borrow_mut().push(describe(&event));
            if let Some(hook) = next.take() {
                hook();
            }
        });
        Self {
            frame: RefCell::new(Some(frame.ok().unwrap())),
            parent,
            events,
            hook,
        }
    }

    pub fn frame(&self) -> std::cell::Ref<'_, CardFrame> {
        std::cell::Ref::map(self.frame.borrow(), |frame| frame.as_ref().unwrap())
    }

    pub fn state(&self) -> State {
        self.frame().state()
    }

    pub fn take_down(&self) {
        drop(self.frame.take());
    }

    pub fn on_next_event(&self, hook: impl FnOnce() + 'static) {
        *self.hook.borrow_mut() = Some(Box::new(hook));
    }

    pub fn iframe(&self) -> Option<HtmlIFrameElement> {
        let iframe = self.parent.query_selector("iframe").unwrap()?;
        Some(iframe.unchecked_into())
    }

    pub fn window(&self) -> Window {
        self.iframe().unwrap().content_window().unwrap()
    }

    /// Waits until the form's own document is there, whatever it says.
    pub async fn loaded(&self) {
        loop {
            let window = self.window();
            let location = window.location();
            let there = location
                .pathname()
                .is_ok_and(|path| path.ends_with("/form"));
            let complete = window
                .document()
                .is_some_and(|document| document_is_complete(&document));
            if there && complete {
                return;
            }
            turns(1).await;
        }
    }

    pub async fn reload_inside(&self) {
        let window = self.window();
        Reflect::set(&window, &"old".into(), &JsValue::TRUE).unwrap();
        window.location().reload().unwrap();
        while Reflect::has(&self.window(), &"old".into()).unwrap() {
            turns(1).await;
        }
        self.loaded().await;
    }

    /// Counts the answers inside the form.
    pub fn listen_inside(&self) {
        run_in(
            &self.window(),
            "this.answers = 0; this.addEventListener('message', event => {
                if (event.source === parent && event.origin === location.origin) this.answers += 1;
            })",
        );
    }

    pub async fn answered(&self, times: u32) {
        let count = || {
            Reflect::get(&self.window(), &"answers".into())
                .unwrap()
                .as_f64()
        };
        while count() != Some(f64::from(times)) {
            turns(1).await;
        }
    }

    /// Posts a message, written in JavaScript, from the form's window to the page.
    pub fn post(&self, message: &str) {
        post_from(&self.window(), message);
    }

    pub async fn wait_for(&self, events: &[&str]) {
        while self.events.borrow().len() < events.len() {
            turns(1).await;
        }
        assert_eq!(*self.events.borrow(), events);
    }
}

impl Drop for Form {
    fn drop(&mut self) {
        self.parent.remove();
    }
}

/// Another frame of the same origin in the same page.
pub struct Sibling(HtmlIFrameElement);

impl Sibling {
    pub async fn show() -> Self {
        let iframe: HtmlIFrameElement = document()
            .create_element("iframe")
            .unwrap()
            .unchecked_into();
        iframe.set_srcdoc("<p>sibling</p>");
        document().body().unwrap().append_child(&iframe).unwrap();
        while !iframe
            .content_document()
            .is_some_and(|document| document_is_complete(&document))
        {
            turns(1).await;
        }
        Self(iframe)
    }

    pub fn post(&self, message: &str) {
        post_from(&self.0.content_window().unwrap(), message);
    }
}

impl Drop for Sibling {
    fn drop(&mut self) {
        self.0.remove();
    }
}

pub fn post_from_the_page_itself(message: &str) {
    Function::new_no_args(&format!("window.postMessage({message}, '*')"))
        .call0(&JsValue::NULL)
        .unwrap();
}

/// An event that names the form's window as its source, but that no window sent.
pub fn dispatch_made_up_message(form: &Form) {
    let dispatch = Function::new_with_args(
        "source",
        "window.dispatchEvent(new MessageEvent('message', { data: 'Ready', origin: location.origin, source }))",
    );
    dispatch.call1(&JsValue::NULL, &form.window()).unwrap();
}

pub fn post_from(window: &Window, message: &str) {
    run_in(window, &format!("parent.postMessage({message}, '*')"));
}

/// Runs a script as the window's own, so that what it posts comes from there.
fn run_in(window: &Window, script: &str) {
    let eval: Function = Reflect::get(window, &"eval".into())
        .unwrap()
        .unchecked_into();
    eval.call1(window, &script.into()).unwrap();
}

pub fn form_url(origin: &str, more: &str) -> String {
    format!("{origin}/form?agentId=agent-01&requestId={REQUEST_ID}{more}&agentSign={SIGN}")
}

pub fn parent() -> Element {
    let parent = document().create_element("div").unwrap();
    document().body().unwrap().append_child(&parent).unwrap();
    parent
}

pub fn iframes(parent: &Element) -> u32 {
    parent.query_selector_all("iframe").unwrap().length()
}

/// Lets the browser do what is waiting, so many times.
pub async fn turns(count: u32) {
    for _ in 0..count {
        let turn = Promise::new(&mut |resolve, _| {
            let window = web_sys::window().unwrap();
            window
                .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 5)
                .unwrap();
        });
        JsFuture::from(turn).await.unwrap();
    }
}

fn describe(event: &Event) -> String {
    match event {
        Event::Ready(_) => "ready".to_owned(),
        Event::Saved(saved) => format!("saved {}", saved.pan_token.as_str()),
        Event::Error(error) => format!("error {}", error.code.as_str()),
        Event::Warning(warning) => format!("warning {}", warning.code.as_str()),
    }
}

fn document_is_complete(document: &Document) -> bool {
    Reflect::get(document, &"readyState".into())
        .unwrap()
        .as_string()
        .as_deref()
        == Some("complete")
}

fn document() -> Document {
    web_sys::window().unwrap().document().unwrap()
}

fn origin() -> String {
    web_sys::window().unwrap().location().origin().unwrap()
}
