use pantoken_a2c::{FormResult, RequestId};

use crate::backend::Operation;
use crate::connection::{Connection, Row, Statement, Value};
use crate::operations::sessions::FIND_AND_LOCK;
use crate::operations::{deliveries, store_keys};
use crate::session_row::read_session;
use crate::store_key::Sealed;
use crate::{Outcome, Proof, Recording, Session, StoreError, StoreKeys, StoreOptions, Verdict};

pub(super) struct RecordResult {
    pub(super) request_id: RequestId,
    pub(super) proof: Proof,
    pub(super) result: FormResult,
    pub(super) now: i64,
}

const UPDATE: Statement = Statement::same(
    "UPDATE sessions SET pan_token = $2, pan_token_key = $3, error_code = $4, error_message = $5, \
     finished_at = $6, errors_recorded = $7 WHERE request_id = $1",
);

impl Operation for RecordResult {
    type Answer = Recording;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<Recording, StoreError> {
        let keys = options.keys.as_ref();
        let key_id = keys.map(|keys| keys.current().id());
        let values = [self.request_id.get().into(), key_id.into()];
        let Some(row) = connection.row(&FIND_AND_LOCK, &values).await? else {
            return Ok(Recording::Forbidden);
        };
        let session = read_session(&row, keys)?;
        if !session.accepts(&self.proof) {
            return Ok(Recording::Forbidden);
        }
        match session.judge(&self.result, self.now) {
            Verdict::Repeated => return Ok(Recording::Repeated(session)),
            Verdict::Conflict => return Ok(Recording::Conflict(session)),
            Verdict::Expired => return Ok(Recording::Expired(session)),
            Verdict::Ignore => return Ok(Recording::Ignored(session)),
            Verdict::Record => {}
        }
        if matches!(self.result, FormResult::Saved(_))
            && let Some(keys) = keys
            && row.integer("key_is_noted")? == Some(0)
        {
            store_keys::note_current(connection, keys).await?;
        }
        let session = self.recorded_in(session);
        self.update(connection, keys, session.errors_recorded)
            .await?;
        if options.outbox {
            deliveries::insert(connection, self.request_id, &self.result, self.now).await?;
        }
        Ok(Recording::Recorded(session))
    }
}

impl RecordResult {
    fn recorded_in(&self, session: Session) -> Session {
        let is_error = matches!(self.result, FormResult::Failed { .. });
        Session {
            outcome: Some(Outcome {
                result: self.result.clone(),
                recorded_at: self.now,
            }),
            errors_recorded: session.errors_recorded + i64::from(is_error),
            ..session
        }
    }

    async fn update<C: Connection>(
        &self,
        connection: &mut C,
        keys: Option<&StoreKeys>,
        errors_recorded: i64,
    ) -> Result<(), StoreError> {
        let sealed = match &self.result {
            FormResult::Saved(token) => Some(Sealed::new(self.request_id, token, keys)),
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
            errors_recorded.into(),
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
