use crate::backend::Operation;
use crate::connection::{Connection, Statement};
use crate::operations::sessions::FIND_AND_LOCK;
use crate::operations::{deliveries, store_keys};
use crate::session_row::{error_columns, read_session};
use crate::store_key::{Owner, StoredToken};
use crate::{
    Credential, Decision, RecordOutcome, RecordedResult, Session, SessionId, SessionResult,
    StoreError, StoreKeys, StoreOptions,
};

pub(super) struct RecordResult {
    pub(super) id: SessionId,
    pub(super) credential: Credential,
    pub(super) result: SessionResult,
    pub(super) now: i64,
}

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
        let keys = options.keys.as_ref();
        let key_id = keys.map(|keys| keys.current().id());
        let values = [self.id.get().into(), key_id.into()];
        let Some(row) = connection.row(&FIND_AND_LOCK, &values).await? else {
            return Ok(RecordOutcome::Forbidden);
        };
        let session = read_session(&row, keys)?;
        if !session.accepts(&self.credential) {
            return Ok(RecordOutcome::Forbidden);
        }
        match session.decide(&self.result, self.now) {
            Decision::Repeated => return Ok(RecordOutcome::Repeated(session)),
            Decision::Conflict => return Ok(RecordOutcome::Conflict(session)),
            Decision::Expired => return Ok(RecordOutcome::Expired(session)),
            Decision::Ignored => return Ok(RecordOutcome::Ignored(session)),
            Decision::Record => {}
        }
        if matches!(self.result, SessionResult::Saved { .. }) {
            store_keys::check(connection, keys, &row).await?;
        }
        let session = self.recorded_in(session);
        self.update(connection, keys, &session).await?;
        if options.outbox {
            deliveries::insert(connection, self.id, &self.result, self.now).await?;
        }
        Ok(RecordOutcome::Recorded(session))
    }
}

impl RecordResult {
    fn recorded_in(&self, session: Session) -> Session {
        let is_error = matches!(self.result, SessionResult::Failed { .. });
        Session {
            recorded: Some(RecordedResult {
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
        session: &Session,
    ) -> Result<(), StoreError> {
        let token = match &self.result {
            SessionResult::Saved { token } => {
                let owner = Owner {
                    id: self.id,
                    customer: session.data.customer.as_deref(),
                };
                Some(StoredToken::new(owner, token.expose().as_bytes(), keys))
            }
            SessionResult::Failed { .. } => None,
        };
        let [error_code, error_message] = error_columns(&self.result);
        let values = [
            self.id.get().into(),
            token.as_ref().map(|token| token.bytes.as_slice()).into(),
            token.as_ref().and_then(|token| token.key.as_deref()).into(),
            error_code,
            error_message,
            self.now.into(),
            session.errors_recorded.into(),
        ];
        connection.execute(&UPDATE, &values).await.map(drop)
    }
}
