use pantoken_protocol::{FormResult, RequestId};

use crate::backend::Operation;
use crate::connection::{Connection, Row, Statement, locking};
use crate::session_row::{read_request_id, read_result, read_sealed};
use crate::store_key::Sealed;
use crate::{Resealed, StoreError, StoreKeys, StoreOptions};

/// Notes that panTokens are sealed under the current key from now on. Fails if some may be sealed
/// under a key that is not among ours.
pub(crate) struct Register;

const INSERT: Statement =
    Statement::same("INSERT INTO store_keys (id) VALUES ($1) ON CONFLICT DO NOTHING");
const LIST: Statement = Statement::same("SELECT id FROM store_keys");

impl Operation for Register {
    type Answer = ();

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<(), StoreError> {
        for row in connection.rows(&LIST, &[]).await? {
            let id = row.text("id")?.unwrap_or_default();
            if options
                .keys
                .as_ref()
                .and_then(|keys| keys.find(id))
                .is_none()
            {
                let key_id = id.to_owned();
                return Err(StoreError::UnknownKey { key_id });
            }
        }
        if let Some(keys) = &options.keys {
            let id = keys.current().id().into();
            connection.execute(&INSERT, &[id]).await?;
        }
        Ok(())
    }
}

pub(super) struct Reseal {
    pub(super) after: Option<RequestId>,
    pub(super) limit: u32,
}

pub(crate) const PAGE: Statement = locking!(
    "SELECT request_id, pan_token, pan_token_key, error_code, error_message FROM sessions \
     WHERE request_id > $1 ORDER BY request_id LIMIT $2",
    "FOR UPDATE"
);
const UPDATE: Statement =
    Statement::same("UPDATE sessions SET pan_token = $2, pan_token_key = $3 WHERE request_id = $1");

impl Operation for Reseal {
    type Answer = Resealed;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<Resealed, StoreError> {
        let mut resealed = Resealed {
            last: None,
            seen: 0,
            sealed: 0,
        };
        let Some(keys) = &options.keys else {
            return Ok(resealed);
        };
        let after = self.after.map_or(0, RequestId::get);
        let values = [after.into(), i64::from(self.limit).into()];
        for row in connection.rows(&PAGE, &values).await? {
            resealed.last = Some(read_request_id(&row)?);
            resealed.seen += 1;
            if let Some((request_id, sealed)) = seal_again(&row, keys)? {
                let values = [
                    request_id.get().into(),
                    sealed.bytes.as_slice().into(),
                    sealed.key_id.as_deref().into(),
                ];
                connection.execute(&UPDATE, &values).await?;
                resealed.sealed += 1;
            }
        }
        Ok(resealed)
    }
}

/// The row's panToken under the current key, unless it is under that already, or there is none.
fn seal_again(row: &impl Row, keys: &StoreKeys) -> Result<Option<(RequestId, Sealed)>, StoreError> {
    let current = Some(keys.current().id());
    match read_sealed(row)? {
        Some(sealed) if sealed.key_id.as_deref() != current => {}
        _ => return Ok(None),
    }
    let request_id = read_request_id(row)?;
    let result = read_result(row, Some(keys))?;
    Ok(match result {
        Some(FormResult::Saved(token)) => {
            Some((request_id, Sealed::new(request_id, &token, Some(keys))))
        }
        _ => None,
    })
}

pub(super) struct ForgetOthers;

const DELETE: Statement = Statement::same("DELETE FROM store_keys WHERE id <> $1");

impl Operation for ForgetOthers {
    type Answer = ();

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<(), StoreError> {
        if let Some(keys) = &options.keys {
            connection
                .execute(&DELETE, &[keys.current().id().into()])
                .await?;
        }
        Ok(())
    }
}
