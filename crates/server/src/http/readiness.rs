use std::time::Duration;

use pantoken_store::{Database, SessionStore, StoreError};
use tokio::sync::Mutex;

use pantoken_core::Clock;

/// How long a result is reused, because each check is a write that waits for the disk.
const INTERVAL: Duration = Duration::from_secs(1);

/// Checks whether the store accepts writes, at most once per [`INTERVAL`].
#[derive(Default)]
pub(crate) struct Readiness(Mutex<Option<Checked>>);

struct Checked {
    at: Duration,
    result: Result<(), StoreError>,
}

impl Readiness {
    pub(crate) async fn check(
        &self,
        store: &Database,
        clock: &dyn Clock,
    ) -> Result<(), StoreError> {
        let mut last = self.0.lock().await;
        if let Some(checked) = &*last
            && clock.elapsed().saturating_sub(checked.at) < INTERVAL
        {
            return checked.result.clone();
        }
        let result = store.check().await;
        *last = Some(Checked {
            at: clock.elapsed(),
            result: result.clone(),
        });
        result
    }
}
