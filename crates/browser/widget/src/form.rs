use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::RefCell;

use pantoken_a2c::Event;
use pantoken_core::text::split_at_first;
use web_sys::{Document, Node};

use crate::decode;
use crate::driver::{Driver, Listener, resolve};
use crate::form_input::FormInput;
use crate::form_machine::FormMachine;
use crate::form_options::{FormOptions, FormSource};
use crate::form_view::FormView;

/// A form in its iframe: a [`FormMachine`] with its [`Driver`], for any framework in Rust.
///
/// Drop it to remove the iframe, every listener and the timer. It emits nothing after that.
#[must_use = "the form is removed when this is dropped"]
pub struct Form(Rc<Inner>);

struct Inner {
    /// The options as the page gave them.
    options: FormOptions,
    machine: RefCell<FormMachine>,
    driver: Driver,
    events: RefCell<VecDeque<Event>>,
    /// Waits for the customer to see a page that is only prerendered.
    waiting: RefCell<Option<Listener>>,
    on_view: Box<dyn Fn(FormView)>,
    on_event: Box<dyn Fn(Event)>,
}

impl Form {
    /// Shows the form at the end of `parent`. Calls `on_view` with what the customer sees around it, and
    /// then `on_event` with what happened.
    pub fn mount(
        parent: &Node,
        options: FormOptions,
        on_view: impl Fn(FormView) + 'static,
        on_event: impl Fn(Event) + 'static,
    ) -> Self {
        let inner = Rc::new(Inner {
            machine: RefCell::new(FormMachine::new(in_page(options.clone()))),
            options,
            driver: Driver::new(parent),
            events: RefCell::default(),
            waiting: RefCell::default(),
            on_view: Box::new(on_view),
            on_event: Box::new(on_event),
        });
        inner.driver.set_title(inner.options.title());
        // The driver holds the form, so that a saved card is reported to the end even when this is
        // dropped; `Order::Finish` lets it go.
        let own = Rc::clone(&inner);
        inner.driver.listen(move |input| own.handle(input));
        inner.start();
        Self(inner)
    }

    /// Returns whether the form was made with these options. The title does not count.
    #[must_use]
    pub fn has_options(&self, options: &FormOptions) -> bool {
        let FormOptions {
            source,
            language,
            title: _,
            ready_timeout,
            form_origins,
            token_in_page,
        } = &self.0.options;
        *source == options.source
            && *language == options.language
            && *ready_timeout == options.ready_timeout
            && *form_origins == options.form_origins
            && *token_in_page == options.token_in_page
    }

    /// Gives the iframe another title, without starting over.
    pub fn set_title(&self, title: &str) {
        self.0.driver.set_title(title);
    }

    /// Starts over; with a session endpoint, in a new session. Does nothing once the card is saved.
    pub fn reload(&self) {
        self.0.handle(&FormInput::Reload);
    }

    /// Continues on the provider's page, if the form comes from a session endpoint.
    pub fn redirect(&self) {
        let url = page_url();
        let (page, _) = split_at_first(&url, &|byte| matches!(byte, b'?' | b'#'));
        self.0.handle(&FormInput::Redirect {
            page: page.to_owned(),
        });
    }

    /// Returns what the customer sees around the form.
    #[must_use]
    pub fn view(&self) -> FormView {
        FormView::of(&self.0.machine.borrow())
    }
}

impl Drop for Form {
    fn drop(&mut self) {
        self.0.driver.stop_listening();
        drop(self.0.waiting.take());
        self.0.handle(&FormInput::Destroy);
    }
}

impl Inner {
    /// Starts when the customer sees the page.
    fn start(self: &Rc<Self>) {
        let document = web_sys::window().and_then(|window| window.document());
        let Some(document) = document.filter(is_prerendering) else {
            return self.handle(&FormInput::Start);
        };
        let form = Rc::downgrade(self);
        let on_seen = move |_: web_sys::Event| {
            if let Some(form) = form.upgrade() {
                form.handle(&FormInput::Start);
            }
        };
        let waiting = Listener::new(&document, "prerenderingchange", on_seen);
        self.waiting.replace(Some(waiting));
    }

    fn handle(&self, input: &FormInput) {
        let output = self.machine.borrow_mut().handle(input);
        self.events.borrow_mut().extend(output.events);
        for order in &output.orders {
            self.driver.perform(order);
        }
        self.flush_events();
    }

    /// Tells the receivers what happened, after the orders are performed. A receiver may cause the next
    /// input, or drop the form.
    fn flush_events(&self) {
        if let Some(view) = self.view() {
            (self.on_view)(view);
        }
        while let Some(event) = self.next_event() {
            (self.on_event)(event);
        }
    }

    fn view(&self) -> Option<FormView> {
        let machine = self.machine.borrow();
        (!machine.is_destroyed()).then(|| FormView::of(&machine))
    }

    fn next_event(&self) -> Option<Event> {
        let event = self.events.borrow_mut().pop_front();
        event.filter(|_| !self.machine.borrow().is_destroyed())
    }
}

fn is_prerendering(document: &Document) -> bool {
    decode::get(document, "prerendering").is_ok_and(|value| value.is_truthy())
}

/// Returns the options with what the page they are on decides: its base URL, once and for all, and whether
/// forms for tests may be shown.
fn in_page(mut options: FormOptions) -> FormOptions {
    if let FormSource::Endpoint(session) = &mut options.source {
        session.endpoint = resolve(&session.endpoint, None);
        let return_url = session.return_url.as_deref();
        session.return_url = return_url.map(|url| resolve(url, None));
    }
    options.form_origins = options.form_origins.on_page(&page_url());
    options
}

fn page_url() -> String {
    let location = web_sys::window().map(|window| window.location());
    let url = location.and_then(|location| location.href().ok());
    url.unwrap_or_default()
}
