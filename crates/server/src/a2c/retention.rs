use std::time::Duration;

use pantoken_store::{Database, Outbox, SessionStore, StoreError};
use tokio::task::{AbortHandle, JoinHandle};

use pantoken_core::{Clock, SystemClock};

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
pub(crate) fn sweep(store: Database, days: u32, webhooks: Webhooks) -> Sweeper {
    let task: JoinHandle<()> = tokio::spawn(async move {
        let clock = SystemClock::new();
        let mut interval = tokio::time::interval(INTERVAL);
        loop {
            interval.tick().await;
            if let Err(error) = sweep_once(&store, clock.now(), days, webhooks).await {
                tracing::error!(%error, "old sessions cannot be deleted");
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
    // A clock that is ahead would otherwise have all of them deleted at once.
    let before = now.min(youngest) - i64::from(days) * MILLISECONDS_IN_A_DAY;
    if webhooks == Webhooks::Unsent {
        let before = before - LONGEST_BACKOFF;
        let reason = "no webhook was sent for too long";
        let given_up = all(|| store.abandon_deliveries(before, reason.to_owned(), BATCH)).await?;
        if given_up > 0 {
            tracing::warn!(
                given_up,
                "webhooks were given up: without PANTOKEN_WEBHOOK_URL nobody is told"
            );
        }
    }
    let deleted = all(|| store.delete_expired_before(before, BATCH)).await?;
    if deleted > 0 {
        tracing::info!(deleted, "old sessions were deleted");
    }
    Ok(())
}

/// Does it batch by batch, until one finds fewer.
async fn all<Batch>(batch: impl Fn() -> Batch) -> Result<u64, StoreError>
where
    Batch: Future<Output = Result<u64, StoreError>>,
{
    let mut all = 0;
    loop {
        let done = batch().await?;
        all += done;
        if done < u64::from(BATCH) {
            return Ok(all);
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
