use std::time::Duration;

use crate::StoreKeys;

/// What a store does beside keeping sessions.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// The keys that panTokens are sealed under; without any they are kept in clear.
    pub keys: Option<StoreKeys>,
    /// Whether each recorded result is put into the [`crate::Outbox`], in the same transaction.
    pub outbox: bool,
    /// How long a call to Postgres may take, with all that it waits for; 12 seconds, a little more
    /// than Postgres itself gives a statement. After it the connection is closed.
    pub time_limit: Duration,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            keys: None,
            outbox: false,
            time_limit: Duration::from_secs(12),
        }
    }
}
