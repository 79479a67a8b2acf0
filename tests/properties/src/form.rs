use std::str::Lines;

use pantoken_a2c::{
    Event, Field, Flow, FormMessage, FormOrigins, FormResult, FormUrl, PanToken, State,
};
use pantoken_widget::{FormInput, FormMachine, FormOptions, FormSource, FormView, SessionSource};

use crate::message::keeps_its_rules;

/// Between a form's source and each of what happens to it.
const SEPARATOR: &str = "\n.\n";

/// Whatever happens to a form in whatever order, with whatever answers of its session endpoint: at most
/// one token comes out, the one that the shown form said; where there is a session it was reported
/// before, and acknowledged; no true token is lost; the page is told of no more Readys than the shown
/// form said; no frame is shown and nothing answered but on an origin that is allowed; and nothing
/// comes after the end.
///
/// The text is the form's source (`iframe` or `redirect` for a session, or else a form URL), and then
/// what happens, each as `hands.js` tells it.
pub fn form(text: &[u8]) {
    let text = String::from_utf8_lossy(text);
    let mut parts = text.split(SEPARATOR);
    let source = source(parts.next().unwrap_or_default());
    let mut seen = Seen {
        is_session: matches!(source, FormSource::Session(_)),
        ..Seen::default()
    };
    let mut machine = FormMachine::new(FormOptions::new(source));
    for part in parts {
        let input = FormInput::read(part);
        let told = seen.told(&input);
        let orders = machine.handle(input);
        let lines = orders.lines.into_text();
        if seen.left {
            assert!(lines.is_empty() && orders.event.is_none() && orders.warning.is_none());
        }
        seen.left |= input == FormInput::Leave;
        seen.obey(&input, told.as_ref(), lines.lines());
        seen.hear(&input, told.as_ref(), orders.event);
        let kept = seen.saved || seen.reported.is_some() || seen.is_refused;
        assert!(told.is_none() || kept, "a true token was lost");
        let is_saved = machine.state() == State::Saved;
        assert!(seen.left || is_saved == seen.saved, "{seen:?}");
        let _ = FormView::of(&machine);
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
    FormSource::Session(SessionSource {
        flow,
        ..SessionSource::from("/v1/sessions")
    })
}

/// What came out so far.
#[derive(Debug, Default)]
struct Seen {
    is_session: bool,
    shown: Option<FormUrl>,
    /// How often the shown form said Ready and the page was not told: one may be told with a later
    /// load of the frame.
    readys: usize,
    /// The token on its way to the session endpoint.
    reported: Option<PanToken>,
    /// The session endpoint did not take the shown form's token.
    is_refused: bool,
    saved: bool,
    left: bool,
}

impl Seen {
    /// What the shown form says, if it is the one that speaks.
    fn said(&self, input: &FormInput<'_>) -> Option<FormMessage> {
        let (FormInput::Message(origin, message), Some(shown)) = (input, &self.shown) else {
            return None;
        };
        let said = FormMessage::from_raw(message).ok();
        said.filter(|_| *origin == shown.origin().as_str())
    }

    /// The token that the shown form says its request has.
    fn told(&self, input: &FormInput<'_>) -> Option<PanToken> {
        match self.said(input)? {
            FormMessage::Result {
                request_id,
                result: FormResult::Saved(token),
            } => {
                let own = self.shown.as_ref().map(FormUrl::request_id);
                (own == Some(request_id) && !self.left).then_some(token)
            }
            _ => None,
        }
    }

    /// Judges each order, which has as many lines as it should.
    fn obey(&mut self, input: &FormInput<'_>, told: Option<&PanToken>, mut lines: Lines<'_>) {
        while let Some(order) = lines.next() {
            let mut argument = || lines.next().expect("an argument");
            match order {
                "show" => {
                    let form_url = shown(argument(), Flow::Iframe, input);
                    argument();
                    self.shown = Some(form_url);
                    self.readys = 0;
                    self.is_refused = false;
                }
                "go" => drop(shown(argument(), Flow::Redirect, input)),
                "create" => {
                    for _ in 0..4 {
                        argument();
                    }
                    assert!(!self.saved && self.reported.is_none());
                    self.shown = None;
                }
                "answer" => {
                    assert_eq!(self.said(input), Some(FormMessage::Ready));
                    let origin = self.shown.as_ref().map(|shown| shown.origin().as_str());
                    assert_eq!(origin, Some(argument()));
                }
                "report" => {
                    assert!(self.is_session && !self.saved && self.reported.is_none());
                    assert_eq!(told.map(PanToken::as_str), Some(argument()));
                    self.reported = told.cloned();
                }
                "mention" => {
                    assert!(matches!(
                        self.said(input),
                        Some(FormMessage::Result {
                            result: FormResult::Failed { .. },
                            ..
                        })
                    ));
                    argument();
                    argument();
                }
                "wait" => assert!(argument().parse::<u32>().is_ok()),
                "stop" | "remove" => {}
                other => panic!("no order is called {other:?}"),
            }
        }
    }

    fn hear(&mut self, input: &FormInput<'_>, told: Option<&PanToken>, event: Option<Event>) {
        self.readys += usize::from(self.said(input) == Some(FormMessage::Ready));
        match event {
            Some(Event::Saved(saved)) => {
                assert!(!self.saved, "a second token");
                if self.is_session {
                    assert_eq!(*input, FormInput::Reported(""));
                    assert_eq!(self.reported.as_ref(), Some(&saved.pan_token));
                } else {
                    assert_eq!(told, Some(&saved.pan_token));
                }
                keeps_its_rules(&FormResult::Saved(saved.pan_token));
                self.saved = true;
            }
            Some(Event::Ready(_)) => {
                let left = self.readys.checked_sub(1);
                self.readys = left.expect("a Ready that the form did not say");
            }
            Some(Event::Warning(warning)) => panic!("a warning among the events: {warning:?}"),
            _ => {}
        }
        if matches!(input, FormInput::Reported(problem) if !problem.is_empty()) && !self.left {
            self.is_refused |= self.reported.take().is_some();
        }
    }
}

/// A form that may be shown, and where it comes with a session, is the session's.
fn shown(url: &str, flow: Flow, input: &FormInput<'_>) -> FormUrl {
    let form_url = FormUrl::parse(url).unwrap();
    assert!(FormOrigins::default().allows(form_url.origin()), "{url}");
    assert_eq!(form_url.flow(), flow);
    if let FormInput::Session(session) = input {
        let request_id = form_url.request_id().to_text();
        assert_eq!(session.request_id, Field::Text(request_id.as_str()));
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
