use crate::backend::Operation;
use crate::connection::{Connection, Statement, locking};
use crate::operations::operation_row::{read_id, read_operation, select_operations};
use crate::{OperationId, StoreError, StoreOptions, StoredOperation};

pub(super) struct ClaimOne {
    pub(super) id: OperationId,
    pub(super) now: i64,
    pub(super) leased_until: i64,
}

pub(crate) const FREE: Statement = locking!(
    select_operations!("WHERE id = $1 AND (leased_until IS NULL OR leased_until <= $2)"),
    "FOR UPDATE OF operations"
);
pub(crate) const DUE: Statement = locking!(
    select_operations!("WHERE next_attempt_at <= $1 ORDER BY next_attempt_at, id LIMIT $2"),
    "FOR UPDATE OF operations SKIP LOCKED"
);
/// The version changes, so that an earlier holder of the claim can no longer change anything.
pub(crate) const CLAIM: Statement = Statement::same(
    "UPDATE operations SET version = version + 1, attempts = attempts + 1, next_attempt_at = $2, \
     leased_until = $2, is_hinted = 0 WHERE id = $1",
);

impl Operation for ClaimOne {
    type Answer = Option<StoredOperation>;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<Option<StoredOperation>, StoreError> {
        let values = [self.id.get().into(), self.now.into()];
        match connection.row(&FREE, &values).await? {
            Some(row) => {
                let operation = read_operation(&row, options.keys.as_ref())?;
                let claimed = claim(connection, operation, self.leased_until).await?;
                Ok(Some(claimed))
            }
            None => Ok(None),
        }
    }
}

pub(super) struct ClaimDue {
    pub(super) now: i64,
    pub(super) leased_until: i64,
    pub(super) limit: u32,
}

impl Operation for ClaimDue {
    type Answer = Vec<Result<StoredOperation, StoreError>>;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<Self::Answer, StoreError> {
        let values = [self.now.into(), i64::from(self.limit).into()];
        let rows = connection.rows(&DUE, &values).await?;
        let mut claimed = Vec::with_capacity(rows.len());
        for row in &rows {
            claimed.push(match read_operation(row, options.keys.as_ref()) {
                Ok(operation) => Ok(claim(connection, operation, self.leased_until).await?),
                Err(error) => {
                    // It is due again when its lease ends, and the others are not held up.
                    let values = [read_id(row)?.get().into(), self.leased_until.into()];
                    connection.execute(&CLAIM, &values).await?;
                    Err(error)
                }
            });
        }
        Ok(claimed)
    }
}

async fn claim<C: Connection>(
    connection: &mut C,
    mut operation: StoredOperation,
    leased_until: i64,
) -> Result<StoredOperation, StoreError> {
    let values = [operation.id.get().into(), leased_until.into()];
    connection.execute(&CLAIM, &values).await?;
    operation.version += 1;
    operation.attempts += 1;
    operation.progress.next_attempt_at = Some(leased_until);
    Ok(operation)
}

pub(super) struct Renew {
    pub(super) id: OperationId,
    pub(super) version: i64,
    pub(super) leased_until: i64,
}

pub(crate) const RENEW: Statement = Statement::same(
    "UPDATE operations SET next_attempt_at = $3, leased_until = $3 \
     WHERE id = $1 AND version = $2 AND leased_until IS NOT NULL",
);

impl Operation for Renew {
    type Answer = bool;
    const NEEDS_TRANSACTION: bool = false;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        _options: &StoreOptions,
    ) -> Result<bool, StoreError> {
        let values = [
            self.id.get().into(),
            self.version.into(),
            self.leased_until.into(),
        ];
        Ok(connection.execute(&RENEW, &values).await? == 1)
    }
}
