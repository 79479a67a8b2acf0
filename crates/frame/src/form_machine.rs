use pantoken_protocol::{
    ErrorMessage, Event, FailureCode, Flow, FormError, FormMessage, FormResult, FormUrl,
    FrameOrder, Handshake, HostCode, Input, Origin, RequestId, Saved, State, TimerOrder, cut,
    decimal_digits,
};

use crate::backoff;
use crate::form_input::{FormInput, Reply};
use crate::form_options::{FormOptions, FormSource};
use crate::orders::Orders;
use crate::session::{self, Results, Session, Verdict};

/// The longest time that a browser waits, in milliseconds; with a longer one it would not wait at
/// all.
const LONGEST_WAIT: u32 = i32::MAX.unsigned_abs();

/// A form from either source as a state machine without I/O: it is told what happened, and gives
/// orders. It runs the [`Handshake`] of a form URL; for a session endpoint it asks for the form URL
/// first, and reports the result before it emits it.
///
/// A saved card is reported again and again until the endpoint has acknowledged it, even after
/// [`FormInput::Leave`], because the token is all that there is of it.
pub struct FormMachine {
    options: FormOptions,
    progress: Progress,
    shown: Option<Shown>,
    /// The last error, until the form is ready again.
    failure: Option<Failure>,
    /// How many calls the endpoint got; the number of the last one.
    calls: u32,
    report: Option<Report>,
    left: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// Not started, or the redirect flow waits for the customer.
    Idle,
    /// A session of this flow is asked for, by the last call; or the customer is on the way to it.
    Creating(Flow),
    /// The frame's handshake knows.
    Shown,
    /// The token is here, and not acknowledged yet.
    Reporting,
    Saved,
    Failed,
}

/// What of an error the customer is told.
#[derive(Clone, Copy)]
pub(crate) struct Failure {
    pub(crate) text: &'static str,
    pub(crate) recoverable: bool,
    /// Whether the form may do well outside a frame.
    pub(crate) is_about_the_frame: bool,
}

/// A form in its frame.
struct Shown {
    form_url: FormUrl,
    handshake: Handshake,
    /// Of a session.
    results: Option<Results>,
}

/// A saved card that the endpoint has not acknowledged.
struct Report {
    call: u32,
    tries: u32,
    results: Results,
    saved: Saved,
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
            calls: 0,
            report: None,
            left: false,
        }
    }

    /// Takes in what happened and says what to do.
    pub fn handle(&mut self, input: FormInput<'_>) -> Orders {
        let mut orders = Orders::default();
        let out = &mut orders;
        match input {
            FormInput::Reply(reply) => self.reply(&reply, out),
            _ if self.left => {}
            FormInput::Start | FormInput::Reload => self.start(out),
            FormInput::Redirect(page) => self.create(Flow::Redirect, page, out),
            FormInput::FrameLoaded => self.shake(Input::FrameLoaded, out),
            FormInput::FrameBlocked(url) => self.frame_blocked(url, out),
            FormInput::Late => self.shake(Input::TimerFired, out),
            FormInput::Message(origin, message) => {
                let body = FormMessage::from_raw(&message);
                // The script hears no other window than the frame's.
                let input = Input::Message {
                    from_frame: true,
                    origin,
                    body,
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
            _ if self.left => State::Idle,
            (Progress::Idle, _) => State::Idle,
            (Progress::Creating(_), _) => State::Loading,
            (Progress::Shown, Some(shown)) => shown.handshake.state(),
            (Progress::Shown, None) | (Progress::Failed, _) => State::Failed,
            (Progress::Reporting, _) => State::Ready,
            (Progress::Saved, _) => State::Saved,
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
            FormSource::Session(session) if session.flow == Flow::Redirect => {
                self.failure = None;
                self.progress = Progress::Idle;
            }
            FormSource::Session(_) => self.create(Flow::Iframe, "", out),
            FormSource::FormUrl(_) if self.shown.is_some() => self.shake(Input::Reload, out),
            FormSource::FormUrl(form_url) => {
                let form_url = form_url.clone().with_language(self.options.language());
                self.show(form_url, None, out);
            }
            FormSource::Unreadable(reason) => {
                let error = FormError::host(None, HostCode::InvalidFormUrl, reason);
                self.fail(error, out);
            }
        }
    }

    /// Asks the endpoint for a new session; does nothing once a token has come.
    fn create(&mut self, flow: Flow, page: &str, out: &mut Orders) {
        let Some(session) = self.options.session() else {
            return;
        };
        if matches!(self.progress, Progress::Reporting | Progress::Saved) {
            return;
        }
        let return_url = session.return_url.as_deref().unwrap_or(page);
        let body = session::body_of_request(flow, self.options.language(), return_url);
        self.calls += 1;
        call(out, self.calls, 0, &session.endpoint, "", &body);
        self.shake(Input::Destroy, out);
        self.shown = None;
        self.failure = None;
        self.progress = Progress::Creating(flow);
    }

    fn reply(&mut self, reply: &Reply<'_>, out: &mut Orders) {
        if let Some(report) = self.report.take_if(|report| report.call == reply.call) {
            return self.reported(reply, report, out);
        }
        let Progress::Creating(flow) = self.progress else {
            return;
        };
        if self.left || reply.call != self.calls {
            return;
        }
        let Some(source) = self.options.session() else {
            return;
        };
        let reason = if reply.verdict() == Verdict::Done {
            match reply.session(&source.endpoint, flow) {
                Some(session) => return self.created(flow, session, out),
                None => "the session endpoint's answer is not a session".into(),
            }
        } else {
            reply.reason(&source.endpoint)
        };
        self.fail(FormError::host(None, HostCode::SessionFailed, &reason), out);
    }

    fn created(&mut self, flow: Flow, session: Session, out: &mut Orders) {
        let Session { form_url, results } = session;
        match flow {
            Flow::Iframe => self.show(form_url, Some(results), out),
            Flow::Redirect if self.allows(&form_url) => {
                out.lines.push("go", &[&form_url.to_text()])
            }
            Flow::Redirect => self.refuse_origin(form_url.request_id(), out),
        }
    }

    fn show(&mut self, form_url: FormUrl, results: Option<Results>, out: &mut Orders) {
        let request_id = form_url.request_id();
        if form_url.flow() == Flow::Redirect {
            let reason =
                "the form URL is signed for the redirect flow: sign one without agentCallbackUrl";
            let error = FormError::host(Some(request_id), HostCode::InvalidFormUrl, reason);
            return self.fail(error, out);
        }
        if !self.allows(&form_url) {
            return self.refuse_origin(request_id, out);
        }
        self.progress = Progress::Shown;
        self.shown = Some(Shown {
            handshake: Handshake::new(request_id, form_url.origin().clone()),
            form_url,
            results,
        });
        self.shake(Input::Start, out);
    }

    fn allows(&self, form_url: &FormUrl) -> bool {
        self.options.form_origins.allows(form_url.origin())
    }

    fn refuse_origin(&mut self, request_id: RequestId, out: &mut Orders) {
        let reason = "the form URL is not on the provider's origins: name its origin in form-origin to allow it";
        let error = FormError::host(Some(request_id), HostCode::InvalidFormUrl, reason);
        self.fail(error, out);
    }

    fn frame_blocked(&mut self, url: &str, out: &mut Orders) {
        let ours = |shown: &Shown| is_under(url, shown.handshake.form_origin());
        if self.shown.as_ref().is_some_and(ours) {
            self.shake(Input::FrameBlocked, out);
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
            Some(FrameOrder::Show) => {
                lines.push("show", &[&shown.form_url.to_text(), self.options.title()]);
            }
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
        if let Some(warning) = outputs.warning {
            out.events.push(Event::Warning(warning));
        }
        if let Some(event) = outputs.event {
            self.form_event(event, out);
        }
    }

    fn form_event(&mut self, event: Event, out: &mut Orders) {
        let results = self.shown.as_ref().and_then(|shown| shown.results.clone());
        self.failure = None;
        match (event, results) {
            (Event::Saved(saved), Some(results)) => {
                self.progress = Progress::Reporting;
                self.report(0, results, saved, out);
            }
            (Event::Error(error), results) => {
                if let Some(results) = results {
                    report_failed(&results, &error, out);
                }
                self.tell(error, out);
            }
            (event, _) => out.events.push(event),
        }
    }

    fn report(&mut self, tries: u32, results: Results, saved: Saved, out: &mut Orders) {
        let wait = backoff::before_try(tries);
        let body = session::body_of_result(&FormResult::Saved(saved.pan_token.clone()));
        self.calls += 1;
        call(out, self.calls, wait, &results.url, &results.token, &body);
        self.report = Some(Report {
            call: self.calls,
            tries,
            results,
            saved,
        });
    }

    fn reported(&mut self, reply: &Reply<'_>, report: Report, out: &mut Orders) {
        let Report {
            tries,
            results,
            saved,
            ..
        } = report;
        match reply.verdict() {
            Verdict::TryAgain => self.report(tries + 1, results, saved, out),
            _ if self.left => {}
            Verdict::Done => {
                self.progress = Progress::Saved;
                out.events.push(Event::Saved(saved));
            }
            Verdict::Refused => {
                let request_id = Some(saved.request_id);
                let reason = reply.reason(&results.url);
                let error = FormError::host(request_id, HostCode::ResultRejected, &reason);
                self.fail(error, out);
            }
        }
    }

    fn fail(&mut self, error: FormError, out: &mut Orders) {
        self.progress = Progress::Failed;
        self.tell(error, out);
    }

    fn tell(&mut self, error: FormError, out: &mut Orders) {
        self.failure = Some(Failure {
            text: self.options.texts().failure(&error.code),
            recoverable: error.recoverable,
            is_about_the_frame: matches!(
                error.code,
                FailureCode::Host(HostCode::ReadyTimeout | HostCode::FrameBlocked)
            ),
        });
        out.events.push(Event::Error(error));
    }
}

/// Told once and not waited for: an error is no loss, and the customer may still correct it.
fn report_failed(results: &Results, error: &FormError, out: &mut Orders) {
    if let FailureCode::Form(code) = &error.code {
        let result = FormResult::Failed {
            code: code.clone(),
            message: ErrorMessage::from_text(&error.message),
        };
        let body = session::body_of_result(&result);
        call(out, 0, 0, &results.url, &results.token, &body);
    }
}

fn call(out: &mut Orders, call: u32, wait: u32, url: &str, token: &str, body: &str) {
    let (call, wait) = (decimal_digits(call.into()), decimal_digits(wait.into()));
    out.lines.push("post", &[&call, &wait, url, token, body]);
}

/// Whether the URL, or what a browser leaves of it, is on this origin.
fn is_under(url: &str, origin: &Origin) -> bool {
    cut::after_prefix(url, origin.as_str())
        .is_some_and(|rest| matches!(rest.as_bytes(), [] | [b'/' | b'?', ..]))
}
