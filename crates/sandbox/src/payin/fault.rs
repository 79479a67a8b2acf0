use std::time::Duration;

use serde::Deserialize;

/// What goes wrong with the next call that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "fault")]
pub(crate) enum Fault {
    /// The call is executed, and the connection is cut before the answer.
    DropAnswer,
    /// The answer is late.
    Delay {
        /// The delay, in milliseconds.
        milliseconds: u64,
    },
    /// The call is executed, and answered 500 without a body.
    Empty500,
    /// The call is executed, and answered 500 with a body.
    Error500,
    /// The call is not executed, and answered 503.
    Unavailable,
    /// The call is executed, and answered with a page of HTML.
    Html,
    /// The call is executed, and half of the answer is sent.
    Half,
}

impl Fault {
    pub(crate) fn delay(self) -> Option<Duration> {
        match self {
            Self::Delay { milliseconds } => Some(Duration::from_millis(milliseconds)),
            _ => None,
        }
    }
}
