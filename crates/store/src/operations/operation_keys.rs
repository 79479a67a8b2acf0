//! Encrypts the data of operations and the bodies of their events with a new key.

use crate::backend::Operation;
use crate::connection::{Connection, Row, Statement, locking};
use crate::operations::operation_row::{read_data, read_id};
use crate::operations::store_keys::record_current_key;
use crate::sealed_data::{Place, SealedData};
use crate::session_row::read_belief;
use crate::{OperationId, ReencryptedOperations, StoreError, StoreKeys, StoreOptions};

pub(super) struct Reencrypt {
    pub(super) after: Option<OperationId>,
    pub(super) limit: u32,
}

const PAGE: Statement = locking!(
    "SELECT id, kind, key, data, data_key, \
     (SELECT count(*) FROM store_keys WHERE sealed = 1) AS is_sealed FROM operations \
     WHERE id > $1 ORDER BY id LIMIT $2",
    "FOR UPDATE"
);
const UPDATE: Statement =
    Statement::same("UPDATE operations SET data = $2, data_key = $3 WHERE id = $1");
const EVENTS: Statement = locking!(
    "SELECT id, event_id, event AS data, event_key AS data_key, \
     (SELECT count(*) FROM store_keys WHERE sealed = 1) AS is_sealed FROM deliveries \
     WHERE operation_id = $1",
    "FOR UPDATE"
);
const UPDATE_EVENT: Statement =
    Statement::same("UPDATE deliveries SET event = $2, event_key = $3 WHERE id = $1");

impl Operation for Reencrypt {
    type Answer = ReencryptedOperations;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<ReencryptedOperations, StoreError> {
        let mut done = ReencryptedOperations::default();
        let Some(keys) = &options.keys else {
            return Ok(done);
        };
        let after = self.after.map_or(0, OperationId::get);
        let values = [after.into(), i64::from(self.limit).into()];
        for row in connection.rows(&PAGE, &values).await? {
            let id = read_id(&row)?;
            done.last = Some(id);
            let [kind, key] = [row.text("kind")?, row.text("key")?].map(Option::unwrap_or_default);
            let place = Place::operation(kind, key);
            let mut is_readable =
                reencrypt(connection, &row, &place, keys, &UPDATE, &mut done).await?;
            for event in connection.rows(&EVENTS, &[id.get().into()]).await? {
                let place = Place::event(event.text("event_id")?.unwrap_or_default());
                is_readable &=
                    reencrypt(connection, &event, &place, keys, &UPDATE_EVENT, &mut done).await?;
            }
            if !is_readable {
                done.unreadable.push(id);
            }
        }
        if done.encrypted > 0 {
            record_current_key(connection, keys).await?;
        }
        Ok(done)
    }
}

/// Encrypts the data of a row with the current key, unless it is already. Returns `false` if it cannot be
/// decrypted.
async fn reencrypt<C: Connection>(
    connection: &mut C,
    row: &C::Row,
    place: &Place,
    keys: &StoreKeys,
    update: &Statement,
    done: &mut ReencryptedOperations,
) -> Result<bool, StoreError> {
    let stored = read_data(row)?;
    if stored.key.as_deref() == Some(&keys.current().label()) {
        return Ok(true);
    }
    let text = match stored.open(Some(keys), place, read_belief(row)?) {
        Ok(Some(text)) => text,
        Ok(None) | Err(StoreError::UnknownKey { .. }) => return Ok(false),
        Err(error) => return Err(error),
    };
    let sealed = SealedData::new(Some(keys), place, &text);
    let values = [
        read_id(row)?.get().into(),
        sealed.bytes.as_slice().into(),
        sealed.key.as_deref().into(),
    ];
    connection.execute(update, &values).await?;
    done.encrypted += 1;
    Ok(true)
}

/// Counts what is not encrypted with the current key.
pub(super) struct CountOthers;

const COUNT: Statement = Statement::same(
    "SELECT (SELECT count(*) FROM operations WHERE coalesce(data_key, '') <> $1) + \
     (SELECT count(*) FROM deliveries WHERE operation_id IS NOT NULL AND coalesce(event_key, '') <> $1) \
     AS others",
);

impl Operation for CountOthers {
    type Answer = u64;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<u64, StoreError> {
        let Some(keys) = &options.keys else {
            return Ok(0);
        };
        let current = keys.current().label();
        let row = connection.row(&COUNT, &[current.as_str().into()]).await?;
        let others = row.map_or(Ok(None), |row| row.integer("others"))?;
        Ok(others.unwrap_or_default().unsigned_abs())
    }
}
