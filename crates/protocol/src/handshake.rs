use crate::event::{Event, FormError, HostCode, Ready, Saved, Warning, WarningCode};
use crate::{
    ErrorCode, ErrorMessage, FormMessage, FormResult, MessageError, Origin, PanToken, RequestId,
};
use alloc::vec;
use alloc::vec::Vec;

/// The iframe flow as a state machine without I/O: it is told what happened, and says what to do.
///
/// 1. The page shows the form's frame and starts a timer.
/// 2. The form says Ready. The page answers, so that the form learns its origin, and stops the timer.
/// 3. The customer types and confirms; the form posts a result, or an error that a result may follow.
///
/// Only a message from the frame's own window and the form's own origin counts. At most one token is
/// ever emitted, and nothing after [`Input::Destroy`]. Source: protocol.md, "Iframe flow".
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
pub enum Input<'a> {
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
    /// The timer that [`Output::SetTimer`] set has run out.
    TimerFired,
    /// The page wants the frame loaded afresh.
    Reload,
    /// The page wants the form no more.
    Destroy,
}

/// What to do, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Put a new frame with the form in place of the old one, if any.
    ShowFrame,
    /// Take the frame away.
    RemoveFrame,
    /// Post any message to the frame, addressed to the form's origin.
    Answer,
    /// Start the ready timer afresh.
    SetTimer,
    /// Stop the ready timer.
    ClearTimer,
    /// Tell the page.
    Emit(Event),
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

    /// Takes in what happened and says what to do, in order.
    pub fn handle(&mut self, input: Input<'_>) -> Vec<Output> {
        match input {
            Input::Start if self.life == Life::New => self.show_frame(),
            Input::Start => Vec::new(),
            _ if self.life != Life::Running => Vec::new(),
            Input::FrameLoaded => self.frame_loaded(),
            Input::FrameBlocked => self.frame_blocked(),
            Input::Message {
                from_frame,
                origin,
                body,
            } => {
                if self.listens_to(from_frame, origin) {
                    self.message(body)
                } else {
                    Vec::new()
                }
            }
            Input::TimerFired => self.timer_fired(),
            Input::Reload if self.saved.is_some() => Vec::new(),
            Input::Reload => self.show_frame(),
            Input::Destroy => self.destroy(),
        }
    }

    fn show_frame(&mut self) -> Vec<Output> {
        self.life = Life::Running;
        self.state = State::Loading;
        self.load = Load::default();
        vec![Output::ShowFrame, Output::SetTimer]
    }

    fn destroy(&mut self) -> Vec<Output> {
        self.life = Life::Over;
        self.state = State::Idle;
        vec![Output::ClearTimer, Output::RemoveFrame]
    }

    fn frame_loaded(&mut self) -> Vec<Output> {
        if !self.load.loaded {
            self.load.loaded = true;
            return Vec::new();
        }
        let ready = self.load.ready_again;
        self.load = Load {
            loaded: true,
            ready,
            ready_again: false,
        };
        if ready {
            return vec![self.ready()];
        }
        if self.saved.is_some() {
            return Vec::new();
        }
        self.state = State::Loading;
        vec![Output::SetTimer]
    }

    fn frame_blocked(&mut self) -> Vec<Output> {
        if self.load.ready || self.saved.is_some() {
            return Vec::new();
        }
        let reason =
            "the page's Content-Security-Policy forbids the form: allow its origin in frame-src";
        vec![
            Output::ClearTimer,
            self.fail(HostCode::FrameBlocked, reason),
        ]
    }

    fn timer_fired(&mut self) -> Vec<Output> {
        if self.state != State::Loading {
            return Vec::new();
        }
        vec![self.fail(HostCode::ReadyTimeout, "the form did not say Ready in time")]
    }

    fn message(&mut self, body: Result<FormMessage, MessageError>) -> Vec<Output> {
        match body {
            Ok(FormMessage::Ready) => self.form_ready(),
            Ok(FormMessage::Result { request_id, .. }) if request_id != self.request_id => {
                vec![self.warn(WarningCode::RequestMismatch)]
            }
            Ok(FormMessage::Result { result, .. }) => match result {
                FormResult::Saved(pan_token) => self.form_saved(pan_token),
                FormResult::Failed { code, message } => self.form_failed(code, &message),
            },
            Err(MessageError::CardNumber) if self.saved.is_none() => {
                let reason =
                    "the form posted a card number where the panToken should be; it was not kept";
                vec![
                    Output::ClearTimer,
                    self.fail(HostCode::ResultRejected, reason),
                ]
            }
            Err(_) => vec![self.warn(WarningCode::UnreadableMessage)],
        }
    }

    fn form_ready(&mut self) -> Vec<Output> {
        if self.load.ready {
            self.load.ready_again = self.load.loaded;
            return vec![Output::Answer];
        }
        self.load.ready = true;
        vec![Output::Answer, Output::ClearTimer, self.ready()]
    }

    fn form_saved(&mut self, pan_token: PanToken) -> Vec<Output> {
        if let Some(saved) = &self.saved {
            return if *saved == pan_token {
                Vec::new()
            } else {
                vec![self.warn(WarningCode::ConflictingResult)]
            };
        }
        let mut outputs = self.result_arrived();
        self.saved = Some(pan_token.clone());
        self.state = State::Saved;
        outputs.push(Output::Emit(Event::Saved(Saved {
            request_id: self.request_id,
            pan_token,
        })));
        outputs
    }

    fn form_failed(&mut self, code: ErrorCode, message: &ErrorMessage) -> Vec<Output> {
        if self.saved.is_some() {
            return vec![self.warn(WarningCode::ConflictingResult)];
        }
        let mut outputs = self.result_arrived();
        let error = FormError::form(self.request_id, code, message);
        self.state = if error.recoverable {
            State::Ready
        } else {
            State::Failed
        };
        outputs.push(Output::Emit(Event::Error(error)));
        outputs
    }

    /// A true result is not lost for want of a Ready; the agent is told.
    fn result_arrived(&self) -> Vec<Output> {
        let mut outputs = vec![Output::ClearTimer];
        if !self.load.ready {
            outputs.push(self.warn(WarningCode::ResultBeforeReady));
        }
        outputs
    }

    fn ready(&mut self) -> Output {
        if self.saved.is_none() {
            self.state = State::Ready;
        }
        Output::Emit(Event::Ready(Ready {
            request_id: self.request_id,
        }))
    }

    fn fail(&mut self, code: HostCode, reason: &str) -> Output {
        self.state = State::Failed;
        Output::Emit(Event::Error(FormError::host(
            Some(self.request_id),
            code,
            reason,
        )))
    }

    fn warn(&self, code: WarningCode) -> Output {
        Output::Emit(Event::Warning(Warning {
            request_id: self.request_id,
            code,
        }))
    }
}

#[cfg(test)]
mod tests;
