use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Tells the time. It is passed in, so that tests can set it.
pub trait Clock: Send + Sync + 'static {
    /// Returns the current time in milliseconds since the Unix epoch.
    fn now(&self) -> i64;

    /// Returns the time since a fixed moment. Unlike [`Clock::now`], it never goes backwards when the
    /// system's clock is set.
    fn elapsed(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.now()).unwrap_or_default())
    }
}

/// The system's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// Creates a clock. [`Clock::elapsed`] counts from this call.
    #[must_use]
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)] // This is where the system's time comes in.
    fn now(&self) -> i64 {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}
