use pantoken_a2c::{FormResult, RequestId};

use crate::backend::Operation;
use crate::connection::{Connection, Row, Statement, locking};
use crate::session_row::{read_request_id, read_result, read_sealed};
use crate::store_key::Sealed;
use crate::{Resealed, StoreError, StoreKeys, StoreOptions};

/// That no panToken may be sealed under a key that is not among ours.
pub(crate) struct CheckKeys;

const INSERT: Statement =
    Statement::same("INSERT INTO store_keys (id) VALUES ($1) ON CONFLICT DO NOTHING");
const LIST: Statement = Statement::same("SELECT id FROM store_keys");

impl Operation for CheckKeys {
    type Answer = ();

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<(), StoreError> {
        let keys = options.keys.as_ref();
        for row in connection.rows(&LIST, &[]).await? {
            let id = row.text("id")?.unwrap_or_default();
            if keys.and_then(|keys| keys.find(id)).is_none() {
                let key_id = id.to_owned();
                return Err(StoreError::UnknownKey { key_id });
            }
        }
        Ok(())
    }
}

/// Notes that panTokens may be sealed under the current key; in the transaction that seals one, so
/// that a key which never sealed anything is needed by nobody.
pub(super) async fn note_current<C: Connection>(
    connection: &mut C,
    keys: &StoreKeys,
) -> Result<(), StoreError> {
    let id = keys.current().id().into();
    connection.execute(&INSERT, &[id]).await.map(drop)
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
            unreadable: Vec::new(),
        };
        let Some(keys) = &options.keys else {
            return Ok(resealed);
        };
        let after = self.after.map_or(0, RequestId::get);
        let values = [after.into(), i64::from(self.limit).into()];
        for row in connection.rows(&PAGE, &values).await? {
            let request_id = read_request_id(&row)?;
            resealed.last = Some(request_id);
            resealed.seen += 1;
            let sealed = match seal_again(&row, request_id, keys) {
                Ok(Some(sealed)) => sealed,
                Ok(None) => continue,
                Err(StoreError::Corrupt { .. } | StoreError::UnknownKey { .. }) => {
                    resealed.unreadable.push(request_id);
                    continue;
                }
                Err(error) => return Err(error),
            };
            let values = [
                request_id.get().into(),
                sealed.bytes.as_slice().into(),
                sealed.key_id.as_deref().into(),
            ];
            connection.execute(&UPDATE, &values).await?;
            resealed.sealed += 1;
        }
        if resealed.sealed > 0 {
            note_current(connection, keys).await?;
        }
        Ok(resealed)
    }
}

/// The row's panToken under the current key, unless it is under that already, or there is none.
fn seal_again(
    row: &impl Row,
    request_id: RequestId,
    keys: &StoreKeys,
) -> Result<Option<Sealed>, StoreError> {
    let current = Some(keys.current().id());
    match read_sealed(row)? {
        Some(sealed) if sealed.key_id.as_deref() != current => {}
        _ => return Ok(None),
    }
    Ok(match read_result(row, Some(keys))? {
        Some(FormResult::Saved(token)) => Some(Sealed::new(request_id, &token, Some(keys))),
        _ => None,
    })
}

/// Looks at a page of sessions for panTokens that are not under the current key.
pub(super) struct CountOthers {
    pub(super) after: i64,
}

/// In pages, because no statement may take as long as a look at all of a large table.
const COUNT_PAGE: i64 = 20_000;
pub(crate) const COUNT: Statement = Statement::same(
    "SELECT max(request_id) AS last, count(CASE WHEN pan_token IS NOT NULL \
     AND coalesce(pan_token_key, '') <> $3 THEN 1 END) AS others \
     FROM (SELECT request_id, pan_token, pan_token_key FROM sessions \
     WHERE request_id > $1 ORDER BY request_id LIMIT $2) AS page",
);

impl Operation for CountOthers {
    /// How many there are, and the last session of the page, unless there are no more.
    type Answer = (u64, Option<i64>);

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<(u64, Option<i64>), StoreError> {
        let Some(keys) = &options.keys else {
            return Ok((0, None));
        };
        let current = keys.current().id().into();
        let values = [self.after.into(), COUNT_PAGE.into(), current];
        let Some(row) = connection.row(&COUNT, &values).await? else {
            return Ok((0, None));
        };
        let others = row.integer("others")?.unwrap_or_default();
        Ok((others.unsigned_abs(), row.integer("last")?))
    }
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
