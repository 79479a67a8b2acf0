use std::sync::Arc;

use crate::backend::Operation;
use crate::connection::{Connection, Statement};
use crate::new_session::NewSession;
use crate::operations::sessions::FIND_BY_IDEMPOTENCY_KEY;
use crate::session_row::{read_fingerprint, read_session};
use crate::{CreateOutcome, StoreError, StoreOptions};

pub(crate) struct Create(pub(crate) Arc<NewSession>);

/// Inserts rows, in the order of [`NewSession::values`]. If two run at once with the same id or idempotency key, the
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
        let Self(new) = self;
        if connection.execute(&INSERT, &new.values()).await? == 1 {
            return Ok(new.created());
        }
        let Some(idempotency) = &new.idempotency else {
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
