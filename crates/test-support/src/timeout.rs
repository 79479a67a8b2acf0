use std::time::Duration;

/// How long tests wait for something. It is long enough for a loaded machine, and only a failing test
/// waits that long.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// Waits for the future, and panics with `what` if it takes longer than the limit.
pub async fn within<T>(limit: Duration, what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(limit, future)
        .await
        .unwrap_or_else(|_| panic!("timed out waiting for: {what}"))
}
