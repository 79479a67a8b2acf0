//! The sandbox's clock, which a test can move on, and what happens at its times.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use pantoken_core::Clock;
use tokio::sync::watch;

/// A clock that is ahead of another one by as much as tests have moved it.
pub(crate) struct MovableClock {
    clock: Box<dyn Clock>,
    /// How far it is ahead, in milliseconds.
    ahead: AtomicI64,
    moved: watch::Sender<()>,
}

impl MovableClock {
    pub(crate) fn new(clock: impl Clock) -> Self {
        Self {
            clock: Box::new(clock),
            ahead: AtomicI64::new(0),
            moved: watch::Sender::new(()),
        }
    }

    /// Returns the time in milliseconds since the Unix epoch.
    pub(crate) fn now(&self) -> i64 {
        let ahead = self.ahead.load(Ordering::SeqCst);
        self.clock.now().saturating_add(ahead)
    }

    /// Moves the clock on, and wakes every task that waits for a time.
    pub(crate) fn move_on(&self, milliseconds: u32) {
        self.ahead
            .fetch_add(i64::from(milliseconds), Ordering::SeqCst);
        self.moved.send_replace(());
    }

    /// Waits until this time.
    pub(crate) async fn wait_until(&self, time: i64) {
        let mut moved = self.moved.subscribe();
        loop {
            let rest = time.saturating_sub(self.now());
            let Ok(rest @ 1..) = u64::try_from(rest) else {
                return;
            };
            tokio::select! {
                _ = moved.changed() => {}
                () = tokio::time::sleep(Duration::from_millis(rest)) => {}
            }
        }
    }
}
