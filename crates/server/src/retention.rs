use std::time::Duration;

use pantoken_store::{SessionStore, StoreError};
use tokio::task::{AbortHandle, JoinHandle};

use crate::clock::{Clock, SystemClock};

/// How many sessions one transaction deletes: few, so that nobody waits long for it.
const BATCH: u32 = 500;
const INTERVAL: Duration = Duration::from_secs(60);
const MILLISECONDS_IN_A_DAY: i64 = 86_400_000;

/// Ends a task when it is dropped.
#[must_use = "dropping it ends the task"]
pub(crate) struct Sweeper(AbortHandle);

impl Drop for Sweeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Deletes sessions that expired so many days ago, from now on and every minute.
pub(crate) fn sweep(store: impl SessionStore, days: u32) -> Sweeper {
    let task: JoinHandle<()> = tokio::spawn(async move {
        let clock = SystemClock::new();
        let mut interval = tokio::time::interval(INTERVAL);
        loop {
            interval.tick().await;
            let before = clock.now() - i64::from(days) * MILLISECONDS_IN_A_DAY;
            match delete_expired(&store, before).await {
                Ok(0) => {}
                Ok(deleted) => tracing::info!(deleted, "old sessions were deleted"),
                Err(error) => tracing::error!(%error, "old sessions cannot be deleted"),
            }
        }
    });
    Sweeper(task.abort_handle())
}

async fn delete_expired(store: &impl SessionStore, before: i64) -> Result<u64, StoreError> {
    let mut all = 0;
    loop {
        let deleted = store.delete_expired_before(before, BATCH).await?;
        all += deleted;
        if deleted < u64::from(BATCH) {
            return Ok(all);
        }
    }
}
