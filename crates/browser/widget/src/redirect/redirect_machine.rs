use alloc::borrow::ToOwned;
use alloc::string::String;

use pantoken_a2c::{Event, Flow, FormError, HostCode, State};

use super::destination::{Destination, DestinationError};
use super::redirect_options::{RedirectOptions, RedirectSource};
use crate::answer::RawAnswer;
use crate::form_input::FormInput;
use crate::form_view::FormView;
use crate::order::{Order, Output, Timer};
use crate::policy;
use crate::session_request;
use crate::texts::Text;

/// A button that leads to a page of the provider's, as a state machine without I/O. It takes the inputs of a
/// [`FormMachine`](crate::FormMachine) and gives its orders, so that one driver serves both.
///
/// It asks for a session only when the customer presses the button, and ignores every other press until the
/// page is left or something went wrong.
#[derive(Debug)]
pub struct RedirectMachine {
    options: RedirectOptions,
    progress: Progress,
    /// The URL of the page that the customer is on, without its query.
    page: String,
    /// The number of the latest request.
    requests: u32,
    /// The request that is not answered yet, or 0.
    asked: u32,
    /// How often the endpoint said when to ask again.
    retries: u32,
    /// Whether [`Timer::Session`] may be running.
    is_timed: bool,
    destroyed: bool,
}

#[derive(Debug)]
enum Progress {
    /// Waits for the customer.
    Idle,
    /// The endpoint was asked, or is asked again when the time is over that it named.
    Creating,
    /// The customer is on the way.
    Leaving(Destination),
    /// Something went wrong. The customer is told what, and may press the button again, or not.
    Failed(Text, bool),
}

impl RedirectMachine {
    /// Creates a button that is not started yet.
    #[must_use]
    pub fn new(options: RedirectOptions) -> Self {
        Self {
            options,
            progress: Progress::Idle,
            page: String::new(),
            requests: 0,
            asked: 0,
            retries: 0,
            is_timed: false,
            destroyed: false,
        }
    }

    /// Takes in what happened and returns what to do.
    pub fn handle(&mut self, input: &FormInput) -> Output {
        let mut output = Output::default();
        let out = &mut output;
        match input {
            _ if self.destroyed => {}
            FormInput::Start | FormInput::Reload => self.start(out),
            FormInput::Redirect { page } => self.press(page, out),
            FormInput::Answered {
                request,
                status,
                answer,
            } if *request == self.asked && *request != 0 => {
                self.asked = 0;
                self.answered(*status, answer, out);
            }
            FormInput::TimerFired {
                timer: Timer::Session,
            } => self.timer_fired(out),
            FormInput::PolicyViolation {
                directive,
                disposition,
                blocked_uri,
            } => self.policy_violation(directive, disposition, blocked_uri, out),
            FormInput::Destroy => {
                self.destroyed = true;
                self.clear_timer(out);
                out.orders.push(Order::Finish);
            }
            _ => {}
        }
        output
    }

    /// Returns the options that the button was made with.
    #[must_use]
    pub fn options(&self) -> &RedirectOptions {
        &self.options
    }

    /// Returns what the customer sees: `may_redirect` while the button can be pressed, and `may_retry` if a
    /// press is another attempt.
    #[must_use]
    pub fn view(&self) -> FormView {
        let (state, status, may_redirect) = match self.progress {
            Progress::Idle => (State::Idle, None, true),
            Progress::Creating | Progress::Leaving(_) => {
                (State::Loading, Some(Text::Loading), false)
            }
            Progress::Failed(text, may_retry) => (State::Failed, Some(text), may_retry),
        };
        FormView {
            state,
            status,
            may_retry: may_redirect && state == State::Failed,
            may_redirect,
        }
    }

    /// Returns whether the button is destroyed. It emits nothing after that.
    #[must_use]
    pub fn is_destroyed(&self) -> bool {
        self.destroyed
    }

    /// Waits for the customer, unless the page's own session leads nowhere.
    fn start(&mut self, out: &mut Output) {
        self.clear_timer(out);
        self.asked = 0;
        self.progress = Progress::Idle;
        let (request_id, error) = match &self.options.source {
            RedirectSource::Unreadable(error) => (None, *error),
            RedirectSource::Session(destination) if !self.allows(destination) => {
                (Some(destination.request_id()), DestinationError::Origin)
            }
            _ => return,
        };
        // Not an endpoint's fault: there is none.
        let error = FormError::host(request_id, HostCode::InvalidFormUrl, error.reason());
        self.fail(error, Text::Shop, out);
    }

    fn press(&mut self, page: &str, out: &mut Output) {
        if !self.view().may_redirect {
            return;
        }
        match &self.options.source {
            RedirectSource::Session(destination) => {
                let destination = destination.clone();
                self.leave(&destination, out);
            }
            _ => {
                page.clone_into(&mut self.page);
                self.retries = 0;
                self.progress = Progress::Creating;
                self.ask(out);
            }
        }
    }

    /// Asks the endpoint for a session.
    fn ask(&mut self, out: &mut Output) {
        let RedirectSource::Endpoint { url, return_url } = &self.options.source else {
            return;
        };
        self.requests = self.requests.wrapping_add(1);
        self.asked = self.requests;
        let return_url = return_url.as_deref().unwrap_or(&self.page);
        let body = session_request::body(Flow::Redirect, self.options.language(), return_url);
        out.orders
            .push(session_request::post(self.asked, url, body));
    }

    fn answered(&mut self, status: u16, answer: &RawAnswer, out: &mut Output) {
        if !matches!(status, 200 | 201) {
            if let Some(milliseconds) = session_request::wait(answer, &mut self.retries) {
                return self.set_timer(milliseconds, out);
            }
            let error = answer.error(None, HostCode::SessionFailed, status);
            let text = Text::of_error(&error);
            return self.fail(error, text, out);
        }
        match Destination::read(answer) {
            Ok(destination) if self.allows(&destination) => self.leave(&destination, out),
            read => {
                let request_id = read.as_ref().map(Destination::request_id).ok();
                let reason = read.err().unwrap_or(DestinationError::Origin);
                let code = reason.code();
                let mut error = FormError::host(request_id, code, reason.reason());
                if code == HostCode::SessionFailed {
                    error.problem = answer.error(None, code, status).problem;
                }
                self.fail(error, Text::Shop, out);
            }
        }
    }

    fn allows(&self, destination: &Destination) -> bool {
        destination.is_allowed(&self.options.form_origins)
    }

    fn leave(&mut self, destination: &Destination, out: &mut Output) {
        self.progress = Progress::Leaving(destination.clone());
        out.orders.push(destination.order(self.options.language()));
        self.set_timer(policy::LEAVE_TIMEOUT, out);
    }

    fn timer_fired(&mut self, out: &mut Output) {
        self.is_timed = false;
        match self.progress {
            Progress::Creating if self.asked == 0 => self.ask(out),
            // The page is still there: the customer is offered the way again.
            Progress::Leaving(_) => self.progress = Progress::Idle,
            _ => {}
        }
    }

    fn policy_violation(
        &mut self,
        directive: &str,
        disposition: &str,
        blocked_uri: &str,
        out: &mut Output,
    ) {
        if let Progress::Leaving(destination) = &self.progress
            && let Some(url) = destination.posts_to()
            && policy::blocks_form(url, directive, disposition, blocked_uri)
        {
            let reason =
                "the page's Content-Security-Policy has a form-action without the form's origin";
            let request_id = Some(destination.request_id());
            let error = FormError::host(request_id, HostCode::FrameBlocked, reason);
            self.fail(error, Text::Shop, out);
        }
    }

    /// A press is another attempt only where an endpoint may answer otherwise.
    fn fail(&mut self, error: FormError, text: Text, out: &mut Output) {
        self.clear_timer(out);
        self.progress = Progress::Failed(text, self.options.endpoint().is_some());
        out.events.push(Event::Error(error));
    }

    fn set_timer(&mut self, milliseconds: u32, out: &mut Output) {
        self.is_timed = true;
        out.orders.push(Order::SetTimer {
            timer: Timer::Session,
            milliseconds,
        });
    }

    fn clear_timer(&mut self, out: &mut Output) {
        if self.is_timed {
            self.is_timed = false;
            out.orders.push(Order::ClearTimer {
                timer: Timer::Session,
            });
        }
    }
}
