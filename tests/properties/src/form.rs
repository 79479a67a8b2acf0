use core::array;

use pantoken_a2c::{
    Event, Field, Flow, FormMessage, FormOrigins, FormResult, FormUrl, PanToken, RawMessage,
    RequestId, State,
};
use pantoken_widget::{
    FormInput, FormMachine, FormOptions, FormSource, FormView, Order, RawAnswer, SessionOptions,
    Timer,
};
use serde_json::Value;

use crate::message::keeps_its_rules;

/// Between a form's source and each of what happens to it.
const SEPARATOR: &str = "\n.\n";

/// Checks that, whatever happens to a form in whatever order and with whatever answers of its session
/// endpoint, at most one token comes out, the one that the shown form posted; that with a session it was
/// reported before, and acknowledged; that no true token is lost; that the page is told of no more Readys
/// than the shown form posted; that no frame is shown and nothing is posted to it but on an origin that is
/// allowed; and that nothing is emitted after the form is destroyed.
///
/// The text is the form's source (`iframe` or `redirect` for a session, or else a form URL), and then what
/// happens, each as the lines that `read` takes.
pub fn form(text: &[u8]) {
    let text = String::from_utf8_lossy(text);
    let mut parts = text.split(SEPARATOR);
    let source = source(parts.next().unwrap_or_default());
    let mut seen = Seen {
        is_session: matches!(source, FormSource::Endpoint(_)),
        ..Seen::default()
    };
    let mut machine = FormMachine::new(FormOptions {
        form_origins: origins(),
        token_in_page: true,
        ..FormOptions::new(source)
    });
    for part in parts {
        let input = read(part, &seen);
        // Drivers pass on the messages of the frame's own window, which is gone with the frame.
        if seen.is_removed && matches!(input, FormInput::Message { .. }) {
            continue;
        }
        let posted = seen.posted_token(&input);
        let output = machine.handle(&input);
        if seen.destroyed {
            assert!(output.events.is_empty());
        }
        seen.destroyed |= input == FormInput::Destroy;
        seen.check_orders(&input, posted.as_ref(), &output.orders);
        seen.check_events(&input, posted.as_ref(), output.events);
        let kept = seen.saved || seen.reported.is_some() || seen.is_refused;
        assert!(posted.is_none() || kept, "a true token was lost");
        let is_saved = machine.state() == State::Saved;
        assert!(seen.destroyed || is_saved == seen.saved, "{seen:?}");
        let _ = FormView::of(&machine);
    }
}

/// Reads an input from lines: its name, known by its first letter, and then each of its values. A value
/// that is missing counts as empty, and an unknown name as the end of the form.
fn read(text: &str, seen: &Seen) -> FormInput {
    let mut lines = text.split('\n');
    let name = lines.next().unwrap_or_default();
    let mut line = || lines.next().unwrap_or_default().to_owned();
    match name.as_bytes().first() {
        Some(b's') => FormInput::Start,
        Some(b'r') => FormInput::Reload,
        Some(b'a') => FormInput::Redirect { page: line() },
        Some(b'l') => FormInput::FrameLoaded,
        Some(b'b') => FormInput::PolicyViolation {
            directive: "frame-src".to_owned(),
            disposition: "enforce".to_owned(),
            blocked_uri: "https://".to_owned(),
        },
        Some(b'm') => FormInput::Message {
            origin: line(),
            message: RawMessage::from_fields(array::from_fn(|_| field(&line()))),
        },
        Some(b't') => FormInput::TimerFired {
            timer: Timer::Ready,
        },
        Some(b'w') => FormInput::TimerFired {
            timer: Timer::Report,
        },
        Some(b'c') => FormInput::Answered {
            request: seen.session_request,
            status: if line().is_empty() { 201 } else { 503 },
            answer: {
                let mut texts = || text_of(&line());
                RawAnswer {
                    form_url: texts(),
                    request_id: texts(),
                    result_token: texts(),
                    expires_in: Some(60_000),
                    ..RawAnswer::default()
                }
            },
        },
        Some(b'k') => report_answered(&line(), seen),
        Some(b'v') => FormInput::TimerFired {
            timer: Timer::Session,
        },
        Some(b'f') => FormInput::FrameFocused,
        _ => FormInput::Destroy,
    }
}

/// The text of a field that is one, or else nothing.
fn text_of(line: &str) -> String {
    match field(line) {
        Field::Text(text) => text,
        _ => String::new(),
    }
}

/// The endpoint acknowledges the last report, gives no answer, or refuses it for good.
fn report_answered(kind: &str, seen: &Seen) -> FormInput {
    let shown = seen.shown.as_ref();
    let (status, answer) = match kind {
        "" => (
            200,
            RawAnswer {
                request_id: shown.map_or_else(String::new, |url| url.request_id().to_text()),
                state: "saved".to_owned(),
                ..RawAnswer::default()
            },
        ),
        "no answer" => (0, RawAnswer::default()),
        _ => (
            409,
            RawAnswer {
                code: "RESULT_CONFLICT".to_owned(),
                is_problem: true,
                ..RawAnswer::default()
            },
        ),
    };
    FormInput::Answered {
        request: seen.report_request,
        status,
        answer,
    }
}

/// Reads a field from its type and its value: `s` for a text, `n` for an integer.
fn field(line: &str) -> Field<String> {
    let value = line.get(1..).unwrap_or_default();
    match line.as_bytes().first() {
        None => Field::Absent,
        Some(b's') => Field::Text(value.to_owned()),
        Some(b'n') => {
            RequestId::parse(value).map_or(Field::Unusable, |id| Field::Integer(id.get()))
        }
        Some(_) => Field::Unusable,
    }
}

fn source(text: &str) -> FormSource {
    let flow = match text {
        "iframe" => Flow::Iframe,
        "redirect" => Flow::Redirect,
        url => {
            return match FormUrl::parse(url) {
                Ok(form_url) => FormSource::FormUrl(form_url),
                Err(error) => FormSource::Unreadable(error.to_string()),
            };
        }
    };
    FormSource::Endpoint(SessionOptions {
        flow,
        ..SessionOptions::from("https://shop.kz/v1/sessions")
    })
}

/// What came out so far.
#[derive(Debug, Default)]
struct Seen {
    is_session: bool,
    shown: Option<FormUrl>,
    /// Whether the frame was removed since it was shown.
    is_removed: bool,
    /// How often the shown form posted Ready and the page was not told. One may be told with a later load
    /// of the frame.
    readys: usize,
    /// The token on its way to the session endpoint.
    reported: Option<PanToken>,
    /// The session endpoint refused the shown form's token.
    is_refused: bool,
    saved: bool,
    destroyed: bool,
    session_request: u32,
    report_request: u32,
}

impl Seen {
    /// Returns what the shown form says, if it is the one that posted the message.
    fn posted(&self, input: &FormInput) -> Option<FormMessage> {
        let (FormInput::Message { origin, message }, Some(shown)) = (input, &self.shown) else {
            return None;
        };
        let posted = FormMessage::from_raw(message).ok();
        posted.filter(|_| *origin == shown.origin().as_str())
    }

    /// Returns the token that the shown form posts for its own request.
    fn posted_token(&self, input: &FormInput) -> Option<PanToken> {
        match self.posted(input)? {
            FormMessage::Result {
                request_id,
                result: FormResult::Saved(token),
            } => {
                let own = self.shown.as_ref().map(FormUrl::request_id);
                (own == Some(request_id) && !self.destroyed).then_some(token)
            }
            _ => None,
        }
    }

    fn check_orders(&mut self, input: &FormInput, posted: Option<&PanToken>, orders: &[Order]) {
        for order in orders {
            match order {
                Order::ShowFrame { src, .. } => {
                    self.shown = Some(shown(src, Flow::Iframe, input));
                    self.is_removed = false;
                    self.readys = 0;
                    self.is_refused = false;
                }
                Order::Navigate { url } => drop(shown(url, Flow::Redirect, input)),
                Order::PostMessage { target_origin, .. } => {
                    assert_eq!(self.posted(input), Some(FormMessage::Ready));
                    let origin = self.shown.as_ref().map(|shown| shown.origin().as_str());
                    assert_eq!(origin, Some(target_origin.as_str()));
                }
                Order::Post {
                    request,
                    token: None,
                    ..
                } => {
                    assert!(!self.saved && self.reported.is_none() && !self.destroyed);
                    self.session_request = *request;
                }
                Order::Post { request, body, .. } => {
                    self.check_report(*request, body, input, posted);
                }
                Order::SetTimer { milliseconds, .. } => assert!(*milliseconds > 0),
                Order::RemoveFrame => {
                    self.shown = None;
                    self.is_removed = true;
                }
                Order::ClearTimer { .. } => {}
                Order::Finish => assert!(self.destroyed),
                other => panic!("the property does not know {other:?}"),
            }
        }
    }

    fn check_report(
        &mut self,
        request: u32,
        body: &str,
        input: &FormInput,
        posted: Option<&PanToken>,
    ) {
        assert!(self.is_session && !self.saved);
        let body: Value = serde_json::from_str(body).unwrap();
        if let Some(token) = body.get("panToken") {
            let is_repeated = matches!(input, FormInput::TimerFired { .. });
            if !is_repeated {
                assert!(self.reported.is_none());
                self.reported = posted.cloned();
            }
            let reported = self.reported.as_ref().map(PanToken::as_str);
            assert_eq!(reported, token.as_str());
            self.report_request = request;
        } else {
            assert!(matches!(
                self.posted(input),
                Some(FormMessage::Result {
                    result: FormResult::Failed { .. },
                    ..
                })
            ));
        }
    }

    fn check_events(&mut self, input: &FormInput, posted: Option<&PanToken>, events: Vec<Event>) {
        self.readys += usize::from(self.posted(input) == Some(FormMessage::Ready));
        let report_status = match input {
            FormInput::Answered {
                request, status, ..
            } if *request == self.report_request => Some(*status),
            _ => None,
        };
        for event in events {
            match event {
                Event::Saved(saved) => {
                    assert!(!self.saved, "a second token");
                    if self.is_session {
                        assert_eq!(report_status, Some(200));
                        assert_eq!(self.reported, saved.pan_token);
                    } else {
                        assert_eq!(posted, saved.pan_token.as_ref());
                    }
                    keeps_its_rules(&FormResult::Saved(saved.pan_token.unwrap()));
                    self.saved = true;
                }
                Event::Ready(_) => {
                    let left = self.readys.checked_sub(1);
                    self.readys = left.expect("a Ready that the form did not post");
                }
                Event::Warning(_) | Event::Error(_) => {}
            }
        }
        if report_status == Some(409) && !self.destroyed {
            self.is_refused |= self.reported.take().is_some();
        }
    }
}

/// Those of a page that may show forms for tests.
fn origins() -> FormOrigins {
    FormOrigins::default().on_page("http://localhost")
}

/// Returns the form URL, which may be shown, and belongs to the session if it comes with one.
fn shown(url: &str, flow: Flow, input: &FormInput) -> FormUrl {
    let form_url = FormUrl::parse(url).unwrap();
    assert!(origins().allows(form_url.origin()), "{url}");
    assert_eq!(form_url.flow(), flow);
    if let FormInput::Answered { answer, .. } = input {
        assert_eq!(answer.request_id, form_url.request_id().to_text());
    }
    form_url
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_form_to_which_anything_happens_tells_one_true_token_and_loses_none() {
        crate::corpus::try_all("form", super::form, 4_000);
    }
}
