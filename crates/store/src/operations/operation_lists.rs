use crate::backend::Operation;
use crate::connection::{Connection, Row, Statement};
use crate::operations::operation_row::{read_operation, select_operations};
use crate::{
    Fact, InboxEntry, OperationFilter, OperationId, StoreError, StoreOptions, StoredOperation,
};

pub(super) struct Find {
    pub(super) kind: String,
    pub(super) key: String,
}

pub(crate) const FIND: Statement =
    Statement::same(select_operations!("WHERE kind = $1 AND key = $2"));

impl Operation for Find {
    type Answer = Option<StoredOperation>;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<Option<StoredOperation>, StoreError> {
        let values = [self.kind.as_str().into(), self.key.as_str().into()];
        let row = connection.row(&FIND, &values).await?;
        row.map(|row| read_operation(&row, options.keys.as_ref()))
            .transpose()
    }
}

pub(super) struct Get {
    pub(super) id: OperationId,
}

pub(crate) const GET: Statement = Statement::same(select_operations!("WHERE id = $1"));

impl Operation for Get {
    type Answer = Option<StoredOperation>;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<Option<StoredOperation>, StoreError> {
        let row = connection.row(&GET, &[self.id.get().into()]).await?;
        row.map(|row| read_operation(&row, options.keys.as_ref()))
            .transpose()
    }
}

pub(super) struct List {
    pub(super) filter: OperationFilter,
}

macro_rules! list {
    ($condition:literal) => {
        select_operations!(concat!(
            "WHERE id < $1 AND ($2 = '' OR kind = $2) AND ($3 = '' OR state = $3) \
             AND ($4 = 0 OR attention IS NOT NULL)",
            $condition,
            " ORDER BY id DESC LIMIT $5"
        ))
    };
}

pub(crate) const LIST: Statement = Statement::same(list!(""));
pub(crate) const LIST_OF_CUSTOMER: Statement = Statement::same(list!(" AND customer = $6"));
pub(crate) const LIST_OF_PARENT: Statement = Statement::same(list!(" AND parent_id = $6"));

impl Operation for List {
    type Answer = Vec<StoredOperation>;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<Vec<StoredOperation>, StoreError> {
        let filter = &self.filter;
        let mut values = vec![
            filter.before.map_or(i64::MAX, OperationId::get).into(),
            filter.kind.as_deref().unwrap_or_default().into(),
            filter.state.as_deref().unwrap_or_default().into(),
            i64::from(filter.needs_attention).into(),
            i64::from(filter.limit).into(),
        ];
        let statement = match (&filter.parent, filter.customer.as_deref()) {
            (Some(parent), _) => {
                values.push(parent.get().into());
                &LIST_OF_PARENT
            }
            (None, Some(customer)) => {
                values.push(customer.into());
                &LIST_OF_CUSTOMER
            }
            (None, None) => &LIST,
        };
        let rows = connection.rows(statement, &values).await?;
        let keys = options.keys.as_ref();
        rows.iter().map(|row| read_operation(row, keys)).collect()
    }
}

pub(super) struct AwaitedParts {
    pub(super) kind: String,
    /// The end of their keys.
    pub(super) end: String,
    pub(super) limit: u32,
}

/// Walks through what is awaited, and not through every operation of the kind: those are many more.
macro_rules! awaited_parts {
    ($end_of_key:literal) => {
        select_operations!(concat!(
            "WHERE next_attempt_at > 0 AND kind || '' = $1 AND ",
            $end_of_key,
            " = $2 ORDER BY next_attempt_at, id LIMIT $3"
        ))
    };
}

pub(crate) const AWAITED_PARTS: Statement = Statement {
    sqlite: awaited_parts!("substr(key, -length($2))"),
    postgres: awaited_parts!("right(key, length($2))"),
};

impl Operation for AwaitedParts {
    type Answer = Vec<StoredOperation>;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<Vec<StoredOperation>, StoreError> {
        let values = [
            self.kind.as_str().into(),
            self.end.as_str().into(),
            i64::from(self.limit).into(),
        ];
        let rows = connection.rows(&AWAITED_PARTS, &values).await?;
        let keys = options.keys.as_ref();
        rows.iter().map(|row| read_operation(row, keys)).collect()
    }
}

pub(super) struct Inbox {
    pub(super) id: OperationId,
}

const INBOX: Statement = Statement::same(
    "SELECT source, fact, received_at FROM inbox WHERE operation_id = $1 \
     ORDER BY received_at, source, fact",
);

impl Operation for Inbox {
    type Answer = Vec<InboxEntry>;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        _options: &StoreOptions,
    ) -> Result<Vec<InboxEntry>, StoreError> {
        let rows = connection.rows(&INBOX, &[self.id.get().into()]).await?;
        rows.iter().map(read_entry).collect()
    }
}

fn read_entry(row: &impl Row) -> Result<InboxEntry, StoreError> {
    let text = |column| Ok::<_, StoreError>(row.text(column)?.unwrap_or_default().to_owned());
    Ok(InboxEntry {
        fact: Fact {
            source: text("source")?,
            text: text("fact")?,
        },
        received_at: row.integer("received_at")?.unwrap_or_default(),
    })
}

pub(super) struct DeleteFinished {
    pub(super) time: i64,
    pub(super) limit: u32,
}

/// Selects final operations that changed before a time, that nobody will ask about, that have no parts, and
/// whose deliveries ended before it too. SQLite has to use the given index. Without the offsets, which change nothing,
/// Postgres joins the tables whole; with them it asks row by row, and stops at the limit.
macro_rules! finished {
    ($index:literal) => {
        concat!(
            "SELECT id FROM operations AS old WHERE is_final = 1 AND changed_at < $1 \
             AND next_attempt_at IS NULL \
             AND NOT EXISTS (SELECT 1 FROM operations AS part WHERE part.parent_id = old.id \
             LIMIT 1 OFFSET 0) \
             AND NOT EXISTS (SELECT 1 FROM deliveries ",
            $index,
            " WHERE deliveries.operation_id = old.id \
             AND (deliveries.state = 'pending' OR due_at >= $1) LIMIT 1 OFFSET 0) \
             ORDER BY changed_at LIMIT $2"
        )
    };
}

/// The foreign keys delete an operation's inbox and deliveries with it.
pub(crate) const DELETE: Statement = Statement {
    sqlite: concat!(
        "DELETE FROM operations WHERE id IN (",
        finished!("INDEXED BY deliveries_by_event"),
        ")"
    ),
    postgres: concat!(
        "DELETE FROM operations WHERE id = ANY (ARRAY(",
        finished!(""),
        " FOR UPDATE SKIP LOCKED))"
    ),
};

impl Operation for DeleteFinished {
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
