use std::time::Duration;

use pantoken_store::{
    Database, OperationFilter, OperationStore, Outbox, Session, SessionStore, StoreError,
};
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

/// Deletes sessions that expired this many days ago, now and every minute. Records the time of each sweep,
/// even if nothing is to be deleted, so that a later one can tell whether the clock is right.
pub(crate) fn sweep(store: Database, days: Option<u32>, webhooks: Webhooks) -> Sweeper {
    let mut retention = Retention {
        store,
        days,
        webhooks,
        clock: SystemClock::new(),
        last: None,
    };
    let task: JoinHandle<()> = tokio::spawn(async move {
        let mut interval = tokio::time::interval(INTERVAL);
        loop {
            interval.tick().await;
            if let Err(error) = retention.sweep().await {
                tracing::error!(%error, "expired sessions cannot be deleted");
            }
        }
    });
    Sweeper(task.abort_handle())
}

struct Retention<C> {
    store: Database,
    days: Option<u32>,
    webhooks: Webhooks,
    clock: C,
    last: Option<LastSweep>,
}

/// The time of the last sweep of this process, by the clock and by one that nobody sets.
#[derive(Clone, Copy)]
struct LastSweep {
    time: i64,
    elapsed: Duration,
}

impl<C: Clock> Retention<C> {
    async fn sweep(&mut self) -> Result<(), StoreError> {
        let youngest = self.youngest().await?;
        let time = self.trusted_time(youngest).await?;
        match (self.days, youngest) {
            (Some(days), Some(youngest)) => self.delete(time.min(youngest), days).await,
            _ => Ok(()),
        }
    }

    /// Returns when the newest session or operation was created.
    async fn youngest(&self) -> Result<Option<i64>, StoreError> {
        let session = self.store.newest_created_at().await?;
        let newest = OperationFilter {
            limit: 1,
            ..OperationFilter::default()
        };
        let operations = self.store.list_operations(newest).await?;
        let operation = operations.first().map(|operation| operation.created_at);
        Ok(session.max(operation))
    }

    /// Returns the clock's time, but at most the time of the last sweep and what has passed since. Time in
    /// which no server runs does not count, because nothing proves how long it was.
    async fn trusted_time(&mut self, youngest: Option<i64>) -> Result<i64, StoreError> {
        let (now, elapsed) = (self.clock.now(), self.clock.elapsed());
        let recorded = self.store.last_sweep().await?;
        let own = self.last.map(|last| {
            let passed = elapsed.saturating_sub(last.elapsed).as_millis();
            let passed = i64::try_from(passed).unwrap_or(i64::MAX);
            last.time.saturating_add(passed)
        });
        let time = recorded.max(own).map_or(now, |latest| now.min(latest));
        let last = match recorded.zip(youngest) {
            Some((recorded, youngest)) if self.precedes_all(time, youngest).await? => {
                time.max(recorded.min(youngest))
            }
            _ => time,
        };
        self.store.record_sweep(last).await?;
        self.last = Some(LastSweep {
            time: last,
            elapsed,
        });
        Ok(time)
    }

    /// Returns whether a time is before every session. It is then of a clock that is behind, as it may be after
    /// a start, and the last sweep and the newest session count instead. If some sessions are older, the last
    /// sweep may as well have been ahead, together with the newest session, and the clock is believed.
    async fn precedes_all(&self, time: i64, youngest: i64) -> Result<bool, StoreError> {
        // Without sessions, the newest operation counts. The numbers of operations do not tell which is the oldest.
        let oldest = self.store.oldest_created_at().await?;
        Ok(time < oldest.unwrap_or(youngest))
    }

    /// Deletes what expired this many days before a time.
    async fn delete(&self, time: i64, days: u32) -> Result<(), StoreError> {
        let store = &self.store;
        let before = time - i64::from(days) * MILLISECONDS_IN_A_DAY;
        if self.webhooks == Webhooks::Unsent {
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
        let finished = in_batches(|| store.delete_finished_operations(before, BATCH)).await?;
        if finished > 0 {
            tracing::info!(finished, "finished operations were deleted");
        }
        let deleted = in_batches(|| store.delete_expired_before(before, BATCH)).await?;
        if deleted > 0 {
            tracing::info!(deleted, "expired sessions were deleted");
        }
        Ok(())
    }
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
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

    use pantoken_core::Secret;
    use pantoken_store::{
        Digest, NewOperation, Progress, SessionData, SessionFlow, SessionId, SqliteStore,
    };
    use tempfile::TempDir;

    use super::*;

    /// The day on which each test starts, and how long sessions are kept.
    const TODAY: i64 = 20_000;
    const DAYS: u32 = 7;

    /// A clock that can be set, and time that passes.
    #[derive(Clone)]
    struct TestClock {
        days: Arc<AtomicI64>,
        elapsed_days: Arc<AtomicU64>,
    }

    impl TestClock {
        fn new() -> Self {
            Self {
                days: Arc::new(AtomicI64::new(TODAY)),
                elapsed_days: Arc::default(),
            }
        }

        fn set(&self, day: i64) {
            self.days.store(day, Ordering::Relaxed);
        }

        fn pass(&self, days: u32) {
            self.days.fetch_add(days.into(), Ordering::Relaxed);
            self.elapsed_days.fetch_add(days.into(), Ordering::Relaxed);
        }
    }

    impl Clock for TestClock {
        fn now(&self) -> i64 {
            self.days.load(Ordering::Relaxed) * MILLISECONDS_IN_A_DAY
        }

        fn elapsed(&self) -> Duration {
            let seconds = self.elapsed_days.load(Ordering::Relaxed) * 86_400;
            Duration::from_secs(seconds)
        }
    }

    /// Opens a database with sessions that expired on these days.
    async fn store(days: &[i64]) -> (TempDir, Database) {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("pantoken.db")).await;
        let store = Database::from(store.unwrap());
        for day in days {
            create(&store, *day).await;
        }
        (folder, store)
    }

    async fn create(store: &Database, day: i64) {
        let data = SessionData {
            id: SessionId::from_i64(day),
            language: "ru".to_owned(),
            flow: SessionFlow::Iframe,
            customer: None,
            created_by: None,
            seed: [0; 16],
            result_token: Digest::of(b""),
            created_at: day * MILLISECONDS_IN_A_DAY,
            expires_at: day * MILLISECONDS_IN_A_DAY + 1,
        };
        let _ = store.create(data, None).await.unwrap();
    }

    /// Starts a server: its first sweep knows what the database does.
    fn start(store: &Database, clock: &TestClock) -> Retention<TestClock> {
        Retention {
            store: store.clone(),
            days: Some(DAYS),
            webhooks: Webhooks::Sent,
            clock: clock.clone(),
            last: None,
        }
    }

    async fn left(store: &Database, days: &[i64]) -> Vec<i64> {
        let mut left = Vec::new();
        for day in days {
            let session = store.get(SessionId::from_i64(*day)).await.unwrap();
            left.extend(session.map(|_| *day - TODAY));
        }
        left
    }

    #[tokio::test]
    async fn a_clock_that_is_ahead_deletes_no_more_than_the_youngest_session_allows() {
        let days = [TODAY - 9, TODAY - 1, TODAY];
        let (_folder, store) = store(&days).await;
        let clock = TestClock::new();
        for now in [TODAY, TODAY + 1000] {
            clock.set(now);
            start(&store, &clock).sweep().await.unwrap();
            assert_eq!(left(&store, &days).await, [-1, 0]);
        }
    }

    #[tokio::test]
    async fn a_session_that_was_created_while_the_clock_is_ahead_deletes_no_others() {
        let days = [TODAY - 6, TODAY, TODAY + 1000];
        let (_folder, store) = store(&days[..2]).await;
        let clock = TestClock::new();
        let mut server = start(&store, &clock);
        server.sweep().await.unwrap();
        clock.set(TODAY + 1000);
        create(&store, TODAY + 1000).await;
        server.sweep().await.unwrap();
        // A new process only knows what is in the database.
        let mut restarted = start(&store, &clock);
        restarted.sweep().await.unwrap();
        assert_eq!(left(&store, &days).await, [-6, 0, 1000]);
        // What becomes due while the clock is still ahead is deleted.
        clock.pass(2);
        restarted.sweep().await.unwrap();
        assert_eq!(left(&store, &days).await, [0, 1000]);
        // So is what becomes due after the clock was set right.
        clock.set(TODAY + 2);
        clock.pass(6);
        restarted.sweep().await.unwrap();
        assert_eq!(left(&store, &days).await, [1000]);
    }

    #[tokio::test]
    async fn a_first_sweep_that_was_ahead_deletes_nothing_when_the_clock_is_ahead_again() {
        let days = [TODAY, TODAY + 1000];
        let (_folder, store) = store(&[]).await;
        let clock = TestClock::new();
        clock.set(TODAY + 1000);
        start(&store, &clock).sweep().await.unwrap();
        create(&store, TODAY + 1000).await;
        clock.set(TODAY);
        create(&store, TODAY).await;
        start(&store, &clock).sweep().await.unwrap();
        clock.set(TODAY + 1000);
        start(&store, &clock).sweep().await.unwrap();
        assert_eq!(left(&store, &days).await, [0, 1000]);
    }

    #[tokio::test]
    async fn replicas_do_not_add_up_the_time_that_passes_for_each() {
        let days = [TODAY - 4, TODAY];
        let (_folder, store) = store(&days).await;
        let clock = TestClock::new();
        let mut replicas = [start(&store, &clock), start(&store, &clock)];
        replicas[0].sweep().await.unwrap();
        for day in 0..3 {
            for replica in &mut replicas {
                clock.set(TODAY + 1000 + day);
                create(&store, TODAY + 1000).await;
                replica.sweep().await.unwrap();
            }
            clock.pass(1);
            assert_eq!(left(&store, &days).await, [-4, 0], "{day}");
        }
    }

    #[tokio::test]
    async fn a_clock_that_starts_in_the_past_does_not_end_retention() {
        let days = [TODAY - 6, TODAY];
        let (_folder, store) = store(&days).await;
        let clock = TestClock::new();
        start(&store, &clock).sweep().await.unwrap();
        clock.set(0);
        let mut server = start(&store, &clock);
        server.sweep().await.unwrap();
        clock.set(TODAY);
        clock.pass(2);
        create(&store, TODAY + 2).await;
        server.sweep().await.unwrap();
        assert_eq!(left(&store, &days).await, [0]);
    }

    /// Stores an operation that was final at once.
    async fn create_operation(store: &Database, day: i64) {
        let operation = NewOperation {
            kind: "payin.payment".to_owned(),
            key: day.to_string(),
            parent: None,
            customer: None,
            created_by: None,
            fingerprint: Digest::of(b""),
            progress: Progress {
                state: "captured".to_owned(),
                data: Secret::new("{}"),
                is_final: true,
                attention: None,
                next_attempt_at: None,
            },
            created_at: day * MILLISECONDS_IN_A_DAY,
            leased_until: None,
            deadline_at: None,
        };
        let _ = store.create_operation(operation).await.unwrap();
    }

    #[tokio::test]
    async fn operations_are_deleted_where_there_are_no_sessions() {
        let (_folder, store) = store(&[]).await;
        for day in [TODAY - 9, TODAY - 1] {
            create_operation(&store, day).await;
        }
        let clock = TestClock::new();
        start(&store, &clock).sweep().await.unwrap();
        let filter = OperationFilter {
            limit: 10,
            ..OperationFilter::default()
        };
        let left = store.list_operations(filter).await.unwrap();
        let left: Vec<_> = left.into_iter().map(|one| one.key).collect();
        assert_eq!(left, [(TODAY - 1).to_string()]);
    }
}
