use crate::backend::Operation;
use crate::connection::{Connection, Statement, Value, locking};
use crate::operations::operation_lists::FIND;
use crate::operations::operation_row::{
    operation_columns, read_fingerprint, read_id, read_operation,
};
use crate::operations::{deliveries, store_keys};
use crate::sealed_data::{Place, SealedData};
use crate::{
    Fact, NewOperation, OperationChange, OperationCreation, OperationId, StoreError, StoreOptions,
    StoredOperation,
};

pub(super) struct Create {
    pub(super) operation: NewOperation,
}

/// If two run at once with the same kind and key, the second waits for the first.
const INSERT: Statement = Statement::same(concat!(
    "INSERT INTO operations (kind, key, parent_id, customer, created_by, fingerprint, state, data, \
     data_key, version, is_final, attention, created_at, changed_at, next_attempt_at, attempts, \
     leased_until, deadline_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11, $12, $12, $13, \
     0, $14, $15) ON CONFLICT DO NOTHING RETURNING ",
    operation_columns!(),
    ", (SELECT count(*) FROM store_keys WHERE id = $16) AS key_is_recorded"
));

impl Operation for Create {
    type Answer = OperationCreation;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<OperationCreation, StoreError> {
        let keys = options.keys.as_ref();
        if let Some(row) = insert(connection, options, &self.operation).await? {
            return Ok(OperationCreation::Created(read_operation(&row, keys)?));
        }
        let (kind, key) = (&self.operation.kind, &self.operation.key);
        let values = [kind.as_str().into(), key.as_str().into()];
        let Some(row) = connection.row(&FIND, &values).await? else {
            return Ok(OperationCreation::Conflict);
        };
        if read_fingerprint(&row)? != Some(self.operation.fingerprint) {
            return Ok(OperationCreation::Conflict);
        }
        Ok(OperationCreation::Repeated(read_operation(&row, keys)?))
    }
}

/// Inserts an operation. Returns `None` if there is one of this kind and key.
async fn insert<C: Connection>(
    connection: &mut C,
    options: &StoreOptions,
    operation: &NewOperation,
) -> Result<Option<C::Row>, StoreError> {
    let place = Place::operation(&operation.kind, &operation.key);
    let progress = &operation.progress;
    let keys = options.keys.as_ref();
    let data = SealedData::new(keys, &place, progress.data.expose().as_bytes());
    let key_id = keys.map(|keys| keys.current().id());
    let values = [
        operation.kind.as_str().into(),
        operation.key.as_str().into(),
        Value::Integer(operation.parent.map(OperationId::get)),
        operation.customer.as_deref().into(),
        operation.created_by.as_deref().into(),
        operation.fingerprint.as_bytes().into(),
        progress.state.as_str().into(),
        data.bytes.as_slice().into(),
        data.key.as_deref().into(),
        i64::from(progress.is_final).into(),
        progress.attention.as_deref().into(),
        operation.created_at.into(),
        Value::Integer(progress.next_attempt_at),
        Value::Integer(operation.leased_until),
        Value::Integer(operation.deadline_at),
        key_id.into(),
    ];
    let row = connection.row(&INSERT, &values).await?;
    if let Some(row) = &row {
        store_keys::check(connection, keys, row).await?;
    }
    Ok(row)
}

pub(super) struct Change {
    pub(super) change: OperationChange,
}

/// If something was heard since the operation was claimed, it is due at once.
pub(crate) const UPDATE: Statement = Statement::same(concat!(
    "UPDATE operations SET version = version + 1, state = $2, data = $3, data_key = $4, is_final = $5, \
     attention = $6, changed_at = CASE WHEN $7 = 1 THEN $8 ELSE changed_at END, \
     attempts = CASE WHEN $7 = 1 THEN 0 ELSE attempts END, \
     next_attempt_at = CASE WHEN is_hinted = 1 THEN $8 ELSE $9 END, leased_until = NULL, is_hinted = 0 \
     WHERE id = $1 AND version = $10 AND kind = $11 AND key = $12 RETURNING ",
    operation_columns!(),
    ", (SELECT count(*) FROM store_keys WHERE id = $13) AS key_is_recorded"
));

impl Operation for Change {
    type Answer = Option<StoredOperation>;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<Option<StoredOperation>, StoreError> {
        let change = &self.change;
        let id = change.id;
        let keys = options.keys.as_ref();
        let key_id = keys.map(|keys| keys.current().id());
        let progress = &change.progress;
        let place = Place::operation(&change.kind, &change.key);
        let data = SealedData::new(keys, &place, progress.data.expose().as_bytes());
        let values = [
            id.get().into(),
            progress.state.as_str().into(),
            data.bytes.as_slice().into(),
            data.key.as_deref().into(),
            i64::from(progress.is_final).into(),
            progress.attention.as_deref().into(),
            i64::from(change.is_progress).into(),
            change.now.into(),
            Value::Integer(progress.next_attempt_at),
            change.version.into(),
            change.kind.as_str().into(),
            change.key.as_str().into(),
            key_id.into(),
        ];
        let Some(row) = connection.row(&UPDATE, &values).await? else {
            return Ok(None);
        };
        store_keys::check(connection, keys, &row).await?;
        if let Some(fact) = &change.fact {
            insert_fact(connection, id, fact, change.now).await?;
        }
        if options.outbox {
            for event in &change.events {
                deliveries::insert_event(connection, keys, id, event, change.now).await?;
            }
        }
        for operation in &change.creates {
            insert(connection, options, operation).await?;
        }
        for other in &change.wakes {
            wake(connection, *other, change.now).await?;
        }
        read_operation(&row, keys).map(Some)
    }
}

pub(super) struct Hint {
    pub(super) kind: String,
    pub(super) key: String,
    pub(super) fact: Fact,
    pub(super) now: i64,
}

const FIND_AND_LOCK: Statement = locking!(
    "SELECT id FROM operations WHERE kind = $1 AND key = $2",
    "FOR UPDATE"
);
/// An operation that is claimed is due when its claim ends.
pub(crate) const HINT: Statement = Statement::same(
    "UPDATE operations SET is_hinted = 1, attempts = 0, \
     next_attempt_at = CASE WHEN leased_until > $2 THEN next_attempt_at ELSE $2 END WHERE id = $1",
);
const INSERT_FACT: Statement = Statement::same(
    "INSERT INTO inbox (operation_id, source, fact, received_at) VALUES ($1, $2, $3, $4) \
     ON CONFLICT DO NOTHING",
);

impl Operation for Hint {
    type Answer = bool;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        _options: &StoreOptions,
    ) -> Result<bool, StoreError> {
        let values = [self.kind.as_str().into(), self.key.as_str().into()];
        let Some(row) = connection.row(&FIND_AND_LOCK, &values).await? else {
            return Ok(false);
        };
        let id = read_id(&row)?;
        wake(connection, id, self.now).await?;
        insert_fact(connection, id, &self.fact, self.now).await?;
        Ok(true)
    }
}

async fn wake<C: Connection>(
    connection: &mut C,
    id: OperationId,
    now: i64,
) -> Result<(), StoreError> {
    let values = [id.get().into(), now.into()];
    connection.execute(&HINT, &values).await.map(drop)
}

async fn insert_fact<C: Connection>(
    connection: &mut C,
    id: OperationId,
    fact: &Fact,
    now: i64,
) -> Result<(), StoreError> {
    let values = [
        id.get().into(),
        fact.source.as_str().into(),
        fact.text.as_str().into(),
        now.into(),
    ];
    connection.execute(&INSERT_FACT, &values).await.map(drop)
}
