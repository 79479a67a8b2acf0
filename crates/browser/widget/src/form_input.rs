use core::array;

use pantoken_a2c::{Field, RawMessage, RequestId};
use pantoken_core::text;

use crate::session::Session;

/// What happened to a form, as `hands.js` tells it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FormInput<'a> {
    /// The page wants the form.
    Start,
    /// The page or the customer wants to start over.
    Reload,
    /// The customer wants to go on at the provider's page; this is the page that they are on.
    Redirect(&'a str),
    /// A document has loaded in the frame.
    FrameLoaded,
    /// The page's content security policy forbade the frame.
    FrameBlocked,
    /// The frame's window posted a message from a document of this origin.
    Message(&'a str, RawMessage<&'a str>),
    /// The timer has run out.
    Late,
    /// The session endpoint's answer to the last `create`.
    Session(Session<'a>),
    /// The session endpoint acknowledged a saved card, or says why not.
    Reported(&'a str),
    /// The page wants the form no more.
    Leave,
}

impl<'a> FormInput<'a> {
    /// Reads what happened from lines: its name, known by its first letter, and then each of its
    /// fields. A field that is not there counts as absent, and a name that is none as
    /// [`FormInput::Leave`].
    #[must_use]
    pub fn read(text: &'a str) -> Self {
        let mut lines = LineReader::new(text);
        match lines.line().as_bytes().first() {
            Some(b's') => Self::Start,
            Some(b'r') => Self::Reload,
            Some(b'a') => Self::Redirect(lines.line()),
            Some(b'l') => Self::FrameLoaded,
            Some(b'b') => Self::FrameBlocked,
            Some(b'm') => {
                let origin = lines.line();
                let fields = array::from_fn(|_| lines.field());
                Self::Message(origin, RawMessage::from_fields(fields))
            }
            Some(b't') => Self::Late,
            Some(b'c') => Self::Session(Session {
                problem: lines.line(),
                form_url: lines.field(),
                request_id: lines.field(),
                result_token: lines.field(),
            }),
            Some(b'k') => Self::Reported(lines.line()),
            _ => Self::Leave,
        }
    }
}

/// Reads a text line by line.
#[derive(Clone, Copy, Debug)]
pub struct LineReader<'a> {
    rest: &'a str,
}

impl<'a> LineReader<'a> {
    /// Starts at the first line.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// The next line; an empty one after the last.
    #[inline(never)]
    pub fn line(&mut self) -> &'a str {
        let (line, rest) = text::split_once(self.rest, b'\n').unwrap_or((self.rest, ""));
        self.rest = rest;
        line
    }

    /// A value with its type before it: `s` for a string, `n` for an integer, of which only a request
    /// id is one.
    #[inline(never)]
    fn field(&mut self) -> Field<&'a str> {
        let line = self.line();
        let value = line.get(1..).unwrap_or_default();
        match line.as_bytes().first() {
            None => Field::Absent,
            Some(b's') => Field::Text(value),
            Some(b'n') => {
                RequestId::parse(value).map_or(Field::Unusable, |id| Field::Integer(id.get()))
            }
            Some(_) => Field::Unusable,
        }
    }
}
