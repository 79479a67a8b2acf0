use std::time::Duration;

use pantoken_store::{SessionStore, StoreError};
use tokio::sync::Mutex;

use pantoken_core::Clock;

/// Each look is a write that waits for the disk: whoever asks again within this time is told what the
/// last one was.
const INTERVAL: Duration = Duration::from_secs(1);

/// Whether the store takes writes, for all who ask.
#[derive(Default)]
pub(crate) struct Readiness(Mutex<Option<Checked>>);

struct Checked {
    at: Duration,
    answer: Result<(), StoreError>,
}

impl Readiness {
    pub(crate) async fn of(
        &self,
        store: &impl SessionStore,
        clock: &dyn Clock,
    ) -> Result<(), StoreError> {
        let mut last = self.0.lock().await;
        if let Some(checked) = &*last
            && clock.elapsed().saturating_sub(checked.at) < INTERVAL
        {
            return checked.answer.clone();
        }
        let answer = store.check().await;
        *last = Some(Checked {
            at: clock.elapsed(),
            answer: answer.clone(),
        });
        answer
    }
}
