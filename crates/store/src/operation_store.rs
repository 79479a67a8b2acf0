use std::future::Future;

use crate::{
    Fact, InboxEntry, NewOperation, OperationChange, OperationFilter, OperationId, StoreError,
    StoredOperation,
};

/// Stores operations: what was asked of a provider, and what became of it.
///
/// Every store guarantees:
/// - A kind and key stand for one operation for ever.
/// - One caller at a time can claim an operation, until the caller's lease ends.
/// - A change replaces the version that its caller read, or nothing happens. Its fact, its events and the
///   operations that it creates are recorded in the same transaction.
/// - An operation that is not final, will be asked about, has a pending delivery or has parts is not deleted.
/// - The store does not interpret kinds, states and data, and has no clock.
pub trait OperationStore: Send + Sync + 'static {
    /// Creates an operation.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn create_operation(
        &self,
        operation: NewOperation,
    ) -> impl Future<Output = Result<OperationCreation, StoreError>> + Send;

    /// Returns the operation of this kind and key.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn find_operation(
        &self,
        kind: String,
        key: String,
    ) -> impl Future<Output = Result<Option<StoredOperation>, StoreError>> + Send;

    /// Returns an operation.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn get_operation(
        &self,
        id: OperationId,
    ) -> impl Future<Output = Result<Option<StoredOperation>, StoreError>> + Send;

    /// Claims an operation until `leased_until`, whether or not it is due, unless it is claimed at `now`.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn claim_operation(
        &self,
        id: OperationId,
        now: i64,
        leased_until: i64,
    ) -> impl Future<Output = Result<Option<StoredOperation>, StoreError>> + Send;

    /// Claims up to `limit` operations that are due at `now`, the longest due first, until `leased_until`.
    /// One that cannot be read is an error among them, so that it does not hold up the others.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn claim_due_operations(
        &self,
        now: i64,
        leased_until: i64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Result<StoredOperation, StoreError>>, StoreError>> + Send;

    /// Extends the claim of this version. Returns `false` if the operation has another version.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn renew_claim(
        &self,
        id: OperationId,
        version: i64,
        leased_until: i64,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Changes an operation and ends its lease. Returns it as it is then, or `None`, and records nothing, if it has
    /// another version. If something was heard of it since it was claimed, it is due at once.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn change_operation(
        &self,
        change: OperationChange,
    ) -> impl Future<Output = Result<Option<StoredOperation>, StoreError>> + Send;

    /// Records what was heard of an operation, and makes it due at `now`, or when its lease ends. Returns
    /// `false` if there is no such operation.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn hint_operation(
        &self,
        kind: String,
        key: String,
        fact: Fact,
        now: i64,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Returns operations, the newest first.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn list_operations(
        &self,
        filter: OperationFilter,
    ) -> impl Future<Output = Result<Vec<StoredOperation>, StoreError>> + Send;

    /// Returns operations of this kind that will be asked about, and whose key ends with `/` and `id`: the parts with
    /// this id, whichever operation they are a part of.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn find_awaited_parts(
        &self,
        kind: String,
        id: String,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<StoredOperation>, StoreError>> + Send;

    /// Returns what was heard of an operation, the earliest first.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn operation_inbox(
        &self,
        id: OperationId,
    ) -> impl Future<Output = Result<Vec<InboxEntry>, StoreError>> + Send;

    /// Deletes up to `limit` final operations that last changed before `time`, in Unix milliseconds, the
    /// earliest first, with their inboxes and deliveries. Returns how many were deleted. Those whose last
    /// delivery ended later are kept.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn delete_finished_operations(
        &self,
        time: i64,
        limit: u32,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;
}

/// The outcome of a creation.
#[derive(Clone, Debug)]
#[must_use]
pub enum OperationCreation {
    /// The operation was created.
    Created(StoredOperation),
    /// The same request created this operation before. Nothing was written.
    Repeated(StoredOperation),
    /// Another request created an operation with this kind and key. Nothing was written.
    Conflict,
}
