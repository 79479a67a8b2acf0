use std::future::Future;

use crate::{
    Credential, Digest, Session, SessionData, SessionFilter, SessionId, SessionResult,
    SessionSummary, StoreError,
};

/// Stores sessions and their results.
///
/// Every store guarantees:
/// - An id identifies one session.
/// - At most one token is ever recorded for a session, even if several arrive at once.
///   [`Session::decide`] decides in the transaction that records the result.
/// - A result is recorded only with the session's [`Credential`].
/// - What a call has confirmed survives a crash of the process and of the machine.
/// - A call that fails or is dropped has taken effect completely or not at all.
/// - The store has no clock. The caller passes every time in Unix milliseconds.
pub trait SessionStore: Send + Sync + 'static {
    /// Creates a session, or returns the one that the same idempotency key created before.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn create(
        &self,
        data: SessionData,
        idempotency: Option<Idempotency>,
    ) -> impl Future<Output = Result<CreateOutcome, StoreError>> + Send;

    /// Records a result that arrives at `now`, in Unix milliseconds, if [`Session::decide`] allows it.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn record_result(
        &self,
        id: SessionId,
        credential: Credential,
        result: SessionResult,
        now: i64,
    ) -> impl Future<Output = Result<RecordOutcome, StoreError>> + Send;

    /// Returns the session with this id, if there is one.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn get(
        &self,
        id: SessionId,
    ) -> impl Future<Output = Result<Option<Session>, StoreError>> + Send;

    /// Lists sessions without their tokens, the newest first. The newest has the largest id, because ids grow
    /// with time.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn list_sessions(
        &self,
        filter: SessionFilter,
    ) -> impl Future<Output = Result<Vec<SessionSummary>, StoreError>> + Send;

    /// Returns when the newest session was created, in Unix milliseconds. The newest is the one with
    /// the largest id, because ids grow with time.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn newest_created_at(&self) -> impl Future<Output = Result<Option<i64>, StoreError>> + Send;

    /// Returns when the oldest session was created, in Unix milliseconds. The oldest is the one with
    /// the smallest id.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn oldest_created_at(&self) -> impl Future<Output = Result<Option<i64>, StoreError>> + Send;

    /// Deletes up to `limit` sessions that expired before `time`, in Unix milliseconds, the earliest
    /// first, with their results, idempotency keys and deliveries. Returns how many were deleted:
    /// fewer than `limit` means that none are left.
    ///
    /// A session is kept while a delivery is pending, and until its last delivery ended before `time`
    /// too. A delivery ends with the lease in which it was delivered or given up. A deleted session is
    /// unknown to every later call.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn delete_expired_before(
        &self,
        time: i64,
        limit: u32,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Returns the time that [`SessionStore::record_sweep`] recorded last, in Unix milliseconds.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn last_sweep(&self) -> impl Future<Output = Result<Option<i64>, StoreError>> + Send;

    /// Records the time of a sweep, in Unix milliseconds. Whoever deletes expired sessions compares the
    /// clock with it, because a clock that is ahead must not delete everything.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn record_sweep(&self, time: i64) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Checks that the store accepts writes: it writes one row and waits for the disk.
    ///
    /// # Errors
    /// Returns [`StoreError`] if it does not.
    fn check(&self) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Identifies a repeated creation.
#[derive(Clone, Copy, Debug)]
pub struct Idempotency {
    /// The digest of the caller's key and scope.
    pub key: Digest,
    /// The digest of everything that the caller requested.
    pub fingerprint: Digest,
}

/// The outcome of a creation.
#[derive(Clone, Debug)]
#[must_use]
pub enum CreateOutcome {
    /// The session was created.
    Created(Session),
    /// The same key and request created this session before. Nothing was written.
    Repeated(Session),
    /// The same key created a session for another request. Nothing was written.
    IdempotencyKeyReused,
    /// The id is in use: choose another. Nothing was written.
    IdTaken,
}

/// The outcome of recording a result.
#[derive(Clone, Debug)]
#[must_use]
pub enum RecordOutcome {
    /// The result was recorded.
    Recorded(Session),
    /// The same result was recorded before. Nothing was written.
    Repeated(Session),
    /// The session has another result, which is final. Nothing was written.
    Conflict(Session),
    /// The session has [`Session::MAX_ERRORS`] errors already. Nothing was written.
    Ignored(Session),
    /// The session expired, for a token [`Session::LATE_MILLISECONDS`] ago. Nothing was written.
    Expired(Session),
    /// There is no such session, or the credential is not the session's. Nothing was written.
    Forbidden,
}
