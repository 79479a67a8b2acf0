use alloc::borrow::ToOwned;
use alloc::string::String;

use pantoken_a2c::{
    Event, FailureCode, Flow, FormError, FormMessage, FormUrl, FrameOrder, Handshake,
    HandshakeInput, HostCode, Saved, State, TimerOrder,
};

use crate::form_input::FormInput;
use crate::form_options::{FormOptions, FormSource};
use crate::json::JsonObject;
use crate::order::{Order, Output, Timer};
use crate::policy;
use crate::session::{RawSession, Session};
use crate::texts::Text;

/// A card form as a state machine without I/O: a driver tells it what happened, and performs the orders
/// that it returns.
///
/// It runs the [`Handshake`] of a form URL. For a session endpoint it first asks for the form URL, and
/// reports the result before it emits it.
#[derive(Debug)]
pub struct FormMachine {
    options: FormOptions,
    progress: Progress,
    shown: Option<Shown>,
    /// The last error, until the form is ready again.
    failure: Option<Failure>,
    /// The session of the form, if it has one.
    session: Option<Session>,
    /// A saved card that the session endpoint has not acknowledged.
    unreported: Option<Unreported>,
    requests: u32,
    destroyed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// Not started, or the redirect flow waits for the customer.
    Idle,
    /// The endpoint was asked for a session, or the customer is on the way to the form.
    Creating {
        flow: Flow,
        request: u32,
    },
    /// The handshake of the frame has the state.
    Shown,
    /// The form gave its token, and the endpoint has not acknowledged it yet.
    Reporting,
    Saved,
    Failed,
}

/// The part of an error that the customer is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failure {
    pub(crate) text: Text,
    pub(crate) recoverable: bool,
    /// Whether the form may work outside a frame.
    pub(crate) is_about_the_frame: bool,
}

/// A form in its frame.
#[derive(Debug)]
struct Shown {
    url: String,
    handshake: Handshake,
}

/// A saved card on its way to the session endpoint.
#[derive(Debug)]
struct Unreported {
    saved: Saved,
    /// The request that is not answered yet.
    request: u32,
    /// How long to wait before the next attempt, in milliseconds.
    delay: u32,
}

impl FormMachine {
    /// Creates a form that is not started yet.
    #[must_use]
    pub fn new(options: FormOptions) -> Self {
        Self {
            options,
            progress: Progress::Idle,
            shown: None,
            failure: None,
            session: None,
            unreported: None,
            requests: 0,
            destroyed: false,
        }
    }

    /// Takes in what happened and returns what to do.
    pub fn handle(&mut self, input: &FormInput) -> Output {
        let mut output = Output::default();
        let out = &mut output;
        match input {
            // A saved card is reported even when the page no longer wants the form: nobody else knows
            // its token.
            FormInput::Answered {
                request,
                status,
                session,
            } => self.answered(*request, *status, session, out),
            FormInput::TimerFired {
                timer: Timer::Report,
            } => self.send_report(out),
            _ if self.destroyed => {}
            FormInput::Start | FormInput::Reload => self.start(out),
            FormInput::Redirect { page } => self.create(Flow::Redirect, page, out),
            FormInput::FrameLoaded => self.drive_handshake(HandshakeInput::FrameLoaded, out),
            FormInput::PolicyViolation {
                directive,
                disposition,
                blocked_uri,
            } => self.policy_violation(directive, disposition, blocked_uri, out),
            FormInput::TimerFired {
                timer: Timer::Ready,
            } => self.drive_handshake(HandshakeInput::TimerFired, out),
            FormInput::Message { origin, message } => {
                // Drivers pass on messages of the frame's own window only.
                let input = HandshakeInput::Message {
                    from_frame: true,
                    origin,
                    body: FormMessage::from_raw(message),
                };
                self.drive_handshake(input, out);
            }
            FormInput::Destroy => self.destroy(out),
        }
        output
    }

    /// Returns the options that the form was made with.
    #[must_use]
    pub fn options(&self) -> &FormOptions {
        &self.options
    }

    /// Returns where the form is. It stays `ready` until the session endpoint has acknowledged a saved
    /// card.
    #[must_use]
    pub fn state(&self) -> State {
        match (self.progress, &self.shown) {
            (Progress::Creating { .. }, _) => State::Loading,
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

    /// Returns whether the form is destroyed. It emits nothing after that.
    #[must_use]
    pub fn is_destroyed(&self) -> bool {
        self.destroyed
    }

    fn start(&mut self, out: &mut Output) {
        match &self.options.source {
            FormSource::Session(session) => match session.flow {
                Flow::Iframe => self.create(Flow::Iframe, "", out),
                Flow::Redirect => {
                    self.failure = None;
                    self.progress = Progress::Idle;
                }
            },
            FormSource::FormUrl(_) if self.shown.is_some() => {
                self.drive_handshake(HandshakeInput::Reload, out);
            }
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

    fn open(&mut self, shown: Result<Shown, FormError>, flow: Flow, out: &mut Output) {
        match shown {
            Err(error) => self.fail(error, out),
            Ok(shown) if flow == Flow::Redirect => {
                out.orders.push(Order::Navigate { url: shown.url });
            }
            Ok(shown) => {
                self.progress = Progress::Shown;
                self.shown = Some(shown);
                self.drive_handshake(HandshakeInput::Start, out);
            }
        }
    }

    /// Asks the endpoint for a new session. Does nothing once the form has given a token.
    fn create(&mut self, flow: Flow, page: &str, out: &mut Output) {
        let FormSource::Session(source) = &self.options.source else {
            return;
        };
        if matches!(self.progress, Progress::Reporting | Progress::Saved) {
            return;
        }
        let endpoint = source.endpoint.clone();
        let mut body = JsonObject::new();
        body.text("flow", flow.as_str());
        body.text("language", self.options.language().as_str());
        if flow == Flow::Redirect {
            body.text("returnUrl", source.return_url.as_deref().unwrap_or(page));
        }
        let request = self.post(endpoint, None, body, out);
        self.drive_handshake(HandshakeInput::Destroy, out);
        self.shown = None;
        self.failure = None;
        self.session = None;
        self.progress = Progress::Creating { flow, request };
    }

    fn post(
        &mut self,
        url: String,
        token: Option<String>,
        body: JsonObject,
        out: &mut Output,
    ) -> u32 {
        self.requests = self.requests.wrapping_add(1);
        out.orders.push(Order::Post {
            request: self.requests,
            url,
            token,
            body: body.finish(),
            timeout: policy::ANSWER_TIMEOUT,
            // A report is sent even while the customer leaves the page.
            keepalive: true,
        });
        self.requests
    }

    /// Handles an answer. One that nobody waits for any more is ignored.
    fn answered(
        &mut self,
        request: u32,
        status: u16,
        answer: &RawSession<String>,
        out: &mut Output,
    ) {
        if self.unreported.as_ref().map(|report| report.request) == Some(request) {
            return self.report_answered(status, out);
        }
        match self.progress {
            Progress::Creating {
                flow,
                request: creating,
            } if creating == request && !self.destroyed => {
                self.session_answered(flow, status, answer, out);
            }
            _ => {}
        }
    }

    fn session_answered(
        &mut self,
        flow: Flow,
        status: u16,
        answer: &RawSession<String>,
        out: &mut Output,
    ) {
        let FormSource::Session(source) = &self.options.source else {
            return;
        };
        let shown = match Session::from_answer(&source.endpoint, flow, status, answer) {
            Ok((session, form_url)) => {
                self.session = Some(session);
                Shown::new(&self.options, &form_url, flow)
            }
            Err(reason) => Err(FormError::host(None, HostCode::SessionFailed, &reason)),
        };
        // The redirect flow stays on the way to the form, and waits for no further answer.
        self.progress = Progress::Creating { flow, request: 0 };
        self.open(shown, flow, out);
    }

    fn report_answered(&mut self, status: u16, out: &mut Output) {
        let Some(report) = &mut self.unreported else {
            return;
        };
        if policy::is_transient(status) {
            report.request = 0;
            out.orders.push(Order::SetTimer {
                timer: Timer::Report,
                milliseconds: report.delay,
            });
            report.delay = (2 * report.delay).min(policy::MAX_REPORT_DELAY);
            return;
        }
        let Some(Unreported { saved, .. }) = self.unreported.take() else {
            return;
        };
        match policy::problem(status) {
            _ if self.destroyed => out.orders.push(Order::Finish),
            None => {
                self.progress = Progress::Saved;
                out.events.push(Event::Saved(saved));
            }
            Some(problem) => {
                let request_id = Some(saved.request_id);
                let error = FormError::host(request_id, HostCode::ResultRejected, &problem);
                self.fail(error, out);
            }
        }
    }

    /// Reports the saved card, if no report of it is on its way.
    fn send_report(&mut self, out: &mut Output) {
        let Some(report) = self
            .unreported
            .as_ref()
            .filter(|report| report.request == 0)
        else {
            return;
        };
        let mut body = JsonObject::new();
        body.text("panToken", report.saved.pan_token.as_str());
        let request = self.post_result(body, out);
        if let Some(report) = &mut self.unreported {
            report.request = request;
        }
    }

    fn post_result(&mut self, body: JsonObject, out: &mut Output) -> u32 {
        let Some(session) = &self.session else {
            return 0;
        };
        let (url, token) = (session.result_url.clone(), session.result_token.clone());
        self.post(url, Some(token), body, out)
    }

    fn policy_violation(
        &mut self,
        directive: &str,
        disposition: &str,
        blocked_uri: &str,
        out: &mut Output,
    ) {
        let is_blocked =
            |shown: &Shown| policy::blocks_frame(&shown.url, directive, disposition, blocked_uri);
        if self.shown.as_ref().is_some_and(is_blocked) {
            self.drive_handshake(HandshakeInput::FrameBlocked, out);
        }
    }

    fn destroy(&mut self, out: &mut Output) {
        self.destroyed = true;
        self.drive_handshake(HandshakeInput::Destroy, out);
        if self.unreported.is_none() {
            out.orders.push(Order::Finish);
        }
    }

    /// Passes an input to the handshake, and turns what it wants into orders and events.
    fn drive_handshake(&mut self, input: HandshakeInput<'_>, out: &mut Output) {
        let Some(shown) = &mut self.shown else {
            return;
        };
        let wanted = shown.handshake.handle(input);
        let orders = &mut out.orders;
        match wanted.frame {
            Some(FrameOrder::Show) => orders.push(Order::ShowFrame {
                src: shown.url.clone(),
                title: self.options.title().to_owned(),
                style: policy::FRAME_STYLE,
                sandbox: policy::FRAME_SANDBOX,
                referrer_policy: policy::FRAME_REFERRER_POLICY,
                allow: policy::FRAME_ALLOW,
            }),
            Some(FrameOrder::Remove) => orders.push(Order::RemoveFrame),
            None => {}
        }
        if wanted.reply {
            // Addressed to the form's origin alone, so that a document that took its place learns
            // nothing.
            orders.push(Order::PostMessage {
                message: policy::READY_REPLY,
                target_origin: shown.handshake.form_origin().as_str().to_owned(),
            });
        }
        match wanted.timer {
            Some(TimerOrder::Set) => orders.push(Order::SetTimer {
                timer: Timer::Ready,
                milliseconds: self.options.ready_timeout.min(policy::MAX_TIMER),
            }),
            Some(TimerOrder::Clear) => orders.push(Order::ClearTimer {
                timer: Timer::Ready,
            }),
            None => {}
        }
        if let Some(warning) = wanted.warning {
            out.events.push(Event::Warning(warning));
        }
        if let Some(event) = wanted.event {
            self.form_event(event, out);
        }
    }

    fn form_event(&mut self, event: Event, out: &mut Output) {
        match event {
            Event::Saved(saved) if self.session.is_some() => {
                self.failure = None;
                self.progress = Progress::Reporting;
                self.unreported = Some(Unreported {
                    saved,
                    request: 0,
                    delay: policy::FIRST_REPORT_DELAY,
                });
                self.send_report(out);
            }
            Event::Error(error) => {
                self.report_error(&error, out);
                self.emit_error(error, out);
            }
            event => {
                self.failure = None;
                out.events.push(event);
            }
        }
    }

    /// Reports an error of the form's to the session endpoint, once and without waiting for the answer:
    /// if the report is lost, nothing else is, and the customer may still correct the number.
    fn report_error(&mut self, error: &FormError, out: &mut Output) {
        if let FailureCode::Form(code) = &error.code {
            let mut body = JsonObject::new();
            body.text("errorCode", code.as_str());
            body.text("errorMessage", &error.message);
            self.post_result(body, out);
        }
    }

    /// Removes the frame before it emits the error: what the frame still says belongs to no session, and
    /// would hide the error.
    fn fail(&mut self, error: FormError, out: &mut Output) {
        self.drive_handshake(HandshakeInput::Destroy, out);
        self.shown = None;
        self.progress = Progress::Failed;
        self.emit_error(error, out);
    }

    fn emit_error(&mut self, error: FormError, out: &mut Output) {
        self.failure = Some(Failure {
            text: Text::of_failure(&error.code),
            recoverable: error.recoverable,
            is_about_the_frame: matches!(
                error.code,
                FailureCode::Host(HostCode::ReadyTimeout | HostCode::FrameBlocked)
            ),
        });
        out.events.push(Event::Error(error));
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
