//! A machine under test, and what it may be told.

use pantoken_a2c::{Event, Flow, FormError, FormUrl, State};
use pantoken_widget::{FormInput, FormMachine, FormOptions, FormSource, FormView, SessionSource};

pub const ORIGIN: &str = "https://a2c-test.qiwi.kz";
pub const PAGE: &str = "https://shop.kz/pay";
pub const ENDPOINT: &str = "/v1/sessions";
pub const REQUEST_ID: &str = "123456789";

/// What may happen, line by line.
pub const START: &str = "start";
pub const RELOAD: &str = "reload";
pub const LOADED: &str = "loaded";
pub const TIMEOUT: &str = "timeout";
pub const BLOCKED: &str = "blocked";
pub const LEAVE: &str = "end";

/// What asks for a session of the iframe flow.
pub const CREATE: [&str; 5] = ["create", ENDPOINT, "iframe", "ru", ""];
/// What takes the frame away.
pub const REMOVE: [&str; 2] = ["remove", "stop"];

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

/// A message of five fields from this origin.
pub fn message_from(origin: &str, fields: [&str; 5]) -> String {
    format!("message\n{origin}\n{}", fields.join("\n"))
}

pub fn ready() -> String {
    message_from(ORIGIN, ["sReady", "", "", "", ""])
}

pub fn saved(token: &str) -> String {
    let (request_id, token) = (format!("s{REQUEST_ID}"), format!("s{token}"));
    message_from(ORIGIN, ["", &request_id, &token, "", ""])
}

pub fn failed(code: &str) -> String {
    let (request_id, code) = (format!("s{REQUEST_ID}"), format!("s{code}"));
    message_from(ORIGIN, ["", &request_id, "", &code, "sWords"])
}

/// The endpoint's answer.
pub fn created(status: u32, form_url: &str, request_id: &str) -> String {
    let problem = problem(status);
    format!("created\n{problem}\ns{form_url}\ns{request_id}\nsresult-token")
}

pub fn session() -> String {
    created(201, &form_url(), REQUEST_ID)
}

pub fn redirect_session() -> String {
    created(201, &redirect_form_url(), REQUEST_ID)
}

pub fn away() -> String {
    format!("away\n{PAGE}")
}

pub fn kept(status: u32) -> String {
    format!("kept\n{}", problem(status))
}

/// What `hands.js` says of a status.
fn problem(status: u32) -> String {
    match status {
        200 | 201 => String::new(),
        0 => "no answer".to_owned(),
        _ => format!("the session endpoint answered {status}"),
    }
}

pub fn of_form_url(form_url: &str) -> FormSource {
    FormSource::FormUrl(FormUrl::parse(form_url).unwrap())
}

pub fn of_session(flow: Flow) -> FormSource {
    FormSource::Session(SessionSource {
        flow,
        ..SessionSource::from(ENDPOINT)
    })
}

pub struct Form {
    machine: FormMachine,
    /// The last error that the page was told.
    pub error: Option<FormError>,
}

impl Form {
    pub fn with(options: FormOptions) -> Self {
        Self {
            machine: FormMachine::new(options),
            error: None,
        }
    }

    pub fn of(source: FormSource) -> Self {
        Self::with(FormOptions::new(source))
    }

    /// A form that was started.
    pub fn started(source: FormSource) -> Self {
        let mut form = Self::of(source);
        form.tell(START);
        form
    }

    /// A form in the page that was told all this after the start.
    pub fn after(source: FormSource, inputs: &[&str]) -> Self {
        let mut form = Self::started(source);
        for input in inputs {
            form.tell(input);
        }
        form
    }

    /// What came out: the orders' lines, and then `warning CODE` and `ready`, `saved TOKEN` or
    /// `error CODE`.
    pub fn tell(&mut self, input: &str) -> Vec<String> {
        let orders = self.machine.handle(FormInput::read(input));
        let text = orders.lines.into_text();
        let mut out: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
        if let Some(warning) = orders.warning {
            out.push(format!("warning {}", warning.code.as_str()));
        }
        match orders.event {
            Some(Event::Ready(_)) => out.push("ready".to_owned()),
            Some(Event::Saved(saved)) => out.push(format!("saved {}", saved.pan_token.as_str())),
            Some(Event::Error(error)) => {
                out.push(format!("error {}", error.code.as_str()));
                self.error = Some(error);
            }
            Some(Event::Warning(_)) => unreachable!("a warning has a field of its own"),
            None => {}
        }
        out
    }

    pub fn state(&self) -> State {
        self.machine.state()
    }

    pub fn is_left(&self) -> bool {
        self.machine.is_left()
    }

    pub fn view(&self) -> FormView {
        FormView::of(&self.machine)
    }

    /// What the developer reads of the last error.
    pub fn reason(&self) -> &str {
        &self.error.as_ref().unwrap().message
    }
}
