use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgPool, Postgres};

use crate::StoreError;

/// A connection that one call uses. It is closed when dropped, unless it is returned to the pool: an
/// interrupted call may be waiting for a host that is gone, and the pool would wait with it.
pub(super) struct Lease {
    connection: Option<PoolConnection<Postgres>>,
}

impl Lease {
    pub(super) async fn take(pool: &PgPool) -> Result<Self, StoreError> {
        let connection = Some(pool.acquire().await?);
        Ok(Self { connection })
    }

    pub(super) fn connection(&mut self) -> Result<&mut PgConnection, StoreError> {
        let connection = self.connection.as_deref_mut();
        connection.ok_or_else(|| sqlx::Error::PoolClosed.into())
    }

    /// Returns the connection to the pool. That waits for the host once more, in a task of its own that
    /// is limited to this time.
    pub(super) fn return_to_pool(mut self, time: Duration) {
        if let Some(mut connection) = self.connection.take() {
            let returned = connection.return_to_pool();
            tokio::spawn(tokio::time::timeout(time, returned));
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            drop(connection.detach());
        }
    }
}
