//! Separates the store's operations, each written once, from the databases that run them.

use std::future::Future;

use crate::connection::Connection;
use crate::new_session::NewSession;
use crate::recording::Recording;
use crate::{CreateOutcome, RecordOutcome, StoreError, StoreOptions};

/// The statements of one call, from the first to the last.
pub(crate) trait Operation: Send + Sync + 'static {
    /// What the call returns.
    type Answer: Send + 'static;

    /// Whether a call that writes has to be one transaction. It need not if a single statement writes, does
    /// not depend on what an earlier one has read, and is the last one if it has written anything. That
    /// saves two round trips to Postgres, and a savepoint in SQLite.
    const NEEDS_TRANSACTION: bool = true;

    /// Runs the statements, and awaits nothing else, because SQLite polls this once. The database may have them run again.
    fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> impl Future<Output = Result<Self::Answer, StoreError>> + Send;
}

/// A database that runs operations.
pub(crate) trait Backend: Send + Sync + 'static {
    /// Runs an operation that only reads.
    fn read<O: Operation>(
        &self,
        operation: O,
    ) -> impl Future<Output = Result<O::Answer, StoreError>> + Send;

    /// Runs an operation, in a transaction if it needs one. Returns after the commit.
    fn write<O: Operation>(
        &self,
        operation: O,
    ) -> impl Future<Output = Result<O::Answer, StoreError>> + Send;

    /// Creates a session. Returns after the commit.
    fn create_session(
        &self,
        new: NewSession,
    ) -> impl Future<Output = Result<CreateOutcome, StoreError>> + Send;

    /// Records a session's result. Returns after the commit.
    fn record_session_result(
        &self,
        recording: Recording,
    ) -> impl Future<Output = Result<RecordOutcome, StoreError>> + Send;
}
