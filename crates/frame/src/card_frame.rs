use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::rc::{Rc, Weak};
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

use pantoken_protocol::{
    Event, Flow, FormError, FormOrigins, FormUrl, Handshake, HostCode, Input, Origin, Output, State,
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, MessageEvent, SecurityPolicyViolationEvent};

use crate::decode::decode;
use crate::iframe::Iframe;
use crate::listener::Listener;
use crate::timer::Timer;

/// What to show, and how long to wait for it.
#[derive(Clone, Debug)]
pub struct FrameOptions {
    /// The signed form URL, of the iframe flow.
    pub form_url: FormUrl,
    /// The origins on which a form URL is accepted.
    pub form_origins: FormOrigins,
    /// The iframe's title, for who hears the page.
    pub title: String,
    /// How long to wait for the form's Ready, in milliseconds.
    pub ready_timeout: u32,
}

impl FrameOptions {
    /// How long to wait for the form's Ready unless said otherwise, in milliseconds.
    pub const READY_TIMEOUT: u32 = 15_000;
}

/// The form in its iframe, as long as this lives.
///
/// Dropping it takes the iframe, the listeners and the timer away; nothing is emitted after that.
#[must_use = "the form is taken away when this is dropped"]
pub struct CardFrame(Rc<Inner>);

struct Inner {
    parent: Element,
    options: FrameOptions,
    on_event: Box<dyn Fn(Event)>,
    handshake: RefCell<Handshake>,
    iframe: RefCell<Option<Iframe>>,
    timer: RefCell<Option<Timer>>,
    listeners: RefCell<Vec<Listener>>,
    outputs: RefCell<VecDeque<Output>>,
    working: Cell<bool>,
}

impl CardFrame {
    /// Shows the form at the end of `parent` and tells `on_event` what happens.
    ///
    /// # Errors
    /// [`HostCode::InvalidFormUrl`] when the form URL is not for the iframe flow or its origin is
    /// not allowed; no frame is made then.
    pub fn mount(
        parent: &Element,
        options: FrameOptions,
        on_event: impl Fn(Event) + 'static,
    ) -> Result<Self, FormError> {
        check(&options)?;
        let request = options.form_url.request();
        let handshake = Handshake::new(request.request_id(), request.host().origin().clone());
        let inner = Rc::new(Inner {
            parent: parent.clone(),
            options,
            on_event: Box::new(on_event),
            handshake: RefCell::new(handshake),
            iframe: RefCell::default(),
            timer: RefCell::default(),
            listeners: RefCell::default(),
            outputs: RefCell::default(),
            working: Cell::new(false),
        });
        inner.listen();
        inner.handle(Input::Start);
        Ok(Self(inner))
    }

    /// Loads the form afresh in a new frame; does nothing once the card is saved.
    pub fn reload(&self) {
        self.0.handle(Input::Reload);
    }

    /// Where the form is.
    #[must_use]
    pub fn state(&self) -> State {
        self.0.handshake.borrow().state()
    }
}

impl Drop for CardFrame {
    fn drop(&mut self) {
        self.0.listeners.borrow_mut().clear();
        self.0.outputs.borrow_mut().clear();
        self.0.handle(Input::Destroy);
        // Within an event of ours the loop above us is still at work, and does it after us.
        self.0.iframe.take();
        self.0.timer.take();
    }
}

fn check(options: &FrameOptions) -> Result<(), FormError> {
    let request = options.form_url.request();
    let reason = if request.flow() == Flow::Redirect {
        "the form URL is signed for the redirect flow: sign one without agentCallbackUrl"
    } else if !options.form_origins.allows(request.host().origin()) {
        "the form URL is not on the provider's origins: name its origin in form-origin to allow it"
    } else {
        return Ok(());
    };
    Err(FormError::host(
        Some(request.request_id()),
        HostCode::InvalidFormUrl,
        reason,
    ))
}

impl Inner {
    /// Listens before the frame has a `src`, so that no Ready is missed.
    fn listen(self: &Rc<Self>) {
        let Some(document) = self.parent.owner_document() else {
            return;
        };
        let Some(window) = document.default_view() else {
            return;
        };
        let inner = Rc::downgrade(self);
        let message = Listener::new(&window, "message", move |event| {
            with(&inner, |inner| inner.message(event.unchecked_ref()));
        });
        self.listeners.borrow_mut().push(message);
        let inner = Rc::downgrade(self);
        let violation = Listener::new(&document, "securitypolicyviolation", move |event| {
            with(&inner, |inner| {
                inner.policy_violation(event.unchecked_ref());
            });
        });
        self.listeners.borrow_mut().push(violation);
    }

    fn message(self: &Rc<Self>, event: &MessageEvent) {
        let window = self.iframe.borrow().as_ref().and_then(Iframe::window);
        let source = event.source().map(JsValue::from);
        // A message that no window of ours sent is not even read; a script can make up the source
        // of an event that it dispatches itself, but not that the browser vouches for it.
        let from_frame =
            event.is_trusted() && source.is_some() && source == window.map(JsValue::from);
        if !from_frame {
            return;
        }
        let origin = event.origin();
        if self.handshake.borrow().listens_to(from_frame, &origin) {
            self.handle(Input::Message {
                from_frame,
                origin: &origin,
                body: decode(&event.data()),
            });
        }
    }

    fn policy_violation(self: &Rc<Self>, event: &SecurityPolicyViolationEvent) {
        let frame = event.is_trusted()
            && event.effective_directive() == "frame-src"
            && is_under(&event.blocked_uri(), self.handshake.borrow().form_origin());
        if frame {
            self.handle(Input::FrameBlocked);
        }
    }

    /// Does what the handshake says, in order, even when an event's receiver causes the next input.
    fn handle(self: &Rc<Self>, input: Input<'_>) {
        let outputs = self.handshake.borrow_mut().handle(input);
        self.outputs.borrow_mut().extend(outputs);
        if self.working.replace(true) {
            return;
        }
        loop {
            let output = self.outputs.borrow_mut().pop_front();
            match output {
                Some(output) => self.perform(output),
                None => break,
            }
        }
        self.working.set(false);
    }

    fn perform(self: &Rc<Self>, output: Output) {
        match output {
            Output::ShowFrame => self.show_frame(),
            Output::RemoveFrame => drop(self.iframe.take()),
            Output::Answer => self.answer(),
            Output::SetTimer => self.set_timer(),
            Output::ClearTimer => drop(self.timer.take()),
            Output::Emit(event) => (self.on_event)(event),
        }
    }

    fn show_frame(self: &Rc<Self>) {
        self.iframe.take();
        let inner = Rc::downgrade(self);
        let on_load = move || with(&inner, |inner| inner.handle(Input::FrameLoaded));
        let FrameOptions {
            form_url, title, ..
        } = &self.options;
        // Where the page has no document to put a frame in, the ready timer tells.
        *self.iframe.borrow_mut() = Iframe::show(&self.parent, form_url, title, on_load).ok();
    }

    /// Any message will do: from it the form learns our origin. It is addressed to the form's origin
    /// alone, so that a document that took its place learns nothing.
    fn answer(&self) {
        if let Some(window) = self.iframe.borrow().as_ref().and_then(Iframe::window) {
            let handshake = self.handshake.borrow();
            let _ = window.post_message(
                &JsValue::from_str("pantoken"),
                handshake.form_origin().as_str(),
            );
        }
    }

    fn set_timer(self: &Rc<Self>) {
        let inner = Rc::downgrade(self);
        let on_time = move || {
            with(&inner, |inner| {
                inner.timer.take();
                inner.handle(Input::TimerFired);
            });
        };
        *self.timer.borrow_mut() = Some(Timer::new(self.options.ready_timeout, on_time));
    }
}

/// Whether the URL, or what a browser leaves of it, is on this origin.
fn is_under(url: &str, origin: &Origin) -> bool {
    url.strip_prefix(origin.as_str())
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}

fn with(inner: &Weak<Inner>, act: impl FnOnce(&Rc<Inner>)) {
    if let Some(inner) = inner.upgrade() {
        act(&inner);
    }
}
