use std::future::Future;

use pantoken_a2c::{FormResult, RequestId};

use crate::{Digest, Proof, Session, StoreError, Terms};

/// Keeps sessions and their results.
///
/// What every store guarantees:
/// - A request id stands for one session, for ever.
/// - At most one panToken is ever recorded for a session, whoever races; [`Session::judge`] decides,
///   in the same transaction that records.
/// - Nothing is recorded without the session's [`Proof`].
/// - What a call has answered survives the end of the process and of the machine.
/// - A call that fails, or is dropped half-way, has either happened whole or not at all.
/// - No clock: every time comes from the caller, in Unix milliseconds.
pub trait SessionStore: Send + Sync + 'static {
    /// Creates a session, or finds the one that the same idempotency key created before.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot answer.
    fn create(
        &self,
        terms: Terms,
        idempotency: Option<Idempotency>,
    ) -> impl Future<Output = Result<Creation, StoreError>> + Send;

    /// Records a result that arrives at `now`, in Unix milliseconds, if [`Session::judge`] says so.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot answer.
    fn record_result(
        &self,
        request_id: RequestId,
        proof: Proof,
        result: FormResult,
        now: i64,
    ) -> impl Future<Output = Result<Recording, StoreError>> + Send;

    /// The session of this request, if the server issued it.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot answer.
    fn get(
        &self,
        request_id: RequestId,
    ) -> impl Future<Output = Result<Option<Session>, StoreError>> + Send;

    /// When the youngest session was created, in Unix milliseconds: the one of the largest request id,
    /// which is made of the time.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot answer.
    fn youngest(&self) -> impl Future<Output = Result<Option<i64>, StoreError>> + Send;

    /// Deletes up to `limit` sessions that expired before `time`, in Unix milliseconds, those that
    /// expired first; their results, idempotency keys and deliveries go with them. The number of
    /// those that were deleted: fewer than `limit` means that no more are left.
    ///
    /// A session stays while one of its deliveries is pending. A deleted one is like one that never
    /// was: its result can neither be asked for nor repeated.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot answer.
    fn delete_expired_before(
        &self,
        time: i64,
        limit: u32,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Whether the store can keep something now: it writes one row, and waits for the disk.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot.
    fn check(&self) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// What makes a repeated creation the same one.
#[derive(Clone, Copy, Debug)]
pub struct Idempotency {
    /// The digest of the caller's key, in the caller's scope.
    pub key: Digest,
    /// The digest of everything the caller asked for.
    pub fingerprint: Digest,
}

/// What became of a creation.
#[derive(Clone, Debug)]
#[must_use]
pub enum Creation {
    /// A new session.
    Created(Session),
    /// The session that this key created before, as it stands.
    Repeated(Session),
    /// This key created another session before, for another request. Nothing was written.
    Mismatch,
    /// The request id is in use: take another. Nothing was written.
    RequestIdTaken,
}

/// What became of a result.
#[derive(Clone, Debug)]
#[must_use]
pub enum Recording {
    /// It is kept now.
    Recorded(Session),
    /// It was kept already.
    Repeated(Session),
    /// A panToken is kept, and this is not it. Nothing was written.
    Conflict(Session),
    /// It is one error more than [`Session::MAX_ERRORS`]. Nothing was written.
    Ignored(Session),
    /// The session had expired. Nothing was written.
    Expired(Session),
    /// There is no such session, or the proof is not its own. Nothing was written.
    Forbidden,
}
