use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::RefCell;

use pantoken_a2c::Event;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::form_input::FormInput;
use crate::form_machine::FormMachine;
use crate::form_options::FormOptions;
use crate::form_view::FormView;

#[wasm_bindgen(module = "/src/hands.js")]
extern "C" {
    type Hands;

    #[wasm_bindgen(constructor)]
    fn new(place: &JsValue, input: &JsValue, heed: &JsValue) -> Hands;

    #[wasm_bindgen(method)]
    fn tell(this: &Hands, name: &str);

    #[wasm_bindgen(method)]
    fn redirect(this: &Hands);

    #[wasm_bindgen(method)]
    fn leave(this: &Hands);
}

/// A form in its iframe, as long as this lives: [`FormMachine`] over real windows, messages, timers
/// and calls, for a framework in Rust.
///
/// Dropping it takes the iframe, the listeners and the timer away; nothing is emitted after that.
#[must_use = "the form is taken away when this is dropped"]
pub struct Form {
    hands: Hands,
    inner: Rc<Inner>,
}

struct Inner {
    machine: RefCell<FormMachine>,
    events: RefCell<VecDeque<Event>>,
    on_view: Box<dyn Fn(FormView)>,
    on_event: Box<dyn Fn(Event)>,
}

impl Form {
    /// Shows the form at the end of `parent`, an element. Tells `on_view` what the customer sees
    /// around it, and then `on_event` what happened.
    pub fn mount(
        parent: &JsValue,
        options: FormOptions,
        on_view: impl Fn(FormView) + 'static,
        on_event: impl Fn(Event) + 'static,
    ) -> Self {
        let inner = Rc::new(Inner {
            machine: RefCell::new(FormMachine::new(options)),
            events: RefCell::default(),
            on_view: Box::new(on_view),
            on_event: Box::new(on_event),
        });
        let own = Rc::clone(&inner);
        let input = Closure::<dyn Fn(String) -> String>::new(move |text: String| own.input(&text));
        let own = Rc::clone(&inner);
        let heed = Closure::<dyn Fn()>::new(move || own.heed());
        // The browser drops both when the hands are gone, which may outlive the form: a saved card
        // is reported to the end.
        let hands = Hands::new(parent, &input.into_js_value(), &heed.into_js_value());
        hands.tell("start");
        Self { hands, inner }
    }

    /// Whether the form was made with these options.
    #[must_use]
    pub fn is_of(&self, options: &FormOptions) -> bool {
        self.inner.machine.borrow().options() == options
    }

    /// Starts over; with a session endpoint, in a new session. Does nothing once the card is saved.
    pub fn reload(&self) {
        self.hands.tell("reload");
    }

    /// Goes on at the provider's page, where the form is of a session endpoint.
    pub fn redirect(&self) {
        self.hands.redirect();
    }

    /// What the customer sees around the form.
    #[must_use]
    pub fn view(&self) -> FormView {
        FormView::of(&self.inner.machine.borrow())
    }
}

impl Drop for Form {
    fn drop(&mut self) {
        self.hands.leave();
    }
}

impl Inner {
    fn input(&self, text: &str) -> String {
        let orders = self.machine.borrow_mut().handle(FormInput::read(text));
        let mut events = self.events.borrow_mut();
        if let Some(warning) = orders.warning {
            events.push_back(Event::Warning(warning));
        }
        if let Some(event) = orders.event {
            events.push_back(event);
        }
        orders.lines.into_text()
    }

    /// Tells what happened, after the hands have done their part. A receiver may cause the next
    /// input, or the end.
    fn heed(&self) {
        if let Some(view) = self.view() {
            (self.on_view)(view);
        }
        while let Some(event) = self.next_event() {
            (self.on_event)(event);
        }
    }

    fn view(&self) -> Option<FormView> {
        let machine = self.machine.borrow();
        (!machine.is_left()).then(|| FormView::of(&machine))
    }

    fn next_event(&self) -> Option<Event> {
        let event = self.events.borrow_mut().pop_front();
        event.filter(|_| !self.machine.borrow().is_left())
    }
}
