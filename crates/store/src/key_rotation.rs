use std::future::Future;

use crate::{SessionId, StoreError};

/// Encrypts tokens with a new key while sessions are created and results recorded.
///
/// A rotation that stops can simply start again: tokens that are encrypted with the current key
/// already are left alone.
pub trait KeyRotation: Send + Sync + 'static {
    /// Reads up to `limit` sessions with ids above `after`, and encrypts their tokens with the current
    /// key where they are unencrypted or encrypted with another key. Without keys it does nothing.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails. Then no token of this call was changed.
    fn reencrypt(
        &self,
        after: Option<SessionId>,
        limit: u32,
    ) -> impl Future<Output = Result<Reencrypted, StoreError>> + Send;

    /// Forgets every key but the current one, unless some tokens are unencrypted or encrypted with
    /// another key. Returns the number of those tokens.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn forget_other_keys(&self) -> impl Future<Output = Result<u64, StoreError>> + Send;
}

/// What [`KeyRotation::reencrypt`] did with a page of sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reencrypted {
    /// The last session that was read, or `None` if there are no more.
    pub last: Option<SessionId>,
    /// How many sessions were read.
    pub seen: u64,
    /// How many tokens were encrypted.
    pub encrypted: u64,
    /// The sessions whose token cannot be decrypted, because it was changed or its key was not given.
    /// They are left as they are.
    pub unreadable: Vec<SessionId>,
}
