//! Between the store's operations, each written once, and the databases that they run on.

use std::future::Future;

use crate::connection::Connection;
use crate::{StoreError, StoreOptions};

/// What a call does in a database, from its first statement to its last.
pub(crate) trait Operation: Send + Sync + 'static {
    /// What the caller is told.
    type Answer: Send + 'static;

    /// Runs it, in a transaction where it writes; more than once if the database asks for that.
    fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> impl Future<Output = Result<Self::Answer, StoreError>> + Send;
}

/// A database that operations run on.
pub(crate) trait Backend: Send + Sync + 'static {
    /// Runs an operation that writes nothing.
    fn read<O: Operation>(
        &self,
        operation: O,
    ) -> impl Future<Output = Result<O::Answer, StoreError>> + Send;

    /// Runs an operation in a transaction. Its answer comes after the commit.
    fn write<O: Operation>(
        &self,
        operation: O,
    ) -> impl Future<Output = Result<O::Answer, StoreError>> + Send;
}
