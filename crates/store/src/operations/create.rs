use crate::backend::Operation;
use crate::connection::{Connection, Statement};
use crate::operations::sessions::FIND_BY_IDEMPOTENCY_KEY;
use crate::session_row::{read_fingerprint, read_session};
use crate::{
    ApiKeyName, CreateOutcome, Idempotency, Session, SessionData, SessionFlow, StoreError,
    StoreOptions,
};

pub(super) struct Create {
    pub(super) data: SessionData,
    pub(super) idempotency: Option<Idempotency>,
}

/// If two run at once with the same id or idempotency key, the second waits for the first.
pub(crate) const INSERT: Statement = Statement::same(
    "INSERT INTO sessions (request_id, language, return_url, callback_token_digest, customer, \
     seed, result_token_digest, idempotency_key, fingerprint, created_at, expires_at, \
     created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING",
);

impl Operation for Create {
    type Answer = CreateOutcome;
    const NEEDS_TRANSACTION: bool = false;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<CreateOutcome, StoreError> {
        if self.insert(connection).await? {
            return Ok(CreateOutcome::Created(Session {
                data: self.data.clone(),
                recorded: None,
                errors_recorded: 0,
            }));
        }
        let Some(idempotency) = &self.idempotency else {
            return Ok(CreateOutcome::IdTaken);
        };
        let key = idempotency.key.as_bytes().into();
        let Some(row) = connection.row(&FIND_BY_IDEMPOTENCY_KEY, &[key]).await? else {
            return Ok(CreateOutcome::IdTaken);
        };
        if read_fingerprint(&row)? == idempotency.fingerprint {
            Ok(CreateOutcome::Repeated(read_session(
                &row,
                options.keys.as_ref(),
            )?))
        } else {
            Ok(CreateOutcome::IdempotencyKeyReused)
        }
    }
}

impl Create {
    /// Inserts the session. Returns `false` if the id or the idempotency key is in use.
    async fn insert<C: Connection>(&self, connection: &mut C) -> Result<bool, StoreError> {
        let data = &self.data;
        let (return_url, callback_token) = match &data.flow {
            SessionFlow::Iframe => (None, None),
            SessionFlow::Redirect {
                return_url,
                callback_token,
            } => (Some(return_url.as_str()), Some(callback_token.as_bytes())),
        };
        let idempotency = self.idempotency.as_ref();
        let values = [
            data.id.get().into(),
            data.language.as_str().into(),
            return_url.into(),
            callback_token.into(),
            data.customer.as_deref().into(),
            data.seed.as_slice().into(),
            data.result_token.as_bytes().into(),
            idempotency
                .map(|idempotency| idempotency.key.as_bytes())
                .into(),
            idempotency
                .map(|idempotency| idempotency.fingerprint.as_bytes())
                .into(),
            data.created_at.into(),
            data.expires_at.into(),
            data.created_by.as_ref().map(ApiKeyName::as_str).into(),
        ];
        Ok(connection.execute(&INSERT, &values).await? == 1)
    }
}
