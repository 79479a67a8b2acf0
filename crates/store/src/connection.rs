//! The interface to a database connection, which lets every operation be written once.

use std::future::Future;

use crate::StoreError;

/// An SQL statement with parameters `$1`, `$2`, …, in the dialect of each database.
pub(crate) struct Statement {
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

impl Statement {
    /// Creates a statement that is the same in both dialects.
    pub(crate) const fn same(sql: &'static str) -> Self {
        Self {
            sqlite: sql,
            postgres: sql,
        }
    }
}

/// Creates a statement that ends with a locking clause in Postgres. SQLite has only one writer.
macro_rules! locking {
    ($sql:expr, $lock:literal) => {
        $crate::connection::Statement {
            sqlite: $sql,
            postgres: concat!($sql, " ", $lock),
        }
    };
}
pub(crate) use locking;

/// The value of a parameter.
pub(crate) enum Value<'a> {
    Integer(Option<i64>),
    Text(Option<&'a str>),
    Bytes(Option<&'a [u8]>),
}

macro_rules! value_from {
    ($($type:ty => $variant:ident),* $(,)?) => {$(
        impl<'a> From<$type> for Value<'a> {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}
value_from! {
    i64 => Integer,
    &'a str => Text,
    Option<&'a str> => Text,
    &'a [u8] => Bytes,
    Option<&'a [u8]> => Bytes,
}

pub(crate) trait Connection: Send {
    type Row: Row + Send + Sync;

    /// Runs a statement. Returns the number of rows that it wrote.
    fn execute(
        &mut self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Runs a statement. Returns its rows.
    fn rows(
        &mut self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<Vec<Self::Row>, StoreError>> + Send;

    /// Runs a statement that returns at most one row.
    fn row(
        &mut self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<Option<Self::Row>, StoreError>> + Send {
        async { Ok(self.rows(statement, values).await?.pop()) }
    }
}

pub(crate) trait Row {
    fn integer(&self, column: &'static str) -> Result<Option<i64>, StoreError>;
    fn text(&self, column: &'static str) -> Result<Option<&str>, StoreError>;
    fn bytes(&self, column: &'static str) -> Result<Option<&[u8]>, StoreError>;
}
