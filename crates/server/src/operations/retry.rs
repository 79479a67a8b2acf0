use pantoken_store::{Database, Fact, OperationId, OperationStore, StoreError};

use crate::http::wire_time::to_rfc3339;

/// Makes the next server that looks ask the provider about an operation, because a person wants it. Returns `false` if
/// there is no such operation.
pub(crate) async fn retry(store: &Database, id: OperationId, now: i64) -> Result<bool, StoreError> {
    let Some(operation) = store.get_operation(id).await? else {
        return Ok(false);
    };
    let fact = Fact {
        source: "operator".to_owned(),
        text: format!("retried at {}", to_rfc3339(now).unwrap_or_default()),
    };
    store
        .hint_operation(operation.kind, operation.key, fact, now)
        .await
}
