//! Waits for what a test expects, with a time limit.

use std::time::{Duration, Instant};

const TIMEOUT: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(10);

/// Calls the function until it returns a value.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < TIMEOUT, "timed out waiting for {what}");
        std::thread::sleep(PAUSE);
    }
}

/// Calls the asynchronous function until it returns a value.
pub(crate) async fn until_some<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let found = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    until_done(what, found).await
}

/// Waits for the future.
pub(crate) async fn until_done<T>(what: &str, future: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(TIMEOUT, future).await;
    done.unwrap_or_else(|_| panic!("timed out waiting for {what}"))
}
