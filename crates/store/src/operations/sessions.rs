use crate::backend::Operation;
use crate::connection::{Connection, Row, Statement, locking};
use crate::session_row::read_session;
use crate::{Session, SessionId, StoreError, StoreOptions};

/// Selects sessions by a condition. The columns are named, because a prepared `SELECT *` fails in
/// Postgres after another process has added a column.
///
/// `is_sealed` tells whether unencrypted tokens are refused.
macro_rules! select {
    ($condition:literal) => {
        select!("", $condition)
    };
    ($also:literal, $condition:literal) => {
        concat!(
            "SELECT request_id, language, return_url, callback_token_digest, customer, \
             created_by, seed, result_token_digest, fingerprint, created_at, expires_at, pan_token, pan_token_key, \
             error_code, error_message, finished_at, errors_recorded, \
             (SELECT count(*) FROM store_keys WHERE sealed = 1) AS is_sealed",
            $also,
            " FROM sessions WHERE ",
            $condition
        )
    };
}

/// Selects sessions, and whether the current store key, which is `$2`, is recorded in `store_keys`.
macro_rules! select_with_key {
    ($condition:literal) => {
        select!(
            ", (SELECT count(*) FROM store_keys WHERE id = $2) AS key_is_recorded",
            $condition
        )
    };
}

pub(crate) const FIND: Statement = Statement::same(select!("request_id = $1"));
pub(crate) const FIND_BY_IDEMPOTENCY_KEY: Statement =
    Statement::same(select!("idempotency_key = $1"));
/// Locks the session, so that of two calls that record a result the second one reads what the first
/// one wrote.
pub(crate) const FIND_AND_LOCK: Statement =
    locking!(select_with_key!("request_id = $1"), "FOR UPDATE");
/// Locks many sessions in Postgres. Those that another transaction has locked are left out: all would wait for one.
pub(crate) const FIND_AND_LOCK_MANY: &str = concat!(
    select_with_key!("request_id = ANY ($1)"),
    " FOR UPDATE SKIP LOCKED"
);
const CHECK: Statement = Statement::same("UPDATE readiness SET writes = writes + 1");

pub(super) struct Get {
    pub(super) id: SessionId,
}

impl Operation for Get {
    type Answer = Option<Session>;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<Option<Session>, StoreError> {
        let row = connection.row(&FIND, &[self.id.get().into()]).await?;
        row.map(|row| read_session(&row, options.keys.as_ref()))
            .transpose()
    }
}

pub(super) const NEWEST: Statement =
    Statement::same("SELECT created_at FROM sessions ORDER BY request_id DESC LIMIT 1");
pub(super) const OLDEST: Statement =
    Statement::same("SELECT created_at FROM sessions ORDER BY request_id LIMIT 1");

/// When the session that a statement selects was created.
pub(super) struct CreatedAt(pub(super) &'static Statement);

impl Operation for CreatedAt {
    type Answer = Option<i64>;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        _options: &StoreOptions,
    ) -> Result<Option<i64>, StoreError> {
        let row = connection.row(self.0, &[]).await?;
        row.map_or(Ok(None), |row| row.integer("created_at"))
    }
}

/// Writes a row, because a full disk, a standby and a locked database can still be read.
pub(super) struct Check;

impl Operation for Check {
    type Answer = ();
    const NEEDS_TRANSACTION: bool = false;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        _options: &StoreOptions,
    ) -> Result<(), StoreError> {
        connection.execute(&CHECK, &[]).await.map(drop)
    }
}
