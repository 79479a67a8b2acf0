//! A machine under test, and what it may be told.

use pantoken_a2c::{
    Event, Field, Flow, FormError, FormOrigins, FormUrl, RawMessage, RequestId, State,
};
use pantoken_widget::{
    FormInput, FormMachine, FormOptions, FormSource, FormView, Order, RawAnswer, Session,
    SessionOptions, Timer,
};

pub const ORIGIN: &str = "https://a2c-test.qiwi.kz";
pub const PAGE: &str = "https://shop.kz/pay";
pub const ENDPOINT: &str = "https://shop.kz/v1/sessions";
pub const REQUEST_ID: &str = "123456789";

/// A card verification of payin.
pub const VERIFICATION_ID: &str = "8b843965-0dc8-47e2-8007-1ee2da06d0ad";
pub const PAYIN_ORIGIN: &str = "https://payment.qiwi.com";
pub const PAY_URL: &str = "https://payment.qiwi.com/validation/card?invoiceUid=5714f3bb&lang=en";
pub const VERIFICATION_RESULT: &str = "https://pay.shop.kz/v1/payin/verifications/8b843965/result";

/// What may happen.
pub const START: &FormInput = &FormInput::Start;
pub const RELOAD: &FormInput = &FormInput::Reload;
pub const FRAME_LOADED: &FormInput = &FormInput::FrameLoaded;
pub const READY_TIMEOUT: &FormInput = &FormInput::TimerFired {
    timer: Timer::Ready,
};
pub const SESSION_TIME_OVER: &FormInput = &FormInput::TimerFired {
    timer: Timer::Session,
};
pub const FRAME_FOCUSED: &FormInput = &FormInput::FrameFocused;
pub const REPORT_DELAY_OVER: &FormInput = &FormInput::TimerFired {
    timer: Timer::Report,
};
pub const DESTROY: &FormInput = &FormInput::Destroy;

/// What removes the frame.
pub const REMOVE: [&str; 2] = ["removeFrame", "clearTimer ready"];

/// The request for a session of the iframe flow.
pub const CREATE: &str = r#"post https://shop.kz/v1/sessions - {"flow":"iframe","language":"ru"}"#;

/// Stands for the last request of its kind, until [`Form::handle`] puts the number in.
const SESSION_REQUEST: u32 = u32::MAX;
const REPORT_REQUEST: u32 = u32::MAX - 1;

/// The report of a card.
pub fn report(token: &str) -> String {
    format!(r#"post {ENDPOINT}/{REQUEST_ID}/result result-token {{"panToken":"{token}"}}"#)
}

/// The report of an error.
pub fn report_error(code: &str) -> String {
    format!(
        r#"post {ENDPOINT}/{REQUEST_ID}/result result-token {{"errorCode":"{code}","errorMessage":"Words"}}"#
    )
}

/// The request for a session of the redirect flow.
pub fn create_redirect(language: &str, return_url: &str) -> String {
    format!(
        r#"post {ENDPOINT} - {{"flow":"redirect","language":"{language}","returnUrl":"{return_url}"}}"#
    )
}

pub fn show(form_url: &str) -> String {
    format!("showFrame {form_url}")
}

pub fn post_message() -> String {
    format!("postMessage pantoken {ORIGIN}")
}

pub fn navigate(form_url: &str) -> String {
    format!("navigate {form_url}")
}

pub fn form_url_of(host: &str, request_id: &str) -> String {
    format!(
        "{host}/form?agentId=agent-01&requestId={request_id}&language=ru\
         &agentSign=3e77416dbc65b9225c1ff455d357cdc4200fa83ee273bce727aa34c8dc44c725"
    )
}

pub fn form_url() -> String {
    form_url_of(ORIGIN, REQUEST_ID)
}

pub fn redirect_form_url() -> String {
    form_url().replace(
        "&agentSign",
        "&agentCallbackUrl=https%3A%2F%2Fshop.kz&agentSign",
    )
}

/// Reads a field from its type and its value: `s` for a text, `n` for an integer.
fn field(text: &str) -> Field<String> {
    match text.split_at_checked(1) {
        None => Field::Absent,
        Some(("s", text)) => Field::Text(text.to_owned()),
        Some(("n", digits)) => {
            RequestId::parse(digits).map_or(Field::Unusable, |id| Field::Integer(id.get()))
        }
        Some(_) => Field::Unusable,
    }
}

/// A message of five fields from this origin.
pub fn message_from(origin: &str, fields: [&str; 5]) -> FormInput {
    FormInput::Message {
        origin: origin.to_owned(),
        message: RawMessage::from_fields(fields.map(field)),
    }
}

pub fn ready() -> FormInput {
    message_from(ORIGIN, ["sReady", "", "", "", ""])
}

pub fn saved(token: &str) -> FormInput {
    saved_from(ORIGIN, REQUEST_ID, token)
}

pub fn saved_from(origin: &str, request_id: &str, token: &str) -> FormInput {
    let (request_id, token) = (format!("s{request_id}"), format!("s{token}"));
    message_from(origin, ["", &request_id, &token, "", ""])
}

pub fn failed(code: &str) -> FormInput {
    let (request_id, code) = (format!("s{REQUEST_ID}"), format!("s{code}"));
    message_from(ORIGIN, ["", &request_id, "", &code, "sWords"])
}

/// The browser refused to show the form.
pub fn blocked() -> FormInput {
    violation("frame-src", "enforce", ORIGIN)
}

pub fn violation(directive: &str, disposition: &str, blocked_uri: &str) -> FormInput {
    FormInput::PolicyViolation {
        directive: directive.to_owned(),
        disposition: disposition.to_owned(),
        blocked_uri: blocked_uri.to_owned(),
    }
}

/// The endpoint's answer to the last request for a session.
pub fn created(status: u16, form_url: &str, request_id: &str) -> FormInput {
    created_with(status, [form_url, request_id, "result-token"])
}

pub fn created_with(status: u16, fields: [&str; 3]) -> FormInput {
    let [form_url, request_id, result_token] = fields.map(ToOwned::to_owned);
    answered(
        status,
        RawAnswer {
            form_url,
            request_id,
            result_token,
            ..RawAnswer::default()
        },
    )
}

/// An answer to the last request for a session.
pub fn answered(status: u16, answer: RawAnswer) -> FormInput {
    FormInput::Answered {
        request: SESSION_REQUEST,
        status,
        answer,
    }
}

/// The refusal of a session.
pub fn refused(status: u16, code: &str, retry_after: Option<u32>) -> FormInput {
    answered(
        status,
        RawAnswer {
            retry_after,
            ..problem(code)
        },
    )
}

/// A session that expires after so many milliseconds.
pub fn session_for(milliseconds: u32) -> FormInput {
    let FormInput::Answered { mut answer, .. } = session() else {
        unreachable!("a session is an answer")
    };
    answer.expires_in = Some(milliseconds);
    answered(201, answer)
}

/// What the server answers when it refuses something.
pub fn problem(code: &str) -> RawAnswer {
    RawAnswer {
        code: code.to_owned(),
        detail: "because".to_owned(),
        is_problem: true,
        ..RawAnswer::default()
    }
}

pub fn session() -> FormInput {
    created(201, &form_url(), REQUEST_ID)
}

pub fn redirect_session() -> FormInput {
    created(201, &redirect_form_url(), REQUEST_ID)
}

pub fn redirect() -> FormInput {
    FormInput::Redirect {
        page: PAGE.to_owned(),
    }
}

/// The server's answer with a card verification.
pub fn verification_answer() -> RawAnswer {
    RawAnswer {
        form: "payin".to_owned(),
        form_url: PAY_URL.to_owned(),
        request_id: VERIFICATION_ID.to_owned(),
        result_token: "result-token".to_owned(),
        result_url: VERIFICATION_RESULT.to_owned(),
        ..RawAnswer::default()
    }
}

pub fn verification() -> FormInput {
    answered(201, verification_answer())
}

/// The question for the result of a card verification.
pub fn question() -> String {
    format!("post {VERIFICATION_RESULT} result-token {{}}")
}

/// payin's form says this.
pub fn says(text: &str) -> FormInput {
    says_from(PAYIN_ORIGIN, text)
}

pub fn says_from(origin: &str, text: &str) -> FormInput {
    message_from(origin, [&format!("s{text}"), "", "", "", ""])
}

/// The server's answer to the last question for the result of a card verification.
pub fn result(status: u16, state: &str) -> FormInput {
    let answer = RawAnswer {
        state: state.to_owned(),
        ..RawAnswer::default()
    };
    reported_with(status, answer)
}

/// The server acknowledges the last report of a card.
pub fn acknowledged() -> FormInput {
    reported_with(200, acknowledgement())
}

pub fn acknowledgement() -> RawAnswer {
    RawAnswer {
        request_id: REQUEST_ID.to_owned(),
        state: "saved".to_owned(),
        ..RawAnswer::default()
    }
}

/// The server refuses the last report of a card.
pub fn report_refused(status: u16, code: &str) -> FormInput {
    reported_with(status, problem(code))
}

/// An answer to the last report of a card that nobody can read.
pub fn reported(status: u16) -> FormInput {
    reported_with(status, RawAnswer::default())
}

pub fn reported_with(status: u16, answer: RawAnswer) -> FormInput {
    FormInput::Answered {
        request: REPORT_REQUEST,
        status,
        answer,
    }
}

pub fn of_form_url(form_url: &str) -> FormSource {
    FormSource::FormUrl(FormUrl::parse(form_url).unwrap())
}

pub fn of_session(flow: Flow) -> FormSource {
    FormSource::Endpoint(SessionOptions {
        flow,
        ..SessionOptions::from(ENDPOINT)
    })
}

/// A card verification that a back end made.
pub fn of_verification(flow: Flow) -> FormSource {
    let session = Session::read(&verification_answer(), None).unwrap();
    FormSource::Session(session.with_flow(flow))
}

/// The options of a form on a page that may show forms for tests.
pub fn options(source: FormSource) -> FormOptions {
    FormOptions {
        form_origins: FormOrigins::default().on_page("http://localhost"),
        ..FormOptions::new(source)
    }
}

pub struct Form {
    machine: FormMachine,
    session_request: u32,
    report_request: u32,
    /// The last error that the page was told.
    pub error: Option<FormError>,
}

impl Form {
    pub fn with(options: FormOptions) -> Self {
        Self {
            machine: FormMachine::new(options),
            session_request: 0,
            report_request: 0,
            error: None,
        }
    }

    /// A form that tells the page the token, on a page that may show forms for tests.
    pub fn of(source: FormSource) -> Self {
        Self::with(FormOptions {
            token_in_page: true,
            ..options(source)
        })
    }

    /// A form that was started.
    pub fn started(source: FormSource) -> Self {
        let mut form = Self::of(source);
        form.handle(START);
        form
    }

    /// A form to which all this happened after the start.
    pub fn after(source: FormSource, inputs: &[FormInput]) -> Self {
        let mut form = Self::started(source);
        for input in inputs {
            form.handle(input);
        }
        form
    }

    /// What came out: each order by its name, and then `warning CODE` and `ready`, `saved TOKEN` or
    /// `error CODE`.
    pub fn handle(&mut self, input: &FormInput) -> Vec<String> {
        let output = self.machine.handle(&self.numbered(input));
        let mut out: Vec<String> = output
            .orders
            .iter()
            .map(|order| self.describe(order))
            .collect();
        for event in output.events {
            out.push(match event {
                Event::Warning(warning) => format!("warning {}", warning.code.as_str()),
                Event::Ready(_) => "ready".to_owned(),
                Event::Saved(saved) => match saved.pan_token {
                    Some(pan_token) => format!("saved {}", pan_token.as_str()),
                    None => "saved".to_owned(),
                },
                Event::Error(error) => {
                    let text = format!("error {}", error.code.as_str());
                    self.error = Some(error);
                    text
                }
            });
        }
        out
    }

    /// Puts the number of the request in that the endpoint answers.
    pub fn numbered(&self, input: &FormInput) -> FormInput {
        let mut input = input.clone();
        if let FormInput::Answered { request, .. } = &mut input {
            *request = match *request {
                SESSION_REQUEST => self.session_request,
                REPORT_REQUEST => self.report_request,
                other => other,
            };
        }
        input
    }

    fn describe(&mut self, order: &Order) -> String {
        match order {
            Order::ShowFrame { src, .. } => show(src),
            Order::RemoveFrame => "removeFrame".to_owned(),
            Order::PostMessage {
                message,
                target_origin,
            } => format!("postMessage {message} {target_origin}"),
            Order::SetTimer {
                timer,
                milliseconds,
            } => format!("setTimer {} {milliseconds}", timer.as_str()),
            Order::ClearTimer { timer } => format!("clearTimer {}", timer.as_str()),
            Order::Post {
                request,
                url,
                base,
                token,
                body,
                timeout,
                keepalive,
            } => {
                assert_eq!((*timeout, *keepalive), (15_000, true));
                assert!(base.as_deref().is_none_or(|base| base == ENDPOINT));
                if token.is_none() {
                    self.session_request = *request;
                } else if body.contains("panToken") || body == "{}" {
                    self.report_request = *request;
                }
                let token = token.as_deref().unwrap_or("-");
                format!("post {url} {token} {body}")
            }
            Order::Navigate { url } => navigate(url),
            Order::Finish => "finish".to_owned(),
            other => unreachable!("{other:?}"),
        }
    }

    pub fn state(&self) -> State {
        self.machine.state()
    }

    pub fn is_destroyed(&self) -> bool {
        self.machine.is_destroyed()
    }

    pub fn view(&self) -> FormView {
        FormView::of(&self.machine)
    }

    /// What the developer reads of the last error.
    pub fn reason(&self) -> &str {
        &self.error.as_ref().unwrap().message
    }
}
