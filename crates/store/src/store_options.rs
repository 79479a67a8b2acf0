use std::time::Duration;

use crate::StoreKeys;

/// The options of a store.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// The keys that encrypt tokens. Without keys, tokens are stored unencrypted.
    pub keys: Option<StoreKeys>,
    /// Whether each recorded result is also added to the [`crate::Outbox`], in the same transaction.
    pub outbox: bool,
    /// How long a call to Postgres may take, including all waiting. After it the connection is closed.
    /// The default is 12 seconds, a little more than the statement timeout.
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
