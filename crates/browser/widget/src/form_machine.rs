use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;

use pantoken_a2c::{
    ErrorCode, ErrorMessage, ErrorSource, Event, FailureCode, Field, Flow, FormError, FormId,
    FormMessage, FormUrl, FrameOrder, Handshake, HandshakeInput, HostCode, MessageError,
    RawMessage, Saved, State, TimerOrder, Warning, WarningCode,
};

use crate::answer::{RawAnswer, UNKNOWN_FORM, Verdict};
use crate::form_input::FormInput;
use crate::form_options::{FormOptions, FormSource, SessionOptions};
use crate::frame::show_frame;
use crate::json::JsonObject;
use crate::order::{Order, Output, Timer};
use crate::payin::{self, PayinForm, Signal};
use crate::policy::{self, WRONG_ORIGIN};
use crate::session::{HostedForm, Session};
use crate::session_request;
use crate::texts::Text;

/// A card form as a state machine without I/O: a driver tells it what happened, and performs the orders
/// that it returns.
///
/// It runs the [`Handshake`] of a form URL. For a session endpoint it first asks for the form URL, and
/// reports the result before it emits it. A session that nobody used is renewed before it expires.
///
/// The form of payin has no result of its own: the machine asks the server for it, again and again until there
/// is one, and at once when the form says that an attempt has ended.
#[derive(Debug)]
pub struct FormMachine {
    options: FormOptions,
    progress: Progress,
    shown: Option<Shown>,
    /// The last error, until the form is ready again.
    failure: Option<Failure>,
    /// The session that the endpoint has given.
    session: Option<Session>,
    /// A saved card that the session endpoint has not acknowledged, or one without a token that it has no
    /// result for.
    unreported: Option<Unreported>,
    /// The URL of the page that the customer left for the provider's, without its query.
    page: String,
    /// The number of the latest request.
    requests: u32,
    /// The request for a session that is not answered yet, or 0.
    asked: u32,
    /// How often the endpoint said when to ask again.
    retries: u32,
    /// Whether [`Timer::Session`] may be running.
    is_timed: bool,
    /// Whether the customer may have typed into the form.
    is_touched: bool,
    destroyed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// Not started, or the redirect flow waits for the customer.
    Idle,
    /// The endpoint was asked for a session, or is asked again when the time is over that it named.
    Creating(Flow),
    /// The customer is on the way to the form.
    Leaving,
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
    is_payin: bool,
}

/// A saved card on its way to the session endpoint; without a token, a card that the endpoint is asked about.
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
            page: String::new(),
            requests: 0,
            asked: 0,
            retries: 0,
            is_timed: false,
            is_touched: false,
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
                answer,
            } => self.answered(*request, *status, answer, out),
            FormInput::TimerFired {
                timer: Timer::Report,
            } => self.send_report(out),
            _ if self.destroyed => {}
            FormInput::Start | FormInput::Reload => self.start(out),
            FormInput::Redirect { page } => self.redirect(page, out),
            FormInput::FrameLoaded => self.frame_loaded(out),
            FormInput::FrameFocused => self.touch(out),
            FormInput::PolicyViolation {
                directive,
                disposition,
                blocked_uri,
            } => self.policy_violation(directive, disposition, blocked_uri, out),
            FormInput::TimerFired {
                timer: Timer::Ready,
            } => self.ready_timer_fired(out),
            FormInput::TimerFired {
                timer: Timer::Session,
            } => self.session_timer_fired(out),
            FormInput::Message { origin, message } => self.message(origin, message, out),
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
            (Progress::Creating(_) | Progress::Leaving, _) => State::Loading,
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
        if self.options.flow() == Flow::Redirect {
            self.close(out);
            self.progress = Progress::Idle;
            return;
        }
        let shown = match &self.options.source {
            FormSource::Endpoint(_) => return self.create(Flow::Iframe, out),
            _ if self.is_done() => return,
            _ if self.shown.is_some() => {
                return self.drive_handshake(HandshakeInput::Reload, out);
            }
            FormSource::UnknownForm => {
                let mut error = FormError::host(None, HostCode::SessionFailed, UNKNOWN_FORM);
                error.recoverable = false;
                return self.fail(error, out);
            }
            FormSource::Unreadable(reason) => {
                let error = FormError::host(None, HostCode::InvalidFormUrl, reason);
                return self.fail(error, out);
            }
            FormSource::FormUrl(form_url) => Shown::a2c(&self.options, form_url, Flow::Iframe),
            FormSource::Session(session) => Shown::of(&self.options, session, Flow::Iframe),
        };
        self.open(shown, Flow::Iframe, out);
    }

    /// The customer wants to continue on the provider's page.
    fn redirect(&mut self, page: &str, out: &mut Output) {
        match &self.options.source {
            FormSource::Endpoint(_) => {
                page.clone_into(&mut self.page);
                self.create(Flow::Redirect, out);
            }
            FormSource::Session(session) if session.flow() == Flow::Redirect => {
                let shown = Shown::of(&self.options, session, Flow::Redirect);
                self.open(shown, Flow::Redirect, out);
            }
            _ => {}
        }
    }

    /// Shows the form in the frame, or leads the customer to it.
    fn open(&mut self, shown: Result<Shown, Box<FormError>>, flow: Flow, out: &mut Output) {
        match shown {
            Err(error) => self.fail(*error, out),
            Ok(shown) if flow == Flow::Redirect => {
                self.failure = None;
                self.progress = Progress::Leaving;
                out.orders.push(Order::Navigate { url: shown.url });
                self.set_session_timer(policy::LEAVE_TIMEOUT, out);
            }
            Ok(shown) => {
                self.progress = Progress::Shown;
                let card = shown.card_to_ask_about();
                self.shown = Some(shown);
                self.drive_handshake(HandshakeInput::Start, out);
                if let Some(saved) = card {
                    self.unreported = Some(Unreported {
                        saved,
                        request: 0,
                        delay: policy::FIRST_QUESTION_DELAY,
                    });
                    set_timer(Timer::Report, policy::FIRST_QUESTION_DELAY, out);
                }
            }
        }
    }

    /// Returns whether the form has given its token.
    fn is_done(&self) -> bool {
        matches!(self.progress, Progress::Reporting | Progress::Saved)
    }

    /// Starts over with a new session. Does nothing once the form has given a token.
    fn create(&mut self, flow: Flow, out: &mut Output) {
        if self.is_done() {
            return;
        }
        let asked = self.ask(flow, out);
        self.close(out);
        self.asked = asked;
        self.retries = 0;
        self.progress = Progress::Creating(flow);
    }

    /// Asks the endpoint for a session, and returns the request's number.
    fn ask(&mut self, flow: Flow, out: &mut Output) -> u32 {
        let FormSource::Endpoint(SessionOptions {
            endpoint,
            return_url,
            ..
        }) = &self.options.source
        else {
            return 0;
        };
        let return_url = return_url.as_deref().unwrap_or(&self.page);
        let body = session_request::body(flow, self.options.language(), return_url);
        let endpoint = endpoint.clone();
        self.post(endpoint, None, body, out)
    }

    /// Removes the form with its session, if there is one.
    fn close(&mut self, out: &mut Output) {
        self.drive_handshake(HandshakeInput::Destroy, out);
        self.clear_session_timer(out);
        self.stop_asking(out);
        self.shown = None;
        self.failure = None;
        self.session = None;
        self.asked = 0;
        self.is_touched = false;
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
            base: self.options.endpoint().map(ToOwned::to_owned),
            token,
            body: body.finish(),
            timeout: policy::ANSWER_TIMEOUT,
            // A report is sent even while the customer leaves the page.
            keepalive: true,
        });
        self.requests
    }

    /// Handles an answer. One that nobody waits for any more is ignored.
    fn answered(&mut self, request: u32, status: u16, answer: &RawAnswer, out: &mut Output) {
        if self.unreported.as_ref().map(|report| report.request) == Some(request) {
            self.report_answered(status, answer, out);
        } else if request == self.asked && request != 0 && !self.destroyed {
            self.asked = 0;
            self.session_answered(status, answer, out);
        }
    }

    fn session_answered(&mut self, status: u16, answer: &RawAnswer, out: &mut Output) {
        let (flow, is_renewal) = match self.progress {
            Progress::Creating(flow) => (flow, false),
            _ if self.may_renew() => (Flow::Iframe, true),
            // The form that is there is in use, and its result is accepted after its end, too.
            _ => return,
        };
        let session = if matches!(status, 200 | 201) {
            Session::read(answer, self.options.endpoint())
        } else {
            None
        };
        let session = session.map(|session| session.with_flow(flow));
        match session.filter(|session| session.flow() == flow) {
            Some(session) => {
                self.close(out);
                let shown = Shown::of(&self.options, &session, flow);
                self.session = Some(session);
                self.open(shown, flow, out);
                let renewal = answer.expires_in.and_then(policy::renewal);
                if let (Progress::Shown, Some(milliseconds)) = (self.progress, renewal) {
                    self.set_session_timer(milliseconds, out);
                }
            }
            // The form that is there still works.
            None if is_renewal => {}
            None => match session_request::wait(answer, &mut self.retries) {
                Some(milliseconds) => self.set_session_timer(milliseconds, out),
                None => self.fail(answer.error(None, HostCode::SessionFailed, status), out),
            },
        }
    }

    /// Returns whether nobody has used the session of the form yet.
    fn may_renew(&self) -> bool {
        self.progress == Progress::Shown
            && !self.is_touched
            && matches!(self.state(), State::Loading | State::Ready)
    }

    fn session_timer_fired(&mut self, out: &mut Output) {
        match self.progress {
            Progress::Creating(flow) if self.asked == 0 => self.asked = self.ask(flow, out),
            Progress::Leaving => self.not_left(),
            _ if self.may_renew() => self.asked = self.ask(Flow::Iframe, out),
            _ => {}
        }
    }

    /// The page is still there: the customer is offered the way again.
    fn not_left(&mut self) {
        self.progress = Progress::Idle;
        if self.options.flow() == Flow::Iframe {
            self.progress = Progress::Failed;
            self.failure = Some(Failure {
                text: Text::NotOpened,
                recoverable: true,
                is_about_the_frame: true,
            });
        }
    }

    fn set_session_timer(&mut self, milliseconds: u32, out: &mut Output) {
        self.is_timed = true;
        set_timer(Timer::Session, milliseconds, out);
    }

    fn clear_session_timer(&mut self, out: &mut Output) {
        if self.is_timed {
            self.is_timed = false;
            clear_timer(Timer::Session, out);
        }
    }

    /// A form that the customer may have typed into is left alone.
    fn touch(&mut self, out: &mut Output) {
        if self.shown.is_some() {
            self.is_touched = true;
            self.clear_session_timer(out);
        }
    }

    fn report_answered(&mut self, status: u16, answer: &RawAnswer, out: &mut Output) {
        let Some(report) = &mut self.unreported else {
            return;
        };
        let verdict = answer.verdict(status, &report.saved);
        if verdict == Verdict::Open {
            report.request = 0;
            set_timer(Timer::Report, report.delay, out);
            if report.delay == policy::DELAYED_REPORT && !self.destroyed {
                out.events.push(Event::Warning(Warning {
                    request_id: report.saved.request_id.clone(),
                    code: WarningCode::ReportDelayed,
                }));
            }
            report.delay = (2 * report.delay).min(policy::MAX_REPORT_DELAY);
            return;
        }
        let Some(Unreported { mut saved, .. }) = self.unreported.take() else {
            return;
        };
        if self.destroyed {
            out.orders.push(Order::Finish);
        } else if verdict == Verdict::Saved {
            self.touch(out);
            self.failure = None;
            self.progress = Progress::Saved;
            if !self.options.token_in_page {
                saved.pan_token = None;
            }
            out.events.push(Event::Saved(saved));
        } else {
            let request_id = saved.request_id;
            let error = match verdict {
                Verdict::Refused => FormError::form(
                    request_id,
                    ErrorCode::Other(policy::CARD_REFUSED.to_owned()),
                    ErrorMessage::from_text("the provider refused the card"),
                ),
                Verdict::Failed => FormError::host(
                    Some(request_id),
                    HostCode::ResultRejected,
                    "the provider could not verify the card",
                ),
                _ => answer.error(Some(request_id), HostCode::ResultRejected, status),
            };
            self.fail(error, out);
        }
    }

    /// Asks at once for the result of a card, unless that was done lately: the form may say so often.
    fn ask_now(&mut self, out: &mut Output) {
        if let Some(report) = &mut self.unreported
            && report.delay >= policy::FIRST_QUESTION_DELAY
        {
            report.delay = policy::FIRST_REPORT_DELAY;
            self.send_report(out);
        }
    }

    /// A result that nobody asks for is not lost: the server asks the provider by itself.
    fn stop_asking(&mut self, out: &mut Output) {
        if !self.has_token() && self.unreported.take().is_some() {
            clear_timer(Timer::Report, out);
        }
    }

    /// Returns whether there is a token that the endpoint has not acknowledged.
    fn has_token(&self) -> bool {
        let report = self.unreported.as_ref();
        report.is_some_and(|report| report.saved.pan_token.is_some())
    }

    /// Reports the saved card or asks about it, if no report of it is on its way.
    fn send_report(&mut self, out: &mut Output) {
        let Some(Unreported {
            saved, request: 0, ..
        }) = &self.unreported
        else {
            return;
        };
        let mut body = JsonObject::new();
        if let Some(pan_token) = &saved.pan_token {
            body.text("panToken", pan_token.as_str());
        }
        let request = self.post_result(body, out);
        if let Some(report) = &mut self.unreported {
            report.request = request;
        }
    }

    /// Returns the session of the form, if it has one.
    fn session(&self) -> Option<&Session> {
        match &self.options.source {
            FormSource::Session(session) => Some(session),
            _ => self.session.as_ref(),
        }
    }

    fn post_result(&mut self, body: JsonObject, out: &mut Output) -> u32 {
        let Some(session) = self.session() else {
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
        if self.progress == Progress::Shown && self.shown.as_ref().is_some_and(is_blocked) {
            self.drive_handshake(HandshakeInput::FrameBlocked, out);
        }
    }

    fn destroy(&mut self, out: &mut Output) {
        self.destroyed = true;
        self.drive_handshake(HandshakeInput::Destroy, out);
        self.clear_session_timer(out);
        self.stop_asking(out);
        if self.unreported.is_none() {
            out.orders.push(Order::Finish);
        }
    }

    /// payin's form has no handshake that a second document would have to repeat, and leads the frame to the
    /// bank's page on the way.
    fn frame_loaded(&mut self, out: &mut Output) {
        if !self.is_payin() {
            self.drive_handshake(HandshakeInput::FrameLoaded, out);
        }
    }

    /// The server may have said already that the card is verified.
    fn ready_timer_fired(&mut self, out: &mut Output) {
        if self.progress == Progress::Shown {
            self.drive_handshake(HandshakeInput::TimerFired, out);
        }
    }

    fn is_payin(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.is_payin)
    }

    /// Handles a message. Drivers pass on those of the frame's own window only.
    fn message(&mut self, origin: &str, message: &RawMessage<String>, out: &mut Output) {
        let signal = match &message.status {
            _ if !self.is_payin() => None,
            Field::Text(text) if self.progress == Progress::Shown => Some(Signal::read(text)),
            _ => return,
        };
        let body = match signal {
            None => FormMessage::from_raw(message),
            Some(Signal::Unknown | Signal::NotOpened) => Err(MessageError::Unreadable),
            Some(_) => Ok(FormMessage::Ready),
        };
        let Some(shown) = &self.shown else {
            return;
        };
        if !shown.handshake.listens_to(true, origin) {
            return;
        }
        if signal == Some(Signal::NotOpened) {
            return self.drive_handshake(HandshakeInput::TimerFired, out);
        }
        let input = HandshakeInput::Message {
            from_frame: true,
            origin,
            body,
        };
        self.drive_handshake(input, out);
        if let Some(Signal::Used | Signal::Ended) = signal {
            self.touch(out);
        }
        if signal == Some(Signal::Ended) {
            self.ask_now(out);
        }
    }

    /// Passes an input to the handshake, and turns what it wants into orders and events.
    fn drive_handshake(&mut self, input: HandshakeInput<'_>, out: &mut Output) {
        let Some(shown) = &mut self.shown else {
            return;
        };
        let wanted = shown.handshake.handle(input);
        match wanted.frame {
            Some(FrameOrder::Show) => {
                let order = show_frame(shown.url.clone(), shown.is_payin);
                out.orders.push(order);
            }
            Some(FrameOrder::Remove) => out.orders.push(Order::RemoveFrame),
            None => {}
        }
        if wanted.reply && !shown.is_payin {
            // Addressed to the form's origin alone, so that a document that took its place learns
            // nothing.
            out.orders.push(Order::PostMessage {
                message: policy::READY_REPLY,
                target_origin: shown.handshake.form_origin().as_str().to_owned(),
            });
        }
        match wanted.timer {
            Some(TimerOrder::Set) => {
                let milliseconds = self.options.ready_timeout.min(policy::MAX_TIMER);
                set_timer(Timer::Ready, milliseconds, out);
            }
            Some(TimerOrder::Clear) => clear_timer(Timer::Ready, out),
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
            Event::Saved(saved) if self.session().is_some() => {
                self.touch(out);
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
                if error.source == ErrorSource::Form {
                    self.touch(out);
                }
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
        self.close(out);
        self.progress = Progress::Failed;
        self.emit_error(error, out);
    }

    fn emit_error(&mut self, error: FormError, out: &mut Output) {
        self.failure = Some(Failure {
            text: Text::of_error(&error),
            recoverable: error.recoverable,
            is_about_the_frame: matches!(
                error.code,
                FailureCode::Host(HostCode::ReadyTimeout | HostCode::FrameBlocked)
                    // A browser without third-party cookies has no session in a frame.
                    | FailureCode::Form(ErrorCode::InvalidSession)
            ),
        });
        out.events.push(Event::Error(error));
    }
}

fn set_timer(timer: Timer, milliseconds: u32, out: &mut Output) {
    out.orders.push(Order::SetTimer {
        timer,
        milliseconds,
    });
}

fn clear_timer(timer: Timer, out: &mut Output) {
    out.orders.push(Order::ClearTimer { timer });
}

impl Shown {
    fn of(options: &FormOptions, session: &Session, flow: Flow) -> Result<Self, Box<FormError>> {
        match &session.form {
            HostedForm::A2c(form_url) => Self::a2c(options, form_url, flow),
            HostedForm::Payin(form) => Self::payin(options, form),
        }
    }

    fn payin(options: &FormOptions, form: &PayinForm) -> Result<Self, Box<FormError>> {
        if !options
            .form_origins
            .allows_of(&payin::ORIGINS, &form.origin)
        {
            return Err(invalid_form_url(form.request_id.clone(), WRONG_ORIGIN));
        }
        Ok(Self {
            url: form.url.clone(),
            handshake: Handshake::new(form.request_id.clone(), form.origin.clone()),
            is_payin: true,
        })
    }

    /// Returns the card that the server is to be asked about, if the form itself has no result.
    fn card_to_ask_about(&self) -> Option<Saved> {
        self.is_payin.then(|| Saved {
            request_id: self.handshake.request_id().clone(),
            pan_token: None,
        })
    }

    fn a2c(options: &FormOptions, form_url: &FormUrl, flow: Flow) -> Result<Self, Box<FormError>> {
        let (request_id, origin) = (form_url.request_id(), form_url.origin());
        let reason = if form_url.flow() != flow {
            "the form URL is for the redirect flow: it has agentCallbackUrl"
        } else if !options.form_origins.allows(origin) {
            WRONG_ORIGIN
        } else {
            return Ok(Self {
                url: form_url.text_in(options.language()),
                handshake: Handshake::new(request_id, origin.clone()),
                is_payin: false,
            });
        };
        Err(invalid_form_url(request_id.into(), reason))
    }
}

fn invalid_form_url(request_id: FormId, reason: &str) -> Box<FormError> {
    let error = FormError::host(Some(request_id), HostCode::InvalidFormUrl, reason);
    Box::new(error)
}
