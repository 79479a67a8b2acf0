use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgPool, Postgres};

use crate::StoreError;

/// A connection while one call works with it. Unless it is given back it is closed: what a call left
/// half-way may wait for a host that is gone, and the pool would wait with it.
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

    /// Gives the connection back, which waits once more for an answer of the host: by itself, and not
    /// longer than this.
    pub(super) fn give_back(mut self, time: Duration) {
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
