//! Separates the store's operations, each written once, from the databases that run them.

use std::future::Future;

use crate::connection::Connection;
use crate::{StoreError, StoreOptions};

/// The statements of one call, from the first to the last.
pub(crate) trait Operation: Send + Sync + 'static {
    /// What the call returns.
    type Answer: Send + 'static;

    /// Runs the statements, in a transaction if they write. The database may have them run again.
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

    /// Runs an operation in a transaction. Returns after the commit.
    fn write<O: Operation>(
        &self,
        operation: O,
    ) -> impl Future<Output = Result<O::Answer, StoreError>> + Send;
}
