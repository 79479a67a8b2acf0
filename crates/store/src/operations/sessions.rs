use pantoken_a2c::RequestId;

use crate::backend::Operation;
use crate::connection::{Connection, Row, Statement, locking};
use crate::session_row::read_session;
use crate::{Session, StoreError, StoreOptions};

/// A session by a condition. With named columns, because Postgres fails a prepared `*` when a newer
/// process adds one.
macro_rules! select {
    ($condition:literal) => {
        select!("", $condition)
    };
    ($also:literal, $condition:literal) => {
        concat!(
            "SELECT request_id, language, return_url, callback_token_digest, customer, seed, \
             result_token_digest, fingerprint, created_at, expires_at, pan_token, pan_token_key, \
             error_code, error_message, finished_at, errors_recorded",
            $also,
            " FROM sessions WHERE ",
            $condition
        )
    };
}

pub(crate) const FIND: Statement = Statement::same(select!("request_id = $1"));
pub(crate) const FIND_BY_IDEMPOTENCY_KEY: Statement =
    Statement::same(select!("idempotency_key = $1"));
/// Who records a result waits here for whoever is recording one, and reads what they wrote; also
/// whether it was noted that panTokens may be sealed under the key of this id.
pub(crate) const FIND_AND_LOCK: Statement = locking!(
    select!(
        ", (SELECT count(*) FROM store_keys WHERE id = $2) AS key_is_noted",
        "request_id = $1"
    ),
    "FOR UPDATE"
);
const CHECK: Statement = Statement::same("UPDATE readiness SET writes = writes + 1");

pub(super) struct Get {
    pub(super) request_id: RequestId,
}

impl Operation for Get {
    type Answer = Option<Session>;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<Option<Session>, StoreError> {
        let row = connection
            .row(&FIND, &[self.request_id.get().into()])
            .await?;
        row.map(|row| read_session(&row, options.keys.as_ref()))
            .transpose()
    }
}

pub(crate) const YOUNGEST: Statement =
    Statement::same("SELECT created_at FROM sessions ORDER BY request_id DESC LIMIT 1");

pub(super) struct Youngest;

impl Operation for Youngest {
    type Answer = Option<i64>;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        _options: &StoreOptions,
    ) -> Result<Option<i64>, StoreError> {
        let row = connection.row(&YOUNGEST, &[]).await?;
        row.map_or(Ok(None), |row| row.integer("created_at"))
    }
}

/// Whether the database takes writes: a full disk, a standby and a lock are read as ever.
pub(super) struct Check;

impl Operation for Check {
    type Answer = ();

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        _options: &StoreOptions,
    ) -> Result<(), StoreError> {
        connection.execute(&CHECK, &[]).await.map(drop)
    }
}
