use crate::StoreKeys;

/// What a store does beside keeping sessions.
#[derive(Clone, Debug, Default)]
pub struct StoreOptions {
    /// The keys that panTokens are sealed under; without any they are kept in clear.
    pub keys: Option<StoreKeys>,
    /// Whether each recorded result is put into the [`crate::Outbox`], in the same transaction.
    pub outbox: bool,
}
