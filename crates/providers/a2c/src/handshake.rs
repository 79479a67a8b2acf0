use crate::event::{Event, FormError, FormId, HostCode, Ready, Saved, Warning, WarningCode};
use crate::{FormMessage, FormResult, MessageError, Origin, PanToken};

/// The iframe flow as a state machine without I/O. It accepts inputs, which say what happened, and returns
/// orders, which say what to do.
///
/// 1. The page shows the form's frame and starts a timer.
/// 2. The form posts Ready. The page replies, so that the form learns its origin, and stops the timer.
/// 3. The customer enters the card and confirms. The form posts a result, or an error that a result may
///    follow.
///
/// Messages from any window but the frame's, or from any origin but the form's, are ignored. At most one
/// token is emitted, and nothing is emitted after [`HandshakeInput::Destroy`].
/// Source: docs/a2c.md, "Iframe flow".
#[derive(Clone, Debug)]
pub struct Handshake {
    request_id: FormId,
    form_origin: Origin,
    state: State,
    load: Load,
    saved: Option<PanToken>,
    life: Life,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    New,
    Running,
    Over,
}

/// The state of a form, as in the property `state` of `pantoken-form`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// The form has not been started, or has been destroyed.
    Idle,
    /// The frame is loading.
    Loading,
    /// The form waits for the customer.
    Ready,
    /// The card is saved. This state is final.
    Saved,
    /// The customer cannot continue in this form.
    Failed,
}

impl State {
    /// Returns the state's name in the element's public API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Loading => "loading",
            Self::Ready => "ready",
            Self::Saved => "saved",
            Self::Failed => "failed",
        }
    }
}

/// Something that happened to the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandshakeInput<'a> {
    /// The page starts the form.
    Start,
    /// A document has loaded in the frame. It need not be the form.
    FrameLoaded,
    /// The page's content security policy forbids the frame.
    FrameBlocked,
    /// A message reached the page.
    Message {
        /// Whether the message's source is the frame's current window.
        from_frame: bool,
        /// The message's origin, from `MessageEvent.origin`.
        origin: &'a str,
        /// The decoded message.
        body: Result<FormMessage, MessageError>,
    },
    /// The timer that [`TimerOrder::Set`] started has expired.
    TimerFired,
    /// The page reloads the form.
    Reload,
    /// The page removes the form for good.
    Destroy,
}

/// The orders for the driver. It carries them out in the order of the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct HandshakeOrders {
    /// The order for the frame, if any.
    pub frame: Option<FrameOrder>,
    /// Whether to reply to Ready, with any message to the frame, addressed to the form's origin.
    pub reply: bool,
    /// The order for the ready timer, if any.
    pub timer: Option<TimerOrder>,
    /// The warning to emit, if any.
    pub warning: Option<Warning>,
    /// The event to emit, if any. It is never a warning.
    pub event: Option<Event>,
}

impl HandshakeOrders {
    #[inline(never)]
    fn remove_frame(&mut self) {
        self.frame = Some(FrameOrder::Remove);
        self.timer = Some(TimerOrder::Clear);
    }
}

/// An order for the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameOrder {
    /// Show the form in a new frame, which replaces the old one, if any.
    Show,
    /// Remove the frame.
    Remove,
}

/// An order for the ready timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimerOrder {
    /// Start the timer, or restart it if it is running.
    Set,
    /// Stop the timer.
    Clear,
}

/// One load of the frame's document.
///
/// Ready may arrive before or after the frame's `load` event. A second Ready after that event is either a
/// repetition or the first message of the next document, whose own `load` event then follows.
#[derive(Clone, Copy, Debug, Default)]
struct Load {
    loaded: bool,
    ready: bool,
    ready_again: bool,
}

impl Handshake {
    /// Creates a handshake with the form for this request at this origin. It has not started yet.
    #[must_use]
    pub fn new(request_id: impl Into<FormId>, form_origin: Origin) -> Self {
        Self {
            request_id: request_id.into(),
            form_origin,
            state: State::Idle,
            load: Load::default(),
            saved: None,
            life: Life::New,
        }
    }

    /// Returns the state of the form.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// Returns the origin that the form's messages come from and the reply is addressed to.
    #[must_use]
    pub fn form_origin(&self) -> &Origin {
        &self.form_origin
    }

    /// Returns the request id of the operation.
    #[must_use]
    pub fn request_id(&self) -> &FormId {
        &self.request_id
    }

    /// Returns whether a message is from the frame's window and the form's origin. Other messages are
    /// ignored and need not be decoded.
    #[must_use]
    pub fn listens_to(&self, from_frame: bool, origin: &str) -> bool {
        from_frame && origin == self.form_origin.as_str()
    }

    /// Handles an input and returns the orders that follow from it.
    pub fn handle(&mut self, input: HandshakeInput<'_>) -> HandshakeOrders {
        let mut out = HandshakeOrders::default();
        match input {
            HandshakeInput::Start if self.life == Life::New => self.show_frame(&mut out),
            HandshakeInput::Start => {}
            _ if self.life != Life::Running => {}
            HandshakeInput::FrameLoaded => self.frame_loaded(&mut out),
            HandshakeInput::FrameBlocked => self.frame_blocked(&mut out),
            HandshakeInput::Message {
                from_frame,
                origin,
                body,
            } => {
                if self.listens_to(from_frame, origin) {
                    self.message(body, &mut out);
                }
            }
            HandshakeInput::TimerFired => self.timer_fired(&mut out),
            HandshakeInput::Reload if self.saved.is_some() => {}
            HandshakeInput::Reload => self.show_frame(&mut out),
            HandshakeInput::Destroy => self.destroy(&mut out),
        }
        out
    }

    fn show_frame(&mut self, out: &mut HandshakeOrders) {
        self.life = Life::Running;
        self.state = State::Loading;
        self.load = Load::default();
        out.frame = Some(FrameOrder::Show);
        out.timer = Some(TimerOrder::Set);
    }

    fn destroy(&mut self, out: &mut HandshakeOrders) {
        self.life = Life::Over;
        self.state = State::Idle;
        out.remove_frame();
    }

    fn frame_loaded(&mut self, out: &mut HandshakeOrders) {
        if !self.load.loaded {
            self.load.loaded = true;
            return;
        }
        let ready = self.load.ready_again;
        self.load = Load {
            loaded: true,
            ready,
            ready_again: false,
        };
        if ready {
            self.ready(out);
        } else if self.saved.is_none() {
            self.state = State::Loading;
            out.timer = Some(TimerOrder::Set);
        }
    }

    fn frame_blocked(&mut self, out: &mut HandshakeOrders) {
        if self.load.ready || self.saved.is_some() {
            return;
        }
        // The frame contains only the browser's notice that the page is blocked.
        out.remove_frame();
        let reason =
            "the page's Content-Security-Policy forbids the form: add its origin to frame-src";
        self.fail(HostCode::FrameBlocked, reason, out);
    }

    fn timer_fired(&mut self, out: &mut HandshakeOrders) {
        if self.state == State::Loading {
            let reason = "the form did not say Ready in time";
            self.fail(HostCode::ReadyTimeout, reason, out);
        }
    }

    fn message(&mut self, body: Result<FormMessage, MessageError>, out: &mut HandshakeOrders) {
        match body {
            Ok(FormMessage::Ready) => self.form_ready(out),
            Ok(FormMessage::Result { request_id, .. }) if self.request_id != request_id => {
                self.warn(WarningCode::RequestMismatch, out);
            }
            Ok(FormMessage::Result { result, .. }) => match (result, &self.saved) {
                (FormResult::Saved(pan_token), Some(saved)) if pan_token == *saved => {}
                (_, Some(_)) => self.warn(WarningCode::ConflictingResult, out),
                (result, None) => self.first_result(result, out),
            },
            Err(MessageError::CardNumber) if self.saved.is_none() => {
                out.timer = Some(TimerOrder::Clear);
                let reason = "the form posted a card number: it was not kept";
                self.fail(HostCode::ResultRejected, reason, out);
            }
            Err(_) => self.warn(WarningCode::UnreadableMessage, out),
        }
    }

    fn form_ready(&mut self, out: &mut HandshakeOrders) {
        out.reply = true;
        if self.load.ready {
            self.load.ready_again = self.load.loaded;
            return;
        }
        self.load.ready = true;
        out.timer = Some(TimerOrder::Clear);
        self.ready(out);
    }

    fn first_result(&mut self, result: FormResult, out: &mut HandshakeOrders) {
        out.timer = Some(TimerOrder::Clear);
        // A genuine result is not lost because Ready is missing, but the page gets a warning.
        if !self.load.ready {
            self.warn(WarningCode::ResultBeforeReady, out);
        }
        let event = match result {
            FormResult::Saved(pan_token) => {
                self.saved = Some(pan_token.clone());
                self.state = State::Saved;
                Event::Saved(Saved {
                    request_id: self.request_id.clone(),
                    pan_token: Some(pan_token),
                })
            }
            FormResult::Failed { code, message } => {
                let error = FormError::form(self.request_id.clone(), code, message);
                self.state = if error.recoverable {
                    State::Ready
                } else {
                    State::Failed
                };
                Event::Error(error)
            }
        };
        out.event = Some(event);
    }

    fn ready(&mut self, out: &mut HandshakeOrders) {
        if self.saved.is_none() {
            self.state = State::Ready;
        }
        out.event = Some(Event::Ready(Ready {
            request_id: self.request_id.clone(),
        }));
    }

    fn fail(&mut self, code: HostCode, reason: &str, out: &mut HandshakeOrders) {
        self.state = State::Failed;
        let error = FormError::host(Some(self.request_id.clone()), code, reason);
        out.event = Some(Event::Error(error));
    }

    fn warn(&self, code: WarningCode, out: &mut HandshakeOrders) {
        out.warning = Some(Warning {
            request_id: self.request_id.clone(),
            code,
        });
    }
}

#[cfg(test)]
mod tests;
