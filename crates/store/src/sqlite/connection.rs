//! Runs statements in SQLite, on the thread that calls them.

use std::sync::Arc;

use futures_util::FutureExt as _;
use rusqlite::types::{Type, Value as Stored, ValueRef};
use rusqlite::{CachedStatement, Error};

use crate::StoreError;
use crate::connection::{Connection, Row, Statement, Value};

/// Returns what a future of statements in SQLite gives. It is done when it is first polled, because nothing in it waits
/// for another task.
pub(super) fn run<T>(
    statements: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let waits = || StoreError::unavailable("a call to SQLite waits for something else");
    statements.now_or_never().ok_or_else(waits)?
}

impl Connection for rusqlite::Connection {
    type Row = SqliteRow;

    async fn execute(
        &mut self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> Result<u64, StoreError> {
        let rows = prepare(self, statement, values)?.raw_execute()?;
        Ok(u64::try_from(rows).unwrap_or(u64::MAX))
    }

    async fn rows(
        &mut self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<SqliteRow>, StoreError> {
        let mut prepared = prepare(self, statement, values)?;
        let columns = prepared.column_names();
        let columns: Arc<[String]> = columns.into_iter().map(String::from).collect();
        let mut rows = prepared.raw_query();
        let mut copies = Vec::new();
        while let Some(row) = rows.next()? {
            let values = (0..columns.len()).map(|index| row.get_ref(index).map(copy));
            copies.push(SqliteRow {
                columns: columns.clone(),
                values: values.collect::<Result<_, _>>()?,
            });
        }
        Ok(copies)
    }
}

/// Binds the values by the numbers of their parameters. SQLite itself numbers `$2` by where it first appears.
fn prepare<'c>(
    connection: &'c rusqlite::Connection,
    statement: &Statement,
    values: &[Value<'_>],
) -> Result<CachedStatement<'c>, Error> {
    let mut prepared = connection.prepare_cached(statement.sqlite)?;
    for index in 1..=prepared.parameter_count() {
        let name = prepared.parameter_name(index).unwrap_or_default();
        let number = name.strip_prefix('$').and_then(|it| it.parse().ok());
        let value = number.and_then(|number: usize| values.get(number.checked_sub(1)?));
        match value {
            Some(Value::Integer(value)) => prepared.raw_bind_parameter(index, value)?,
            Some(Value::Text(value)) => prepared.raw_bind_parameter(index, value)?,
            Some(Value::Bytes(value)) => prepared.raw_bind_parameter(index, value)?,
            None => return Err(Error::InvalidParameterName(name.to_owned())),
        }
    }
    Ok(prepared)
}

/// Text that is not UTF-8 is kept as bytes, so that it is an error only if it is asked for.
fn copy(value: ValueRef<'_>) -> Stored {
    match value {
        ValueRef::Null => Stored::Null,
        ValueRef::Integer(value) => Stored::Integer(value),
        ValueRef::Real(value) => Stored::Real(value),
        ValueRef::Text(text) => String::from_utf8(text.to_vec())
            .map_or_else(|error| Stored::Blob(error.into_bytes()), Stored::Text),
        ValueRef::Blob(bytes) => Stored::Blob(bytes.to_vec()),
    }
}

/// A copy of a row.
pub(crate) struct SqliteRow {
    columns: Arc<[String]>,
    values: Vec<Stored>,
}

impl SqliteRow {
    fn find(&self, column: &'static str) -> Result<(usize, &Stored), Error> {
        let index = self.columns.iter().position(|name| name == column);
        index
            .and_then(|index| Some((index, self.values.get(index)?)))
            .ok_or_else(|| Error::InvalidColumnName(column.to_owned()))
    }
}

impl Row for SqliteRow {
    fn integer(&self, column: &'static str) -> Result<Option<i64>, StoreError> {
        match self.find(column)? {
            (_, Stored::Null) => Ok(None),
            (_, Stored::Integer(value)) => Ok(Some(*value)),
            (index, other) => Err(unexpected(index, column, other)),
        }
    }

    fn text(&self, column: &'static str) -> Result<Option<&str>, StoreError> {
        match self.find(column)? {
            (_, Stored::Null) => Ok(None),
            (_, Stored::Text(value)) => Ok(Some(value)),
            (index, other) => Err(unexpected(index, column, other)),
        }
    }

    fn bytes(&self, column: &'static str) -> Result<Option<&[u8]>, StoreError> {
        match self.find(column)? {
            (_, Stored::Null) => Ok(None),
            (_, Stored::Blob(value)) => Ok(Some(value)),
            (_, Stored::Text(value)) => Ok(Some(value.as_bytes())),
            (index, other) => Err(unexpected(index, column, other)),
        }
    }
}

fn unexpected(index: usize, column: &str, value: &Stored) -> StoreError {
    let kind: Type = value.data_type();
    Error::InvalidColumnType(index, column.to_owned(), kind).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(sql: &'static str, values: &[Value<'_>]) -> Result<SqliteRow, StoreError> {
        let mut connection = rusqlite::Connection::open_in_memory().unwrap();
        let row = run(connection.row(&Statement::same(sql), values))?;
        Ok(row.unwrap())
    }

    #[test]
    fn values_are_bound_by_number() {
        let values = ["first".into(), 2.into(), [3].as_slice().into()];
        let row = row("SELECT $3 AS c, $2 AS b, $1 AS a, $2 AS d", &values).unwrap();
        assert_eq!(row.text("a").unwrap(), Some("first"));
        assert_eq!(row.integer("b").unwrap(), Some(2));
        assert_eq!(row.bytes("c").unwrap(), Some([3].as_slice()));
        assert_eq!(row.integer("d").unwrap(), Some(2));
    }

    #[test]
    fn a_parameter_without_a_value_is_an_error() {
        for sql in ["SELECT $2", "SELECT $0", "SELECT ?1", "SELECT :name"] {
            let answer = row(sql, &[1.into()]).map(drop);
            assert!(
                matches!(answer, Err(StoreError::Unavailable(_))),
                "{sql}: {answer:?}"
            );
        }
    }

    #[test]
    fn a_value_of_another_type_is_an_error_only_if_it_is_read() {
        let row = row("SELECT CAST(x'ff' AS TEXT) AS a, 1.5 AS b, NULL AS c", &[]).unwrap();
        assert!(row.text("a").is_err());
        assert_eq!(row.bytes("a").unwrap(), Some([0xff].as_slice()));
        assert!(row.integer("b").is_err() && row.bytes("b").is_err());
        assert_eq!(row.text("c").unwrap(), None);
        assert!(row.text("d").is_err());
    }

    #[test]
    fn a_call_that_waits_for_a_task_is_an_error() {
        let waits = std::future::pending::<Result<(), _>>();
        assert!(matches!(run(waits), Err(StoreError::Unavailable(_))));
    }
}
