use std::time::Duration;

use pantoken_store::{Outbox, SessionStore, StoreError};
use tokio::task::{AbortHandle, JoinHandle};

use crate::clock::{Clock, SystemClock};

/// How many sessions one transaction deletes: few, so that nobody waits long for it.
const BATCH: u32 = 500;
const INTERVAL: Duration = Duration::from_secs(60);
const MILLISECONDS_IN_A_DAY: i64 = 86_400_000;
/// A webhook is tried again for less than four days.
const LONGEST_BACKOFF: i64 = 4 * MILLISECONDS_IN_A_DAY;

/// Ends a task when it is dropped.
#[must_use = "dropping it ends the task"]
pub(crate) struct Sweeper(AbortHandle);

impl Drop for Sweeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Whether anybody is told of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Webhooks {
    Sent,
    /// What is still to be told waits for a receiver that there may never be again.
    Unsent,
}

/// Deletes sessions that expired so many days ago, from now on and every minute.
pub(crate) fn sweep(store: impl SessionStore + Outbox, days: u32, webhooks: Webhooks) -> Sweeper {
    let task: JoinHandle<()> = tokio::spawn(async move {
        let clock = SystemClock::new();
        let mut interval = tokio::time::interval(INTERVAL);
        loop {
            interval.tick().await;
            let before = clock.now() - i64::from(days) * MILLISECONDS_IN_A_DAY;
            if webhooks == Webhooks::Unsent {
                match abandon(&store, before - LONGEST_BACKOFF).await {
                    Ok(0) => {}
                    Ok(given_up) => tracing::warn!(
                        given_up,
                        "webhooks were given up: without PANTOKEN_WEBHOOK_URL nobody is told"
                    ),
                    Err(error) => tracing::error!(%error, "old webhooks cannot be given up"),
                }
            }
            match delete_expired(&store, before).await {
                Ok(0) => {}
                Ok(deleted) => tracing::info!(deleted, "old sessions were deleted"),
                Err(error) => tracing::error!(%error, "old sessions cannot be deleted"),
            }
        }
    });
    Sweeper(task.abort_handle())
}

async fn abandon(store: &impl Outbox, before: i64) -> Result<u64, StoreError> {
    let mut all = 0;
    loop {
        let reason = "no webhook was sent for too long".to_owned();
        let given_up = store.abandon_deliveries(before, reason, BATCH).await?;
        all += given_up;
        if given_up < u64::from(BATCH) {
            return Ok(all);
        }
    }
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
