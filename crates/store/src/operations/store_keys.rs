use crate::backend::Operation;
use crate::connection::{Connection, Row, Statement, locking};
use crate::session_row::{read_belief, read_owner, read_session_id, read_token};
use crate::store_key::{Belief, StoredToken};
use crate::{Reencrypted, SessionId, StoreError, StoreKeys, StoreOptions};

/// Checks that every key that tokens may be encrypted with was given to the store.
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

/// Records that tokens may be encrypted with the current key. This happens in the transaction that
/// encrypts the first one, so that a key that never encrypted anything is not required later.
pub(crate) async fn record_current_key<C: Connection>(
    connection: &mut C,
    keys: &StoreKeys,
) -> Result<(), StoreError> {
    let id = keys.current().id().into();
    connection.execute(&INSERT, &[id]).await.map(drop)
}

/// Records the key that has encrypted data of this transaction, unless it is recorded. Without a key, refuses to
/// store what would be refused when it is read. The row has the columns `is_sealed` and `key_is_recorded`.
pub(crate) async fn check<C: Connection>(
    connection: &mut C,
    keys: Option<&StoreKeys>,
    row: &C::Row,
) -> Result<(), StoreError> {
    match keys {
        Some(keys) if row.integer("key_is_recorded")? == Some(0) => {
            record_current_key(connection, keys).await
        }
        None if read_belief(row)? == Belief::Sealed => Err(StoreError::KeyRequired),
        _ => Ok(()),
    }
}

pub(super) struct Reencrypt {
    pub(super) after: Option<SessionId>,
    pub(super) limit: u32,
}

pub(crate) const PAGE: Statement = locking!(
    "SELECT request_id, customer, pan_token, pan_token_key, \
     (SELECT count(*) FROM store_keys WHERE sealed = 1) AS is_sealed FROM sessions \
     WHERE request_id > $1 ORDER BY request_id LIMIT $2",
    "FOR UPDATE"
);
const UPDATE: Statement =
    Statement::same("UPDATE sessions SET pan_token = $2, pan_token_key = $3 WHERE request_id = $1");

impl Operation for Reencrypt {
    type Answer = Reencrypted;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<Reencrypted, StoreError> {
        let mut done = Reencrypted {
            last: None,
            seen: 0,
            encrypted: 0,
            unreadable: Vec::new(),
        };
        let Some(keys) = &options.keys else {
            return Ok(done);
        };
        let after = self.after.map_or(0, SessionId::get);
        let values = [after.into(), i64::from(self.limit).into()];
        for row in connection.rows(&PAGE, &values).await? {
            let id = read_session_id(&row)?;
            done.last = Some(id);
            done.seen += 1;
            let token = match reencrypt_token(&row, keys) {
                Ok(Some(token)) => token,
                Ok(None) => continue,
                Err(StoreError::Corrupt { .. } | StoreError::UnknownKey { .. }) => {
                    done.unreadable.push(id);
                    continue;
                }
                Err(error) => return Err(error),
            };
            let values = [
                id.get().into(),
                token.bytes.as_slice().into(),
                token.key.as_deref().into(),
            ];
            connection.execute(&UPDATE, &values).await?;
            done.encrypted += 1;
        }
        if done.encrypted > 0 {
            record_current_key(connection, keys).await?;
        }
        Ok(done)
    }
}

/// Returns the row's token encrypted with the current key. Returns `None` if there is no token, or if
/// it is encrypted with that key already.
fn reencrypt_token(row: &impl Row, keys: &StoreKeys) -> Result<Option<StoredToken>, StoreError> {
    match read_token(row)? {
        Some(token) if !token.is_current(keys) => {
            let owner = read_owner(row)?;
            let text = token.decrypt(owner, Some(keys), read_belief(row)?)?;
            Ok(Some(StoredToken::new(owner, &text, Some(keys))))
        }
        _ => Ok(None),
    }
}

/// Counts the tokens of one page of sessions that are not encrypted with the current key.
pub(super) struct CountOthers {
    pub(super) after: i64,
}

/// Sessions are counted in pages, because a statement that reads a large table takes too long.
const COUNT_PAGE: i64 = 20_000;
pub(crate) const COUNT: Statement = Statement::same(
    "SELECT max(request_id) AS last, count(CASE WHEN pan_token IS NOT NULL \
     AND coalesce(pan_token_key, '') <> $3 THEN 1 END) AS others \
     FROM (SELECT request_id, pan_token, pan_token_key FROM sessions \
     WHERE request_id > $1 ORDER BY request_id LIMIT $2) AS page",
);

impl Operation for CountOthers {
    /// The count, and the last session of the page unless the page is empty.
    type Answer = (u64, Option<i64>);

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<(u64, Option<i64>), StoreError> {
        let Some(keys) = &options.keys else {
            return Ok((0, None));
        };
        let current = keys.current().label();
        let values = [
            self.after.into(),
            COUNT_PAGE.into(),
            current.as_str().into(),
        ];
        let Some(row) = connection.row(&COUNT, &values).await? else {
            return Ok((0, None));
        };
        let others = row.integer("others")?.unwrap_or_default();
        Ok((others.unsigned_abs(), row.integer("last")?))
    }
}

/// Forgets every key but the current one, and believes only what is encrypted from now on.
pub(super) struct ForgetOthers;

const DELETE: Statement = Statement::same("DELETE FROM store_keys WHERE id <> $1");
const SEAL: Statement = Statement::same(
    "INSERT INTO store_keys (id, sealed) VALUES ($1, 1) \
     ON CONFLICT (id) DO UPDATE SET sealed = 1",
);

impl Operation for ForgetOthers {
    type Answer = ();

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<(), StoreError> {
        if let Some(keys) = &options.keys {
            let id = || keys.current().id().into();
            connection.execute(&DELETE, &[id()]).await?;
            connection.execute(&SEAL, &[id()]).await?;
        }
        Ok(())
    }
}
