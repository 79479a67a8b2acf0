use crate::backend::Operation;
use crate::connection::{Connection, Row, Statement};
use crate::{StoreError, StoreOptions};

pub(super) struct Last;

const LAST: Statement = Statement::same("SELECT time FROM last_sweep WHERE id = 1");

impl Operation for Last {
    type Answer = Option<i64>;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        _options: &StoreOptions,
    ) -> Result<Option<i64>, StoreError> {
        let row = connection.row(&LAST, &[]).await?;
        row.map_or(Ok(None), |row| row.integer("time"))
    }
}

pub(super) struct Record {
    pub(super) time: i64,
}

const RECORD: Statement = Statement::same(
    "INSERT INTO last_sweep (id, time) VALUES (1, $1) \
     ON CONFLICT (id) DO UPDATE SET time = excluded.time",
);

impl Operation for Record {
    type Answer = ();

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        _options: &StoreOptions,
    ) -> Result<(), StoreError> {
        connection
            .execute(&RECORD, &[self.time.into()])
            .await
            .map(drop)
    }
}
