use std::sync::Arc;

use crate::backend::Operation;
use crate::connection::{Connection, Statement};
use crate::operations::sessions::FIND_AND_LOCK;
use crate::operations::{deliveries, store_keys};
use crate::recording::{Recording, Verdict};
use crate::{RecordOutcome, StoreError, StoreOptions};

pub(crate) struct RecordResult(pub(crate) Arc<Recording>);

const UPDATE: Statement = Statement::same(
    "UPDATE sessions SET pan_token = $2, pan_token_key = $3, error_code = $4, error_message = $5, \
     finished_at = $6, errors_recorded = $7 WHERE request_id = $1",
);

impl Operation for RecordResult {
    type Answer = RecordOutcome;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<RecordOutcome, StoreError> {
        let Self(recording) = self;
        let keys = options.keys.as_ref();
        let key_id = keys.map(|keys| keys.current().id());
        let values = [recording.id.get().into(), key_id.into()];
        let Some(row) = connection.row(&FIND_AND_LOCK, &values).await? else {
            return Ok(RecordOutcome::Forbidden);
        };
        let recorded = match recording.decide(&row, keys)? {
            Verdict::Record(recorded) => recorded,
            Verdict::Answer(outcome) => return Ok(outcome),
        };
        if recorded.has_token() {
            store_keys::check(connection, keys, &row).await?;
        }
        connection
            .execute(&UPDATE, &recording.values(&recorded))
            .await?;
        if options.outbox {
            let Recording {
                id, result, now, ..
            } = recording.as_ref();
            deliveries::insert(connection, *id, result, *now).await?;
        }
        Ok(recorded.outcome())
    }
}
