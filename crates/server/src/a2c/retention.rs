use std::time::Duration;

use pantoken_store::{Database, Outbox, Session, SessionStore, StoreError};
use tokio::task::{AbortHandle, JoinHandle};

use pantoken_core::{Clock, SystemClock};

/// The number of sessions per transaction. It is small, so that requests do not wait long for it.
const BATCH: u32 = 500;
const INTERVAL: Duration = Duration::from_secs(60);
const MILLISECONDS_IN_A_DAY: i64 = 86_400_000;
/// A session is kept for at least a day, as long as it accepts a late token.
const _: () = assert!(MILLISECONDS_IN_A_DAY >= Session::LATE_MILLISECONDS);
/// Webhooks are retried for less than four days.
const LONGEST_BACKOFF: i64 = 4 * MILLISECONDS_IN_A_DAY;

/// A task that ends when this is dropped.
#[must_use = "the task ends when this is dropped"]
pub(crate) struct Sweeper(AbortHandle);

impl Drop for Sweeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Whether webhooks are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Webhooks {
    Sent,
    /// Pending webhooks wait for a receiver that may never be configured again.
    Unsent,
}

/// Deletes sessions that expired this many days ago, now and every minute.
pub(crate) fn sweep(store: Database, days: u32, webhooks: Webhooks) -> Sweeper {
    let task: JoinHandle<()> = tokio::spawn(async move {
        let clock = SystemClock::new();
        let mut interval = tokio::time::interval(INTERVAL);
        loop {
            interval.tick().await;
            if let Err(error) = sweep_once(&store, clock.now(), days, webhooks).await {
                tracing::error!(%error, "expired sessions cannot be deleted");
            }
        }
    });
    Sweeper(task.abort_handle())
}

async fn sweep_once(
    store: &Database,
    now: i64,
    days: u32,
    webhooks: Webhooks,
) -> Result<(), StoreError> {
    let Some(youngest) = store.newest_created_at().await? else {
        return Ok(());
    };
    // Otherwise, a clock that is ahead would delete all sessions at once.
    let before = now.min(youngest) - i64::from(days) * MILLISECONDS_IN_A_DAY;
    if webhooks == Webhooks::Unsent {
        let before = before - LONGEST_BACKOFF;
        let reason = "PANTOKEN_WEBHOOK_URL was not set for too long";
        let given_up =
            in_batches(|| store.abandon_deliveries(before, reason.to_owned(), BATCH)).await?;
        if given_up > 0 {
            tracing::warn!(
                given_up,
                "webhooks were given up because PANTOKEN_WEBHOOK_URL is not set"
            );
        }
    }
    let deleted = in_batches(|| store.delete_expired_before(before, BATCH)).await?;
    if deleted > 0 {
        tracing::info!(deleted, "expired sessions were deleted");
    }
    Ok(())
}

/// Repeats a batch until one is not full. Returns the sum of their counts.
async fn in_batches<Batch>(batch: impl Fn() -> Batch) -> Result<u64, StoreError>
where
    Batch: Future<Output = Result<u64, StoreError>>,
{
    let mut sum = 0;
    loop {
        let done = batch().await?;
        sum += done;
        if done < u64::from(BATCH) {
            return Ok(sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use pantoken_store::{Digest, SessionData, SessionFlow, SessionId, SqliteStore};

    use super::*;

    #[tokio::test]
    async fn a_clock_that_is_ahead_deletes_no_more_than_the_youngest_session_allows() {
        const TODAY: i64 = 20_000;
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("pantoken.db")).await;
        let store = Database::from(store.unwrap());
        for day in [TODAY - 9, TODAY - 1, TODAY] {
            let data = SessionData {
                id: SessionId::from_i64(day),
                language: "ru".to_owned(),
                flow: SessionFlow::Iframe,
                customer: None,
                seed: [0; 16],
                result_token: Digest::of(b""),
                created_at: day * MILLISECONDS_IN_A_DAY,
                expires_at: day * MILLISECONDS_IN_A_DAY + 1,
            };
            let _ = store.create(data, None).await.unwrap();
        }
        for now in [TODAY, TODAY + 1000] {
            let now = now * MILLISECONDS_IN_A_DAY;
            sweep_once(&store, now, 7, Webhooks::Sent).await.unwrap();
            for (day, stays) in [(TODAY - 9, false), (TODAY - 1, true), (TODAY, true)] {
                let id = SessionId::from_i64(day);
                assert_eq!(store.get(id).await.unwrap().is_some(), stays, "{day}");
            }
        }
    }
}
