use alloc::rc::{Rc, Weak};
use alloc::string::String;
use core::cell::RefCell;

use js_sys::Function;
use pantoken_frame::{Form, FormOptions, FormView, Listener};
use pantoken_protocol::{Event, FailureCode, FormError, HostCode, State};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::HtmlElement;

use crate::console::complain;
use crate::element_view::ElementView;
use crate::event_detail::{detail, name};
use crate::options::Options;

/// The form in one element: `free()` takes everything away, and nothing is emitted after it.
#[wasm_bindgen]
pub struct FormHandle(Rc<Inner>);

struct Inner {
    view: ElementView,
    is_session: bool,
    emit: Function,
    form: RefCell<Option<Form>>,
    retry: RefCell<Option<Listener>>,
}

#[wasm_bindgen]
impl FormHandle {
    /// Shows the form that the attributes of `host` ask for; `emit` is called with the name and the
    /// detail of each event.
    ///
    /// # Errors
    /// What the document throws where `host` cannot have children.
    #[wasm_bindgen(constructor)]
    pub fn new(host: &HtmlElement, emit: Function) -> Result<FormHandle, JsValue> {
        let Options { language, form } = Options::read(host);
        let inner = Rc::new(Inner {
            view: ElementView::show(host, language)?,
            is_session: form.as_ref().is_ok_and(FormOptions::is_session),
            emit,
            form: RefCell::default(),
            retry: RefCell::default(),
        });
        inner.listen();
        inner.mount(form);
        Ok(Self(inner))
    }

    /// Loads the form afresh; with a session endpoint, in a new session.
    pub fn reload(&self) {
        self.0.reload();
    }

    /// Where the form is: `loading`, `ready`, `saved` or `failed`.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn state(&self) -> String {
        self.0.state().as_str().into()
    }
}

impl Drop for FormHandle {
    /// What is kept may outlive this by the event that it is in the middle of.
    fn drop(&mut self) {
        self.0.form.take();
        self.0.retry.take();
        self.0.view.remove();
    }
}

impl Inner {
    fn listen(self: &Rc<Self>) {
        let inner = Rc::downgrade(self);
        let retry = self.view.on_retry(move || with(&inner, Inner::reload));
        self.retry.replace(Some(retry));
    }

    fn mount(self: &Rc<Self>, options: Result<FormOptions, FormError>) {
        self.view.update(&FormView::default(), self.is_session);
        let inner = Rc::downgrade(self);
        let on_event = move |event| with(&inner, |inner| inner.receive(&event));
        match options.and_then(|options| Form::mount(&self.view.frame, options, on_event)) {
            Ok(form) => drop(self.form.replace(Some(form))),
            Err(error) => self.receive(&Event::Error(error)),
        }
    }

    fn reload(&self) {
        if let Some(form) = &*self.form.borrow() {
            form.reload();
            let view = FormView::at(form.state());
            self.view.update(&view, self.is_session);
        }
    }

    fn receive(&self, event: &Event) {
        if let Some(view) = FormView::after(event, self.state()) {
            self.view.update(&view, self.is_session);
        }
        if let Event::Error(error) = event
            && error.code == FailureCode::Host(HostCode::InvalidFormUrl)
        {
            complain(&error.message);
        }
        // What a listener throws is the browser's to report.
        let _ = self
            .emit
            .call2(&JsValue::NULL, &name(event).into(), &detail(event));
    }

    fn state(&self) -> State {
        let form = self.form.borrow();
        form.as_ref().map_or(State::Failed, Form::state)
    }
}

fn with(inner: &Weak<Inner>, act: impl FnOnce(&Inner)) {
    if let Some(inner) = inner.upgrade() {
        act(&inner);
    }
}
