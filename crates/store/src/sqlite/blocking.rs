//! Moves work that waits for the disk to a thread that may wait.

use tokio::task::spawn_blocking;

use crate::StoreError;

/// Runs the work on a thread for blocking calls. A panic in it, which is a bug, is an error of this call alone.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let done = spawn_blocking(work).await;
    done.map_err(|_| StoreError::unavailable("a call to SQLite did not end"))?
}
