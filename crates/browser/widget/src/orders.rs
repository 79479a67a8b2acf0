use alloc::string::String;

use pantoken_a2c::{Event, Warning};
use pantoken_core::text;

/// What is to be done after something happened: in the order of the fields.
#[derive(Debug, Default)]
#[must_use]
pub struct Orders {
    /// For `hands.js`.
    pub lines: Lines,
    /// What to warn the page of.
    pub warning: Option<Warning>,
    /// What to tell the page, after that; never a warning.
    pub event: Option<Event>,
}

/// Orders to a script: for each its name on a line, and then a line for each argument.
#[derive(Debug, Default)]
pub struct Lines(String);

impl Lines {
    /// Adds an order. An argument ends with its first line.
    #[inline(never)]
    pub fn push(&mut self, name: &str, arguments: &[&str]) {
        self.line(name);
        for argument in arguments {
            self.line(argument);
        }
    }

    /// Adds other orders after these.
    pub fn append(&mut self, other: &Self) {
        text::append(&mut self.0, &other.0);
    }

    /// The lines as text.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }

    #[inline(never)]
    fn line(&mut self, text: &str) {
        let (line, _) = text::split_at_first(text, |byte| byte == b'\n');
        text::append(&mut self.0, line);
        text::append(&mut self.0, "\n");
    }
}
