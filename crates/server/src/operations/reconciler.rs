use std::time::Duration;

use pantoken_store::{OperationStore, StoreError};
use tokio::task::JoinSet;

use super::Engine;
use crate::app::AppState;

/// How long to wait if no operation is due.
const POLL_INTERVAL: Duration = Duration::from_millis(250);
/// How long to wait if the store fails.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(5);
/// How many operations are asked about at the same time.
const MAX_CONCURRENT: u32 = 16;

/// Asks about operations that are due until `stop` completes, then finishes the questions in progress. Any number
/// of servers may do this on one database.
pub async fn reconcile_operations(app: AppState, stop: impl Future<Output = ()>) {
    let engine = app.parts().operations.clone();
    tokio::pin!(stop);
    let mut questions = JoinSet::new();
    loop {
        let pause = match claim_and_ask(&engine, &mut questions).await {
            Ok(()) => POLL_INTERVAL,
            Err(error) => {
                tracing::error!(%error, "operations cannot be read");
                PAUSE_AFTER_ERROR
            }
        };
        tokio::select! {
            biased;
            () = &mut stop => break,
            () = tokio::time::sleep(pause) => {}
        }
    }
    questions.join_all().await;
}

/// Starts asking about operations that are due, up to the limit. A slow answer does not hold up the others.
async fn claim_and_ask(engine: &Engine, questions: &mut JoinSet<()>) -> Result<(), StoreError> {
    while questions.try_join_next().is_some() {}
    let under_way = u32::try_from(questions.len()).unwrap_or(u32::MAX);
    let room = MAX_CONCURRENT.saturating_sub(under_way);
    if room == 0 {
        return Ok(());
    }
    let (now, lease) = (engine.now(), engine.lease());
    let store = engine.store();
    for claimed in store.claim_due_operations(now, lease, room).await? {
        match claimed {
            Ok(operation) => {
                let engine = engine.clone();
                questions.spawn(async move {
                    let id = operation.id;
                    if let Err(error) = engine.advance(operation).await {
                        // The claim expires, and the operation is asked about again.
                        tracing::error!(operation = %id, %error, "an operation cannot be stored");
                    }
                });
            }
            Err(error) => tracing::error!(%error, "an operation cannot be read"),
        }
    }
    Ok(())
}
