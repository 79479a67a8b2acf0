use crate::event::{Event, FormError, HostCode, Ready, Saved, Warning, WarningCode};
use crate::{FormMessage, FormResult, MessageError, Origin, PanToken, RequestId};

/// The iframe flow as a state machine without I/O: it is told what happened, and says what to do.
///
/// 1. The page shows the form's frame and starts a timer.
/// 2. The form says Ready. The page answers, so that the form learns its origin, and stops the timer.
/// 3. The customer types and confirms; the form posts a result, or an error that a result may follow.
///
/// Only a message from the frame's own window and the form's own origin counts. At most one token is
/// ever emitted, and nothing after [`HandshakeInput::Destroy`]. Source: docs/a2c.md, "Iframe flow".
#[derive(Clone, Debug)]
pub struct Handshake {
    request_id: RequestId,
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

/// Where a form is, as `pantoken-form`'s property `state` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Not started, or destroyed.
    Idle,
    /// The frame is loading.
    Loading,
    /// The form waits for the customer.
    Ready,
    /// The card is saved; final.
    Saved,
    /// The customer cannot go on in this form as it stands.
    Failed,
}

impl State {
    /// The state's name in the element's contract.
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

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandshakeInput<'a> {
    /// The page wants the form.
    Start,
    /// The frame's document has loaded, whatever it is.
    FrameLoaded,
    /// The page's content security policy forbids the frame.
    FrameBlocked,
    /// A message reached the page.
    Message {
        /// Whether its source is our frame's window as it is now.
        from_frame: bool,
        /// `MessageEvent.origin`
        origin: &'a str,
        /// What it says.
        body: Result<FormMessage, MessageError>,
    },
    /// The timer that [`TimerOrder::Set`] started has run out.
    TimerFired,
    /// The page wants the frame loaded afresh.
    Reload,
    /// The page wants the form no more.
    Destroy,
}

/// What to do, in the order of the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct HandshakeOrders {
    /// What becomes of the frame.
    pub frame: Option<FrameOrder>,
    /// Whether to post any message to the frame, addressed to the form's origin.
    pub reply: bool,
    /// What becomes of the ready timer.
    pub timer: Option<TimerOrder>,
    /// What to warn the page of.
    pub warning: Option<Warning>,
    /// What to tell the page; never a warning.
    pub event: Option<Event>,
}

impl HandshakeOrders {
    #[inline(never)]
    fn remove_frame(&mut self) {
        self.frame = Some(FrameOrder::Remove);
        self.timer = Some(TimerOrder::Clear);
    }
}

/// What becomes of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameOrder {
    /// Put a new frame with the form in place of the old one, if any.
    Show,
    /// Take the frame away.
    Remove,
}

/// What becomes of the ready timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimerOrder {
    /// Start it afresh.
    Set,
    /// Stop it.
    Clear,
}

/// One load of the frame's document.
///
/// Ready may come before the frame's `load` event or after it. A second Ready after the event is
/// either a repetition or the first word of the next document, whose own `load` event then follows.
#[derive(Clone, Copy, Debug, Default)]
struct Load {
    loaded: bool,
    ready: bool,
    ready_again: bool,
}

impl Handshake {
    /// A handshake with the form for this request at this origin, not started yet.
    #[must_use]
    pub fn new(request_id: RequestId, form_origin: Origin) -> Self {
        Self {
            request_id,
            form_origin,
            state: State::Idle,
            load: Load::default(),
            saved: None,
            life: Life::New,
        }
    }

    /// Where the form is.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// The origin that the form's messages come from and our answer goes to.
    #[must_use]
    pub fn form_origin(&self) -> &Origin {
        &self.form_origin
    }

    /// The operation that the form is for.
    #[must_use]
    pub fn request_id(&self) -> RequestId {
        self.request_id
    }

    /// Whether a message counts at all, so that no other need be decoded: it comes from the frame's
    /// window and the form's origin.
    #[must_use]
    pub fn listens_to(&self, from_frame: bool, origin: &str) -> bool {
        from_frame && origin == self.form_origin.as_str()
    }

    /// Takes in what happened and says what to do.
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
        // All that is in it is the browser's word that it shows nothing.
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
            Ok(FormMessage::Result { request_id, .. }) if request_id != self.request_id => {
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
        // A true result is not lost for want of a Ready; the agent is told.
        if !self.load.ready {
            self.warn(WarningCode::ResultBeforeReady, out);
        }
        let event = match result {
            FormResult::Saved(pan_token) => {
                self.saved = Some(pan_token.clone());
                self.state = State::Saved;
                Event::Saved(Saved {
                    request_id: self.request_id,
                    pan_token,
                })
            }
            FormResult::Failed { code, message } => {
                let error = FormError::form(self.request_id, code, message);
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
            request_id: self.request_id,
        }));
    }

    fn fail(&mut self, code: HostCode, reason: &str, out: &mut HandshakeOrders) {
        self.state = State::Failed;
        let error = FormError::host(Some(self.request_id), code, reason);
        out.event = Some(Event::Error(error));
    }

    fn warn(&self, code: WarningCode, out: &mut HandshakeOrders) {
        out.warning = Some(Warning {
            request_id: self.request_id,
            code,
        });
    }
}

#[cfg(test)]
mod tests;
