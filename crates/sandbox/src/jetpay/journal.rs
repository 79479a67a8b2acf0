//! The calls of both sides, for a test to look at.

use std::collections::VecDeque;

use serde::Serialize;

/// How many calls are kept.
const MAX_CALLS: usize = 1_000;

/// The last calls, in order.
#[derive(Default)]
pub(super) struct Journal(VecDeque<Call>);

/// A call to Gate or to the merchant.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Call {
    /// When it was made, in milliseconds of the sandbox's clock.
    pub(super) at: i64,
    /// The path of Gate, or the merchant's address.
    pub(super) to: String,
    pub(super) request: String,
    /// The HTTP status of the answer, or nothing if there was none.
    pub(super) status: Option<u16>,
    pub(super) answer: String,
}

impl Journal {
    pub(super) fn add(&mut self, call: Call) {
        if self.0.len() == MAX_CALLS {
            self.0.pop_front();
        }
        self.0.push_back(call);
    }

    pub(super) fn calls(&self) -> &VecDeque<Call> {
        &self.0
    }
}
