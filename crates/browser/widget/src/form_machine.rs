use alloc::string::String;

use pantoken_a2c::{
    Event, FailureCode, Flow, FormError, FormMessage, FormUrl, FrameOrder, Handshake, HostCode,
    Input, Saved, State, TimerOrder,
};
use pantoken_core::decimal::decimal_digits;

use crate::form_input::FormInput;
use crate::form_options::{FormOptions, FormSource};
use crate::orders::Orders;
use crate::session::Session;
use crate::texts::Text;

/// The longest time that a browser waits, in milliseconds; with a longer one it would not wait at
/// all.
const LONGEST_WAIT: u32 = i32::MAX.unsigned_abs();

/// A form from either source as a state machine without I/O: it is told what happened, and gives
/// orders. It runs the [`Handshake`] of a form URL; for a session endpoint it asks for the form URL
/// first, and has the result reported before it emits it.
#[derive(Debug)]
pub struct FormMachine {
    options: FormOptions,
    progress: Progress,
    shown: Option<Shown>,
    /// The last error, until the form is ready again.
    failure: Option<Failure>,
    /// A saved card that the session endpoint has not acknowledged.
    unreported: Option<Saved>,
    left: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// Not started, or the redirect flow waits for the customer.
    Idle,
    /// A session of this flow is asked for, or the customer is on the way to its form.
    Creating(Flow),
    /// The frame's handshake knows.
    Shown,
    /// The token is here, and not acknowledged yet.
    Reporting,
    Saved,
    Failed,
}

/// What of an error the customer is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failure {
    pub(crate) text: Text,
    pub(crate) recoverable: bool,
    /// Whether the form may do well outside a frame.
    pub(crate) is_about_the_frame: bool,
}

/// A form in its frame.
#[derive(Debug)]
struct Shown {
    url: String,
    handshake: Handshake,
}

impl FormMachine {
    /// A form that is not started yet.
    #[must_use]
    pub fn new(options: FormOptions) -> Self {
        Self {
            options,
            progress: Progress::Idle,
            shown: None,
            failure: None,
            unreported: None,
            left: false,
        }
    }

    /// Takes in what happened and says what to do.
    pub fn handle(&mut self, input: FormInput<'_>) -> Orders {
        let mut orders = Orders::default();
        let out = &mut orders;
        match input {
            _ if self.left => {}
            FormInput::Start | FormInput::Reload => self.start(out),
            FormInput::Redirect(page) => self.create(Flow::Redirect, page, out),
            FormInput::FrameLoaded => self.shake(Input::FrameLoaded, out),
            FormInput::FrameBlocked => self.shake(Input::FrameBlocked, out),
            FormInput::Session(session) => self.session(&session, out),
            FormInput::Reported(problem) => self.reported(problem, out),
            FormInput::Late => self.shake(Input::TimerFired, out),
            FormInput::Message(origin, message) => {
                // The script hears no other window than the frame's.
                let input = Input::Message {
                    from_frame: true,
                    origin,
                    body: FormMessage::from_raw(&message),
                };
                self.shake(input, out);
            }
            FormInput::Leave => {
                self.left = true;
                self.shake(Input::Destroy, out);
            }
        }
        orders
    }

    /// What the form was made with.
    #[must_use]
    pub fn options(&self) -> &FormOptions {
        &self.options
    }

    /// Where the form is; `ready` until a session's endpoint has acknowledged a saved card.
    #[must_use]
    pub fn state(&self) -> State {
        match (self.progress, &self.shown) {
            (Progress::Creating(_), _) => State::Loading,
            (Progress::Shown, Some(shown)) => shown.handshake.state(),
            (Progress::Reporting, _) => State::Ready,
            (Progress::Saved, _) => State::Saved,
            (Progress::Failed, _) => State::Failed,
            _ => State::Idle,
        }
    }

    pub(crate) fn failure(&self) -> Option<Failure> {
        self.failure
    }

    /// Whether the page wants the form no more; nothing is emitted after that.
    #[must_use]
    pub fn is_left(&self) -> bool {
        self.left
    }

    fn start(&mut self, out: &mut Orders) {
        match &self.options.source {
            FormSource::Session(session) => match session.flow {
                Flow::Iframe => self.create(Flow::Iframe, "", out),
                Flow::Redirect => {
                    self.failure = None;
                    self.progress = Progress::Idle;
                }
            },
            FormSource::FormUrl(_) if self.shown.is_some() => self.shake(Input::Reload, out),
            FormSource::FormUrl(form_url) => {
                let shown = Shown::new(&self.options, form_url, Flow::Iframe);
                self.open(shown, Flow::Iframe, out);
            }
            FormSource::Unreadable(reason) => {
                let error = FormError::host(None, HostCode::InvalidFormUrl, reason);
                self.fail(error, out);
            }
        }
    }

    fn open(&mut self, shown: Result<Shown, FormError>, flow: Flow, out: &mut Orders) {
        match shown {
            Err(error) => self.fail(error, out),
            Ok(shown) if flow == Flow::Redirect => out.lines.push("go", &[&shown.url]),
            Ok(shown) => {
                self.progress = Progress::Shown;
                self.shown = Some(shown);
                self.shake(Input::Start, out);
            }
        }
    }

    /// Asks the endpoint for a new session; does nothing once a token has come.
    fn create(&mut self, flow: Flow, page: &str, out: &mut Orders) {
        let FormSource::Session(session) = &self.options.source else {
            return;
        };
        if matches!(self.progress, Progress::Reporting | Progress::Saved) {
            return;
        }
        let language = self.options.language();
        let return_url = match flow {
            Flow::Iframe => "",
            Flow::Redirect => session.return_url.as_deref().unwrap_or(page),
        };
        let arguments = [
            &session.endpoint,
            flow.as_str(),
            language.as_str(),
            return_url,
        ];
        out.lines.push("create", &arguments);
        self.shake(Input::Destroy, out);
        self.shown = None;
        self.failure = None;
        self.progress = Progress::Creating(flow);
    }

    fn session(&mut self, session: &Session<'_>, out: &mut Orders) {
        if let Progress::Creating(flow) = self.progress {
            let shown = match session.form_url(flow) {
                Ok(form_url) => Shown::new(&self.options, &form_url, flow),
                Err(reason) => Err(FormError::host(None, HostCode::SessionFailed, reason)),
            };
            self.open(shown, flow, out);
        }
    }

    fn reported(&mut self, problem: &str, out: &mut Orders) {
        let Some(saved) = self.unreported.take() else {
            return;
        };
        if problem.is_empty() {
            self.progress = Progress::Saved;
            out.event = Some(Event::Saved(saved));
        } else {
            let request_id = Some(saved.request_id);
            self.fail(
                FormError::host(request_id, HostCode::ResultRejected, problem),
                out,
            );
        }
    }

    /// Does what the handshake says.
    fn shake(&mut self, input: Input<'_>, out: &mut Orders) {
        let Some(shown) = &mut self.shown else {
            return;
        };
        let outputs = shown.handshake.handle(input);
        let lines = &mut out.lines;
        match outputs.frame {
            Some(FrameOrder::Show) => lines.push("show", &[&shown.url, self.options.title()]),
            Some(FrameOrder::Remove) => lines.push("remove", &[]),
            None => {}
        }
        if outputs.answer {
            // Addressed to the form's origin alone, so that a document that took its place learns
            // nothing.
            lines.push("answer", &[shown.handshake.form_origin().as_str()]);
        }
        match outputs.timer {
            Some(TimerOrder::Set) => {
                let wait = self.options.ready_timeout.min(LONGEST_WAIT);
                lines.push("wait", &[&decimal_digits(wait.into())]);
            }
            Some(TimerOrder::Clear) => lines.push("stop", &[]),
            None => {}
        }
        out.warning = outputs.warning;
        if let Some(event) = outputs.event {
            self.form_event(event, out);
        }
    }

    fn form_event(&mut self, event: Event, out: &mut Orders) {
        let is_session = matches!(self.options.source, FormSource::Session(_));
        match event {
            Event::Saved(saved) if is_session => {
                self.failure = None;
                self.progress = Progress::Reporting;
                out.lines.push("report", &[saved.pan_token.as_str()]);
                self.unreported = Some(saved);
            }
            Event::Error(error) => {
                if let FailureCode::Form(code) = &error.code
                    && is_session
                {
                    out.lines.push("mention", &[code.as_str(), &error.message]);
                }
                self.tell(error, out);
            }
            event => {
                self.failure = None;
                out.event = Some(event);
            }
        }
    }

    /// What the frame still says is of no session, and would hide the error.
    fn fail(&mut self, error: FormError, out: &mut Orders) {
        self.shake(Input::Destroy, out);
        self.shown = None;
        self.progress = Progress::Failed;
        self.tell(error, out);
    }

    fn tell(&mut self, error: FormError, out: &mut Orders) {
        self.failure = Some(Failure {
            text: Text::of_failure(&error.code),
            recoverable: error.recoverable,
            is_about_the_frame: matches!(
                error.code,
                FailureCode::Host(HostCode::ReadyTimeout | HostCode::FrameBlocked)
            ),
        });
        out.event = Some(Event::Error(error));
    }
}

impl Shown {
    fn new(options: &FormOptions, form_url: &FormUrl, flow: Flow) -> Result<Self, FormError> {
        let (request_id, origin) = (form_url.request_id(), form_url.origin());
        let reason = if form_url.flow() != flow {
            "the form URL is for the redirect flow: it has agentCallbackUrl"
        } else if !options.form_origins.allows(origin) {
            "the form URL is not on the provider's origins: see form-origin"
        } else {
            return Ok(Self {
                url: form_url.text_in(options.language()),
                handshake: Handshake::new(request_id, origin.clone()),
            });
        };
        Err(FormError::host(
            Some(request_id),
            HostCode::InvalidFormUrl,
            reason,
        ))
    }
}
