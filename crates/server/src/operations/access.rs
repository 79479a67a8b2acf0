//! Finds and stores the operations of a caller.

use std::time::Duration;

use axum::http::StatusCode;
use pantoken_store::{NewOperation, OperationStore, StoredOperation};

use crate::app::Parts;
use crate::http::api_key_holder::ApiKeyHolder;
use crate::http::problem::Problem;

/// Returns an operation that the holder may read.
pub(crate) async fn find(
    app: &Parts,
    holder: &ApiKeyHolder,
    kind: &str,
    key: String,
) -> Result<StoredOperation, Problem> {
    let found = app.store.find_operation(kind.to_owned(), key).await?;
    let found = found.filter(|operation| holder.may_read_operation(operation));
    found.ok_or(Problem::OperationNotFound)
}

/// Stores an operation and asks the provider for it. An id that stands for another request, or for one of
/// another key, is a conflict.
pub(crate) async fn submit(
    app: &Parts,
    holder: &ApiKeyHolder,
    new: NewOperation,
) -> Result<StoredOperation, Problem> {
    let submitted = app.operations.submit(new).await?;
    let submitted = submitted.filter(|operation| holder.may_read_operation(operation));
    submitted.ok_or(Problem::OperationConflict)
}

/// Stores a part of an operation, such as a refund, and asks the provider for it. If it has its outcome, the sums of the
/// whole have changed with it, so that is asked about as well.
pub(crate) async fn submit_part(
    app: &Parts,
    whole: &StoredOperation,
    new: NewOperation,
) -> Result<StoredOperation, Problem> {
    let submitted = app.operations.submit(new).await?;
    let part = submitted.ok_or(Problem::OperationConflict)?;
    if part.progress.is_final {
        ask_in_turn(app, whole).await?;
    }
    Ok(part)
}

/// Returns 200 if an operation has its outcome, and else 202.
pub(crate) fn status(operation: &StoredOperation) -> StatusCode {
    match operation.progress.is_final {
        true => StatusCode::OK,
        false => StatusCode::ACCEPTED,
    }
}

/// How often and how long to wait for somebody else who is asking.
const TURNS: u32 = 40;
const TURN: Duration = Duration::from_millis(50);

/// Asks about an operation. If somebody is asking already, what they hear may be older than what the caller knows, so
/// this waits for its turn, for 2 s at most.
async fn ask_in_turn(app: &Parts, operation: &StoredOperation) -> Result<(), Problem> {
    for _ in 0..TURNS {
        let asked = app.operations.ask(operation.clone()).await?;
        if asked.version != operation.version {
            break;
        }
        tokio::time::sleep(TURN).await;
    }
    Ok(())
}
