use std::future::Future;

use pantoken_a2c::RequestId;

use crate::StoreError;

/// Brings panTokens under another key, while sessions are created and results recorded.
///
/// A rotation that stops half-way is begun again: what is under the current key stays as it is.
pub trait KeyRotation: Send + Sync + 'static {
    /// Looks at up to `limit` sessions with request ids above `after`, and seals those panTokens
    /// under the current key that are under another or in clear. Without keys it does nothing.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot answer; then none of this call is sealed.
    fn reseal(
        &self,
        after: Option<RequestId>,
        limit: u32,
    ) -> impl Future<Output = Result<Resealed, StoreError>> + Send;

    /// Forgets that any key but the current one was used, unless panTokens are under another one or
    /// in clear: how many those are.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot answer.
    fn forget_other_keys(&self) -> impl Future<Output = Result<u64, StoreError>> + Send;
}

/// How far a rotation is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resealed {
    /// The last session that was looked at; `None` when there are no more.
    pub last: Option<RequestId>,
    /// How many sessions were looked at.
    pub seen: u64,
    /// How many panTokens were sealed.
    pub sealed: u64,
    /// The sessions whose panToken cannot be opened: it was changed, or its key was not given. They
    /// stay as they are.
    pub unreadable: Vec<RequestId>,
}
