//! How the site is set up.

use serde::Deserialize;

/// How many operations a day test mode allows.
const OPERATIONS_A_DAY: u32 = 100;

/// What the site may do, and how its acquirer works.
#[derive(Clone, Debug)]
pub(super) struct Switches {
    /// Whether captured money is reconciled a day later, as at some acquirers.
    pub(super) is_deferred: bool,
    /// Whether payments give card tokens.
    pub(super) gives_tokens: bool,
    pub(super) daily_operations: u32,
    /// The operations that the site may use, or all.
    pub(super) opcodes: Option<Vec<u64>>,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            is_deferred: false,
            gives_tokens: true,
            daily_operations: OPERATIONS_A_DAY,
            opcodes: None,
        }
    }
}

/// Changes of the switches. What is missing stays as it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Changes {
    deferred: Option<bool>,
    tokens: Option<bool>,
    daily_operations: Option<u32>,
    opcodes: Option<Vec<u64>>,
}

impl Switches {
    pub(super) fn change(&mut self, changes: Changes) {
        self.is_deferred = changes.deferred.unwrap_or(self.is_deferred);
        self.gives_tokens = changes.tokens.unwrap_or(self.gives_tokens);
        self.daily_operations = changes.daily_operations.unwrap_or(self.daily_operations);
        self.opcodes = changes.opcodes.or(self.opcodes.take());
    }
}
