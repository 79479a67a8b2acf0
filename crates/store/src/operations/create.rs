use crate::backend::Operation;
use crate::connection::{Connection, Statement};
use crate::operations::sessions::FIND_BY_IDEMPOTENCY_KEY;
use crate::session_row::{read_fingerprint, read_session};
use crate::{Creation, Idempotency, Session, SessionFlow, StoreError, StoreOptions, Terms};

pub(super) struct Create {
    pub(super) terms: Terms,
    pub(super) idempotency: Option<Idempotency>,
}

/// Of two at once with one request id or one idempotency key, the second waits for the first.
pub(crate) const INSERT: Statement = Statement::same(
    "INSERT INTO sessions (request_id, language, return_url, callback_token_digest, customer, \
     seed, result_token_digest, idempotency_key, fingerprint, created_at, expires_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
);

impl Operation for Create {
    type Answer = Creation;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<Creation, StoreError> {
        if self.insert(connection).await? {
            return Ok(Creation::Created(Session {
                terms: self.terms.clone(),
                outcome: None,
                errors_recorded: 0,
            }));
        }
        let Some(idempotency) = &self.idempotency else {
            return Ok(Creation::RequestIdTaken);
        };
        let key = idempotency.key.as_bytes().into();
        let Some(row) = connection.row(&FIND_BY_IDEMPOTENCY_KEY, &[key]).await? else {
            return Ok(Creation::RequestIdTaken);
        };
        if read_fingerprint(&row)? == idempotency.fingerprint {
            Ok(Creation::Repeated(read_session(
                &row,
                options.keys.as_ref(),
            )?))
        } else {
            Ok(Creation::Mismatch)
        }
    }
}

impl Create {
    /// Whether the request id and the idempotency key were free.
    async fn insert<C: Connection>(&self, connection: &mut C) -> Result<bool, StoreError> {
        let terms = &self.terms;
        let (return_url, callback_token) = match &terms.flow {
            SessionFlow::Iframe => (None, None),
            SessionFlow::Redirect {
                return_url,
                callback_token,
            } => (Some(return_url.as_str()), Some(callback_token.as_bytes())),
        };
        let idempotency = self.idempotency.as_ref();
        let values = [
            terms.request_id.get().into(),
            terms.language.as_str().into(),
            return_url.into(),
            callback_token.into(),
            terms.customer.as_deref().into(),
            terms.seed.as_slice().into(),
            terms.result_token.as_bytes().into(),
            idempotency
                .map(|idempotency| idempotency.key.as_bytes())
                .into(),
            idempotency
                .map(|idempotency| idempotency.fingerprint.as_bytes())
                .into(),
            terms.created_at.into(),
            terms.expires_at.into(),
        ];
        Ok(connection.execute(&INSERT, &values).await? == 1)
    }
}
