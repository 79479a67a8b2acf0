//! A form whose window the test can reach, because it has the test's own origin.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Reflect;
use pantoken_a2c::{Event, FormUrl};
use pantoken_widget::{FormOptions, FormSource, FormView};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlIFrameElement, Window};

use crate::page::{
    document, document_is_complete, form_loaded, form_url, iframe, origin, parent, post_from,
    run_in, turns,
};

type Hook = Rc<RefCell<Option<Box<dyn FnOnce()>>>>;

pub struct Form {
    form: RefCell<Option<pantoken_widget::Form>>,
    pub parent: Element,
    pub events: Rc<RefCell<Vec<String>>>,
    /// The last view that was told.
    pub told: Rc<RefCell<Option<FormView>>>,
    hook: Hook,
}

impl Form {
    pub fn mount(ready_timeout: u32) -> Self {
        Self::with(FormOptions {
            title: Some("Card".to_owned()),
            ready_timeout,
            ..Self::options(&form_url(&origin(), ""))
        })
    }

    pub fn options(form_url: &str) -> FormOptions {
        FormOptions::new(FormSource::FormUrl(FormUrl::parse(form_url).unwrap()))
    }

    pub fn with(options: FormOptions) -> Self {
        let parent = parent();
        let events = Rc::<RefCell<Vec<String>>>::default();
        let told = Rc::<RefCell<Option<FormView>>>::default();
        let hook = Hook::default();
        let (log, view, next) = (Rc::clone(&events), Rc::clone(&told), Rc::clone(&hook));
        let form = pantoken_widget::Form::mount(
            &parent,
            options,
            move |now| *view.borrow_mut() = Some(now),
            move |event| {
                log.borrow_mut().push(describe(&event));
                if let Some(hook) = next.take() {
                    hook();
                }
            },
        );
        Self {
            form: RefCell::new(Some(form)),
            parent,
            events,
            told,
            hook,
        }
    }

    pub fn form(&self) -> std::cell::Ref<'_, pantoken_widget::Form> {
        std::cell::Ref::map(self.form.borrow(), |form| form.as_ref().unwrap())
    }

    /// What the customer sees; the last that was told is the same.
    pub fn view(&self) -> FormView {
        let view = self.form().view();
        assert_eq!(*self.told.borrow(), Some(view));
        view
    }

    pub fn take_down(&self) {
        drop(self.form.take());
    }

    pub fn on_next_event(&self, hook: impl FnOnce() + 'static) {
        *self.hook.borrow_mut() = Some(Box::new(hook));
    }

    pub fn iframe(&self) -> Option<HtmlIFrameElement> {
        iframe(&self.parent)
    }

    pub fn window(&self) -> Window {
        self.iframe().unwrap().content_window().unwrap()
    }

    pub async fn loaded(&self) {
        form_loaded(&self.iframe().unwrap()).await;
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

fn describe(event: &Event) -> String {
    match event {
        Event::Ready(_) => "ready".to_owned(),
        Event::Saved(saved) => format!("saved {}", saved.pan_token.as_ref().unwrap().as_str()),
        Event::Error(error) => format!("error {}", error.code.as_str()),
        Event::Warning(warning) => format!("warning {}", warning.code.as_str()),
    }
}
