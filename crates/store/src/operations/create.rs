use crate::backend::Operation;
use crate::connection::{Connection, Statement, Value};
use crate::operations::sessions::FIND_BY_IDEMPOTENCY_KEY;
use crate::session_row::{read_fingerprint, read_session};
use crate::{
    ApiKeyName, CreateOutcome, Digest, Idempotency, Session, SessionData, SessionFlow, SessionId,
    StoreError, StoreOptions,
};

pub(crate) struct Create {
    pub(super) data: SessionData,
    pub(super) idempotency: Option<Idempotency>,
}

/// Inserts rows, in the order of [`Create::values`]. If two run at once with the same id or idempotency key, the
/// second waits for the first.
macro_rules! insert {
    ($rows:literal) => {
        concat!(
            "INSERT INTO sessions (request_id, language, return_url, callback_token_digest, customer, \
             seed, result_token_digest, idempotency_key, fingerprint, created_at, expires_at, \
             created_by) ",
            $rows,
            " ON CONFLICT DO NOTHING"
        )
    };
}
pub(crate) use insert;

pub(crate) const INSERT: Statement = Statement::same(insert!(
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
));

impl Operation for Create {
    type Answer = CreateOutcome;
    const NEEDS_TRANSACTION: bool = false;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<CreateOutcome, StoreError> {
        if connection.execute(&INSERT, &self.values()).await? == 1 {
            return Ok(self.created());
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
    pub(crate) fn created(&self) -> CreateOutcome {
        CreateOutcome::Created(Session {
            data: self.data.clone(),
            recorded: None,
            errors_recorded: 0,
        })
    }

    pub(crate) fn id(&self) -> SessionId {
        self.data.id
    }

    /// Returns the digest of the idempotency key.
    pub(crate) fn key(&self) -> Option<&[u8]> {
        let idempotency = self.idempotency.as_ref()?;
        Some(idempotency.key.as_bytes())
    }

    /// Returns the session's row as it is inserted.
    pub(crate) fn values(&self) -> [Value<'_>; 12] {
        let data = &self.data;
        let (return_url, callback_token) = match &data.flow {
            SessionFlow::Iframe => (None, None),
            SessionFlow::Redirect {
                return_url,
                callback_token,
            } => (Some(return_url.as_str()), Some(callback_token.as_bytes())),
        };
        let fingerprint = self.idempotency.as_ref().map(|one| &one.fingerprint);
        [
            data.id.get().into(),
            data.language.as_str().into(),
            return_url.into(),
            callback_token.into(),
            data.customer.as_deref().into(),
            data.seed.as_slice().into(),
            data.result_token.as_bytes().into(),
            self.key().into(),
            fingerprint.map(Digest::as_bytes).into(),
            data.created_at.into(),
            data.expires_at.into(),
            data.created_by.as_ref().map(ApiKeyName::as_str).into(),
        ]
    }
}
