//! Runs statements in Postgres.

use sqlx::postgres::{PgArguments, PgConnection, PgRow, Postgres};
use sqlx::query::Query;

use crate::StoreError;
use crate::connection::{Connection, Row, Statement, Value};

impl Connection for PgConnection {
    type Row = PgRow;

    async fn execute(
        &mut self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> Result<u64, StoreError> {
        let query = query(statement, values);
        Ok(query.execute(self).await?.rows_affected())
    }

    async fn rows(
        &mut self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<PgRow>, StoreError> {
        Ok(query(statement, values).fetch_all(self).await?)
    }
}

fn query<'q>(statement: &Statement, values: &'q [Value<'q>]) -> Query<'q, Postgres, PgArguments> {
    let query = sqlx::query(statement.postgres);
    values.iter().fold(query, |query, value| match value {
        Value::Integer(value) => query.bind(*value),
        Value::Text(value) => query.bind(*value),
        Value::Bytes(value) => query.bind(*value),
    })
}

impl Row for PgRow {
    fn integer(&self, column: &'static str) -> Result<Option<i64>, StoreError> {
        Ok(sqlx::Row::try_get(self, column)?)
    }

    fn text(&self, column: &'static str) -> Result<Option<&str>, StoreError> {
        Ok(sqlx::Row::try_get(self, column)?)
    }

    fn bytes(&self, column: &'static str) -> Result<Option<&[u8]>, StoreError> {
        Ok(sqlx::Row::try_get(self, column)?)
    }
}
