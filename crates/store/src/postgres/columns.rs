//! Rows as parameters of one statement: an array for each column.

use sqlx::Arguments as _;
use sqlx::error::BoxDynError;
use sqlx::postgres::PgArguments;

use crate::connection::Value;

/// Returns an array for each column, with a value for each row. The values of a column are of one kind.
pub(super) fn columns<const COLUMNS: usize>(
    rows: &[[Value<'_>; COLUMNS]],
) -> Result<PgArguments, sqlx::Error> {
    let mut arguments = PgArguments::default();
    for column in 0..COLUMNS {
        let values: Vec<_> = rows.iter().filter_map(|row| row.get(column)).collect();
        add_array(&mut arguments, &values).map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

fn add_array(arguments: &mut PgArguments, values: &[&Value<'_>]) -> Result<(), BoxDynError> {
    match values.first() {
        Some(Value::Integer(_)) => arguments.add(array(values, |value| match value {
            Value::Integer(integer) => *integer,
            _ => None,
        })),
        Some(Value::Text(_)) => arguments.add(array(values, |value| match value {
            Value::Text(text) => *text,
            _ => None,
        })),
        Some(Value::Bytes(_)) => arguments.add(array(values, |value| match value {
            Value::Bytes(bytes) => *bytes,
            _ => None,
        })),
        None => Ok(()),
    }
}

fn array<'a, T>(values: &[&Value<'a>], read: fn(&Value<'a>) -> Option<T>) -> Vec<Option<T>> {
    values.iter().map(|value| read(value)).collect()
}
