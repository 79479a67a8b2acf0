use crate::backend::Operation;
use crate::connection::{Connection, Statement};
use crate::{StoreError, StoreOptions};

pub(super) struct DeleteExpired {
    pub(super) time: i64,
    pub(super) limit: u32,
}

/// Selects sessions that expired before a time, and whose deliveries ended before it too. Otherwise, a
/// token would be deleted right after its delivery was given up. SQLite has to use the given index.
macro_rules! expired {
    ($index:literal) => {
        concat!(
            "SELECT request_id FROM sessions AS old WHERE expires_at < $1 AND NOT EXISTS \
             (SELECT 1 FROM deliveries ",
            $index,
            " WHERE deliveries.request_id = old.request_id \
             AND (state = 'pending' OR due_at >= $1)) ORDER BY expires_at LIMIT $2"
        )
    };
}

/// The foreign key deletes a session's deliveries with it.
pub(crate) const DELETE: Statement = Statement {
    sqlite: concat!(
        "DELETE FROM sessions WHERE request_id IN (",
        expired!("INDEXED BY deliveries_by_request"),
        ")"
    ),
    // An array, because Postgres may join a subquery to the whole table. Locked rows are skipped, so
    // that two replicas that delete at once do not wait for each other.
    postgres: concat!(
        "DELETE FROM sessions WHERE request_id = ANY (ARRAY(",
        expired!(""),
        " FOR UPDATE SKIP LOCKED))"
    ),
};

impl Operation for DeleteExpired {
    type Answer = u64;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        _options: &StoreOptions,
    ) -> Result<u64, StoreError> {
        let values = [self.time.into(), i64::from(self.limit).into()];
        connection.execute(&DELETE, &values).await
    }
}
