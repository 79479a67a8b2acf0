use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::RefCell;

use pantoken_a2c::Event;
use pantoken_core::text::split_at_first;
use web_sys::Document;

use crate::decode;
use crate::driver::{Driver, Listener};
use crate::form_input::FormInput;
use crate::form_view::FormView;
use crate::machine::Machine;

/// A machine with its driver in a page. Nothing is left of it, and nothing comes of it, once it is dropped.
pub(crate) struct Mounted<M: Machine + 'static>(Rc<Inner<M>>);

struct Inner<M> {
    machine: RefCell<M>,
    driver: Driver,
    events: RefCell<VecDeque<Event>>,
    /// Waits for the customer to see a page that is only prerendered.
    waiting: RefCell<Option<Listener>>,
    on_view: Box<dyn Fn(FormView)>,
    on_event: Box<dyn Fn(Event)>,
}

impl<M: Machine + 'static> Mounted<M> {
    /// Starts the machine with this driver. Calls `on_view` with what the customer sees, and then
    /// `on_event` with what happened.
    pub(crate) fn start(
        driver: Driver,
        machine: M,
        on_view: impl Fn(FormView) + 'static,
        on_event: impl Fn(Event) + 'static,
    ) -> Self {
        let inner = Rc::new(Inner {
            machine: RefCell::new(machine),
            driver,
            events: RefCell::default(),
            waiting: RefCell::default(),
            on_view: Box::new(on_view),
            on_event: Box::new(on_event),
        });
        // The driver holds the machine, so that a saved card is reported to the end even when this is
        // dropped; `Order::Finish` lets it go.
        let own = Rc::clone(&inner);
        inner.driver.listen(move |input| own.handle(input));
        inner.start();
        Self(inner)
    }

    pub(crate) fn driver(&self) -> &Driver {
        &self.0.driver
    }

    pub(crate) fn handle(&self, input: &FormInput) {
        self.0.handle(input);
    }

    pub(crate) fn view(&self) -> FormView {
        self.0.machine.borrow().view()
    }

    /// Returns what passes inputs on for as long as this is there.
    pub(crate) fn weak_handle(&self) -> impl Fn(&FormInput) + 'static {
        let inner = Rc::downgrade(&self.0);
        move |input| {
            if let Some(inner) = inner.upgrade() {
                inner.handle(input);
            }
        }
    }
}

impl<M: Machine + 'static> Drop for Mounted<M> {
    fn drop(&mut self) {
        self.0.driver.stop_listening();
        drop(self.0.waiting.take());
        self.0.handle(&FormInput::Destroy);
    }
}

impl<M: Machine + 'static> Inner<M> {
    /// Starts when the customer sees the page.
    fn start(self: &Rc<Self>) {
        let document = web_sys::window().and_then(|window| window.document());
        let Some(document) = document.filter(is_prerendering) else {
            return self.handle(&FormInput::Start);
        };
        let inner = Rc::downgrade(self);
        let on_seen = move |_: web_sys::Event| {
            if let Some(inner) = inner.upgrade() {
                inner.handle(&FormInput::Start);
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
    /// input, or drop the machine.
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
        (!machine.is_destroyed()).then(|| machine.view())
    }

    fn next_event(&self) -> Option<Event> {
        let event = self.events.borrow_mut().pop_front();
        event.filter(|_| !self.machine.borrow().is_destroyed())
    }
}

fn is_prerendering(document: &Document) -> bool {
    decode::get(document, "prerendering").is_ok_and(|value| value.is_truthy())
}

pub(crate) fn page_url() -> String {
    let location = web_sys::window().map(|window| window.location());
    let url = location.and_then(|location| location.href().ok());
    url.unwrap_or_default()
}

/// Returns what happens when the customer wants to continue on the provider's page.
pub(crate) fn redirect_input() -> FormInput {
    let url = page_url();
    let (page, _) = split_at_first(&url, |byte| matches!(byte, b'?' | b'#'));
    FormInput::Redirect {
        page: page.to_owned(),
    }
}
