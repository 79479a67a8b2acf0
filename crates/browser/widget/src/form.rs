use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::rc::Rc;
use core::cell::RefCell;

use pantoken_a2c::Event;
use web_sys::Node;

use crate::driver::Driver;
use crate::form_input::FormInput;
use crate::form_machine::FormMachine;
use crate::form_options::FormOptions;
use crate::form_view::FormView;

/// A form in its iframe: a [`FormMachine`] with its [`Driver`], for any framework in Rust.
///
/// Drop it to remove the iframe, every listener and the timer. It emits nothing after that.
#[must_use = "the form is removed when this is dropped"]
pub struct Form(Rc<Inner>);

struct Inner {
    machine: RefCell<FormMachine>,
    driver: Driver,
    events: RefCell<VecDeque<Event>>,
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
            machine: RefCell::new(FormMachine::new(options)),
            driver: Driver::new(parent),
            events: RefCell::default(),
            on_view: Box::new(on_view),
            on_event: Box::new(on_event),
        });
        // The driver holds the form, so that a saved card is reported to the end even when this is
        // dropped; `Order::Finish` lets it go.
        let own = Rc::clone(&inner);
        inner.driver.listen(move |input| own.handle(input));
        inner.handle(&FormInput::Start);
        Self(inner)
    }

    /// Returns whether the form was made with these options.
    #[must_use]
    pub fn has_options(&self, options: &FormOptions) -> bool {
        self.0.machine.borrow().options() == options
    }

    /// Starts over; with a session endpoint, in a new session. Does nothing once the card is saved.
    pub fn reload(&self) {
        self.0.handle(&FormInput::Reload);
    }

    /// Continues on the provider's page, if the form comes from a session endpoint.
    pub fn redirect(&self) {
        let location = web_sys::window().map(|window| window.location());
        let page = location.and_then(|location| {
            let (origin, path) = (location.origin().ok()?, location.pathname().ok()?);
            Some([origin, path].concat())
        });
        self.0.handle(&FormInput::Redirect {
            page: page.unwrap_or_default(),
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
        self.0.handle(&FormInput::Destroy);
    }
}

impl Inner {
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
