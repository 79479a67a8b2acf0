//! Reads rows of the table `operations`.

use pantoken_core::Secret;

use crate::connection::Row;
use crate::sealed_data::{Place, SealedData};
use crate::session_row::read_belief;
use crate::{Digest, OperationId, Progress, StoreError, StoreKeys, StoredOperation};

/// The columns that [`read_operation`] reads.
macro_rules! operation_columns {
    () => {
        "id, kind, key, parent_id, customer, created_by, fingerprint, state, data, data_key, \
         version, is_final, attention, created_at, changed_at, next_attempt_at, attempts, \
         leased_until, deadline_at, (SELECT count(*) FROM store_keys WHERE sealed = 1) AS is_sealed"
    };
}
pub(crate) use operation_columns;

macro_rules! select_operations {
    ($rest:expr) => {
        concat!(
            "SELECT ",
            $crate::operations::operation_row::operation_columns!(),
            " FROM operations ",
            $rest
        )
    };
}
pub(crate) use select_operations;

pub(super) fn read_operation(
    row: &impl Row,
    keys: Option<&StoreKeys>,
) -> Result<StoredOperation, StoreError> {
    let id = read_id(row)?;
    let corrupt = |column| StoreError::CorruptOperation {
        operation_id: id,
        column,
    };
    let integer = |column| row.integer(column)?.ok_or_else(|| corrupt(column));
    let optional = |column| Ok::<_, StoreError>(row.text(column)?.map(str::to_owned));
    let text = |column| optional(column)?.ok_or_else(|| corrupt(column));
    let (kind, key) = (text("kind")?, text("key")?);
    let data = read_data(row)?.open(keys, &Place::operation(&kind, &key), read_belief(row)?)?;
    let data = data
        .as_ref()
        .and_then(|data| std::str::from_utf8(data).ok());
    let progress = Progress {
        state: text("state")?,
        data: data.map(Secret::new).ok_or_else(|| corrupt("data"))?,
        is_final: integer("is_final")? == 1,
        attention: optional("attention")?,
        next_attempt_at: row.integer("next_attempt_at")?,
    };
    Ok(StoredOperation {
        id,
        kind,
        key,
        parent: row.integer("parent_id")?.map(OperationId::from_i64),
        customer: optional("customer")?,
        created_by: optional("created_by")?,
        progress,
        version: integer("version")?,
        created_at: integer("created_at")?,
        changed_at: integer("changed_at")?,
        attempts: integer("attempts")?,
        deadline_at: row.integer("deadline_at")?,
    })
}

pub(super) fn read_id(row: &impl Row) -> Result<OperationId, StoreError> {
    // The column is the primary key, so it is never NULL.
    Ok(OperationId::from_i64(
        row.integer("id")?.unwrap_or_default(),
    ))
}

pub(super) fn read_data(row: &impl Row) -> Result<SealedData, StoreError> {
    Ok(SealedData {
        bytes: row.bytes("data")?.unwrap_or_default().to_vec(),
        key: row.text("data_key")?.map(str::to_owned),
    })
}

pub(super) fn read_fingerprint(row: &impl Row) -> Result<Option<Digest>, StoreError> {
    Ok(row.bytes("fingerprint")?.and_then(Digest::from_stored))
}
