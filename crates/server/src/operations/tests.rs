//! When the engine asks about an operation of which nothing decisive is heard, and when it raises an alarm.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use pantoken_core::{Clock, Random, RandomError, Secret};
use pantoken_store::{
    Database, DeliveryState, Digest, NewOperation, Outbox, Progress, SqliteStore, StoreOptions,
    StoredOperation,
};
use serde_json::Map;
use tempfile::TempDir;

use super::{Engine, Next, Provider, Step, Unreadable};
use crate::http::metrics::Metrics;

const HOUR: i64 = 3_600_000;
/// The deadline that the operation is created with.
const OWN_DEADLINE: i64 = 5_000;

#[derive(Clone, Default)]
struct TestClock(Arc<AtomicI64>);

impl Clock for TestClock {
    fn now(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.now().unsigned_abs())
    }
}

/// Leaves each wait as long as it can be.
struct Zeros;

impl Random for Zeros {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        bytes.fill(0);
        Ok(())
    }
}

/// A provider that never says anything.
struct Silent(Next);

impl Provider for Silent {
    fn owns(&self, _kind: &str) -> bool {
        true
    }

    fn advance<'a>(
        &'a self,
        operation: &'a StoredOperation,
        _now: i64,
    ) -> Pin<Box<dyn Future<Output = Result<Step, Unreadable>> + Send + 'a>> {
        let step = Step {
            state: "open",
            data: operation.progress.data.clone(),
            is_final: false,
            is_progress: false,
            next: self.0,
            heard: None,
            events: Vec::new(),
            attention: None,
            fields: Map::new(),
            creates: Vec::new(),
            wakes: Vec::new(),
        };
        Box::pin(async { Ok(step) })
    }

    fn is_live(&self) -> bool {
        false
    }

    fn sum(&self, _operation: &StoredOperation) -> Option<String> {
        None
    }
}

/// An operation at time 0, which was asked about once.
struct Asked {
    engine: Engine,
    clock: TestClock,
    operation: StoredOperation,
    _folder: TempDir,
}

impl Asked {
    async fn start(next: Next) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = StoreOptions {
            outbox: true,
            ..StoreOptions::default()
        };
        let file = folder.path().join("pantoken.db");
        let store = SqliteStore::open_with(&file, options).await;
        let clock = TestClock::default();
        let engine = Engine::new(
            Database::from(store.unwrap()),
            Arc::new(clock.clone()),
            Arc::new(Zeros),
            Arc::new(Metrics::new()),
            vec![Arc::new(Silent(next))],
        );
        let new = NewOperation {
            kind: "test".to_owned(),
            key: "1".to_owned(),
            parent: None,
            customer: None,
            created_by: None,
            fingerprint: Digest::of(b""),
            progress: Progress::new("open", Secret::new("{}")),
            created_at: 0,
            leased_until: None,
            deadline_at: Some(OWN_DEADLINE),
        };
        let operation = engine.submit(new).await.unwrap().unwrap();
        Self {
            engine,
            clock,
            operation,
            _folder: folder,
        }
    }

    fn next_attempt(&self) -> Option<i64> {
        self.operation.progress.next_attempt_at
    }

    fn attention(&self) -> Option<&str> {
        self.operation.progress.attention.as_deref()
    }

    /// Asks again when it is due, and returns how long the next wait is.
    async fn ask(&mut self) -> i64 {
        let due = self.next_attempt().unwrap();
        self.clock.0.store(due, Ordering::Relaxed);
        let asked = self.engine.ask(self.operation.clone()).await.unwrap();
        assert_eq!(asked.version, self.operation.version + 2, "it was claimed");
        self.operation = asked;
        self.next_attempt().unwrap() - due
    }

    /// Asks until there is an alarm, and returns the time of it.
    async fn ask_until_alarm(&mut self) -> i64 {
        while self.attention().is_none() {
            self.ask().await;
        }
        self.clock.now()
    }

    async fn alarms(&self) -> usize {
        let store = self.engine.store();
        let pending = store.list_deliveries(DeliveryState::Pending, None, 10);
        pending.await.unwrap().len()
    }
}

#[tokio::test]
async fn waits_grow_until_the_deadline_and_are_an_hour_after_it() {
    let mut asked = Asked::start(Next::Soon).await;
    assert_eq!(asked.next_attempt(), Some(2_000));
    let alarm = asked.ask_until_alarm().await;
    assert!((OWN_DEADLINE..2 * OWN_DEADLINE).contains(&alarm), "{alarm}");
    assert_eq!(asked.attention(), Some("DEADLINE"));
    assert_eq!(asked.next_attempt(), Some(alarm + HOUR));
    assert_eq!((asked.ask().await, asked.ask().await), (HOUR, HOUR));
    assert_eq!(asked.alarms().await, 1, "it is told once");
}

#[tokio::test]
async fn a_later_deadline_replaces_the_operations_own() {
    let later = 10 * OWN_DEADLINE;
    let mut asked = Asked::start(Next::SoonUntil(later)).await;
    let first = asked.next_attempt().unwrap();
    let mut waits = vec![first];
    while asked.clock.now() < OWN_DEADLINE {
        waits.push(asked.ask().await);
    }
    assert!(
        waits.is_sorted() && waits.iter().all(|wait| *wait < HOUR),
        "{waits:?}"
    );
    assert_eq!(asked.attention(), None, "its own deadline has passed");
    let alarm = asked.ask_until_alarm().await;
    assert!((later..2 * later).contains(&alarm), "{alarm}");
    assert_eq!((asked.ask().await, asked.ask().await), (HOUR, HOUR));
    assert_eq!(asked.alarms().await, 1, "it is told once");
}

#[tokio::test]
async fn an_earlier_deadline_replaces_the_operations_own() {
    let asked = Asked::start(Next::SoonUntil(0)).await;
    assert_eq!(asked.attention(), Some("DEADLINE"));
    assert_eq!(asked.next_attempt(), Some(HOUR));
}

#[tokio::test]
async fn what_is_only_watched_or_awaited_has_no_deadline() {
    let mut watched = Asked::start(Next::Watch).await;
    assert_eq!(watched.next_attempt(), Some(HOUR));
    assert_eq!(watched.ask().await, HOUR);
    let awaited = Asked::start(Next::Never).await;
    assert_eq!(awaited.next_attempt(), None);
    assert_eq!((watched.attention(), awaited.attention()), (None, None));
    assert_eq!(watched.alarms().await + awaited.alarms().await, 0);
}
