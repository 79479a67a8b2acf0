//! The connections of a store. A pool opens and closes them and checks that they answer, which takes a
//! round trip before each call and one after it. So a connection that was used a moment ago goes from one
//! call to the next without the pool.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::Executor;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions, Postgres};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{PostgresUrl, StoreError};

const MAX_CONNECTIONS: u32 = 16;
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection is taken to be open after its last answer.
const WARM: Duration = Duration::from_millis(500);
/// How often a connection that is always in use passes through the pool, which closes old ones.
const CHECK_EVERY: Duration = Duration::from_secs(60);
/// The limits that Postgres enforces: no statement waits for ever, and a process that stops in the
/// middle of a transaction does not block the others.
const TIMEOUTS: &str = "SET statement_timeout = '10s'; SET lock_timeout = '5s'; \
                        SET idle_in_transaction_session_timeout = '10s'";

#[derive(Debug)]
pub(super) struct Connections {
    pool: PgPool,
    /// One for each connection. Calls wait here and not in the pool, which does not know of warm ones.
    permits: Semaphore,
    /// The one that was used last is at the end.
    warm: Mutex<VecDeque<Warm>>,
    time_limit: Duration,
}

#[derive(Debug)]
struct Warm {
    connection: PoolConnection<Postgres>,
    checked_at: Instant,
    used_at: Instant,
}

impl Connections {
    pub(super) fn new(url: &PostgresUrl, time_limit: Duration) -> Self {
        let pool = PgPoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT.min(time_limit))
            .after_connect(|connection, _| {
                Box::pin(async move { connection.execute(TIMEOUTS).await.map(drop) })
            })
            .connect_lazy_with(url.options().clone());
        Self {
            pool,
            permits: Semaphore::new(MAX_CONNECTIONS as usize),
            warm: Mutex::default(),
            time_limit,
        }
    }

    pub(super) async fn take(&self) -> Result<Lease<'_>, StoreError> {
        let permit = self.permit().await?;
        let now = Instant::now();
        let (connection, checked_at, is_warm) = match self.take_warm(now) {
            Some(warm) => (warm.connection, warm.checked_at, true),
            None => (self.pool.acquire().await?, now, false),
        };
        Ok(Lease {
            connection: Some(connection),
            checked_at,
            is_warm,
            connections: self,
            _permit: permit,
        })
    }

    async fn permit(&self) -> Result<SemaphorePermit<'_>, StoreError> {
        if let Ok(permit) = self.permits.try_acquire() {
            return Ok(permit);
        }
        let permit = tokio::time::timeout(ACQUIRE_TIMEOUT, self.permits.acquire()).await;
        let permit = permit.map_err(|_| sqlx::Error::PoolTimedOut)?;
        permit.map_err(|_| sqlx::Error::PoolClosed.into())
    }

    /// Returns the connection that was used last, if that was a moment ago. The pool gets those that were
    /// not.
    fn take_warm(&self, now: Instant) -> Option<Warm> {
        let mut warm = self.warm();
        while let Some(oldest) = warm.pop_front_if(|oldest| now - oldest.used_at >= WARM) {
            self.return_to_pool(oldest.connection);
        }
        warm.pop_back()
    }

    fn keep(&self, connection: PoolConnection<Postgres>, checked_at: Instant) {
        let used_at = Instant::now();
        let mut warm = self.warm();
        if self.pool.is_closed() || used_at - checked_at >= CHECK_EVERY {
            self.return_to_pool(connection);
        } else {
            warm.push_back(Warm {
                connection,
                checked_at,
                used_at,
            });
        }
    }

    /// The pool waits for the host once more, in a task of its own with a limited time.
    fn return_to_pool(&self, mut connection: PoolConnection<Postgres>) {
        let returned = connection.return_to_pool();
        tokio::spawn(tokio::time::timeout(self.time_limit, returned));
    }

    /// Waits for the calls in progress, then closes the connections.
    pub(super) async fn close(&self) {
        // From now on, calls that end give their connection to the pool.
        let closed = self.pool.close();
        for warm in self.warm().drain(..) {
            self.return_to_pool(warm.connection);
        }
        closed.await;
    }

    fn warm(&self) -> MutexGuard<'_, VecDeque<Warm>> {
        self.warm.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that one call uses. It is closed when dropped, unless it is given back: an interrupted
/// call may be waiting for a host that is gone, and the pool would wait with it.
pub(super) struct Lease<'a> {
    connection: Option<PoolConnection<Postgres>>,
    /// When the pool last saw the connection answer.
    checked_at: Instant,
    /// Whether the connection was used a moment ago, so that nobody has checked that it is still open.
    pub(super) is_warm: bool,
    connections: &'a Connections,
    _permit: SemaphorePermit<'a>,
}

impl Lease<'_> {
    pub(super) fn connection(&mut self) -> Result<&mut PgConnection, StoreError> {
        let connection = self.connection.as_deref_mut();
        connection.ok_or_else(|| sqlx::Error::PoolClosed.into())
    }

    /// Gives the connection to the next call. The last answer has just come on it.
    pub(super) fn keep(mut self) {
        if let Some(connection) = self.connection.take() {
            self.connections.keep(connection, self.checked_at);
        }
    }

    /// Gives the connection back to the pool, which checks it.
    pub(super) fn return_to_pool(mut self) {
        if let Some(connection) = self.connection.take() {
            self.connections.return_to_pool(connection);
        }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            drop(connection.detach());
        }
    }
}
