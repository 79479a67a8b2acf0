use pantoken_protocol::{FormResult, RequestId};

use crate::backend::Operation;
use crate::connection::{Connection, Statement, Value};
use crate::operations::deliveries;
use crate::operations::sessions::{FIND_AND_LOCK, find};
use crate::store_key::Sealed;
use crate::{Outcome, Proof, Recording, Session, StoreError, StoreOptions, Verdict};

pub(super) struct RecordResult {
    pub(super) request_id: RequestId,
    pub(super) proof: Proof,
    pub(super) result: FormResult,
    pub(super) now: i64,
}

const UPDATE: Statement = Statement::same(
    "UPDATE sessions SET pan_token = $2, pan_token_key = $3, error_code = $4, error_message = $5, \
     finished_at = $6 WHERE request_id = $1",
);

impl Operation for RecordResult {
    type Answer = Recording;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<Recording, StoreError> {
        let found = find(connection, &FIND_AND_LOCK, self.request_id, options).await?;
        let session = match found {
            Some(session) if session.accepts(&self.proof) => session,
            _ => return Ok(Recording::Forbidden),
        };
        match session.judge(&self.result, self.now) {
            Verdict::Repeated => return Ok(Recording::Repeated(session)),
            Verdict::Conflict => return Ok(Recording::Conflict(session)),
            Verdict::Expired => return Ok(Recording::Expired(session)),
            Verdict::Record => {}
        }
        self.update(connection, options).await?;
        if options.outbox {
            deliveries::insert(connection, self.request_id, &self.result, self.now).await?;
        }
        Ok(Recording::Recorded(Session {
            outcome: Some(Outcome {
                result: self.result.clone(),
                recorded_at: self.now,
            }),
            ..session
        }))
    }
}

impl RecordResult {
    async fn update<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<(), StoreError> {
        let sealed = match &self.result {
            FormResult::Saved(token) => {
                Some(Sealed::new(self.request_id, token, options.keys.as_ref()))
            }
            FormResult::Failed { .. } => None,
        };
        let [error_code, error_message] = error_columns(&self.result);
        let values = [
            self.request_id.get().into(),
            sealed.as_ref().map(|sealed| sealed.bytes.as_slice()).into(),
            sealed
                .as_ref()
                .and_then(|sealed| sealed.key_id.as_deref())
                .into(),
            error_code,
            error_message,
            self.now.into(),
        ];
        connection.execute(&UPDATE, &values).await.map(drop)
    }
}

pub(super) fn error_columns(result: &FormResult) -> [Value<'_>; 2] {
    match result {
        FormResult::Saved(_) => [Value::Text(None), Value::Text(None)],
        FormResult::Failed { code, message } => [code.as_str().into(), message.as_str().into()],
    }
}
