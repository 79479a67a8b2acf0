use pantoken_protocol::RequestId;

use crate::backend::Operation;
use crate::connection::{Connection, Statement, locking};
use crate::session_row::read_session;
use crate::{Session, StoreError, StoreOptions};

/// A session by a condition. With named columns, because Postgres fails a prepared `*` when a newer
/// process adds one.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT request_id, language, return_url, callback_token_digest, customer, seed, \
             result_token_digest, fingerprint, created_at, expires_at, pan_token, pan_token_key, \
             error_code, error_message, finished_at FROM sessions WHERE ",
            $condition
        )
    };
}

pub(crate) const FIND: Statement = Statement::same(select!("request_id = $1"));
pub(crate) const FIND_BY_IDEMPOTENCY_KEY: Statement =
    Statement::same(select!("idempotency_key = $1"));
/// Who records a result waits here for whoever is recording one, and reads what they wrote.
pub(crate) const FIND_AND_LOCK: Statement = locking!(select!("request_id = $1"), "FOR UPDATE");
const CHECK: Statement =
    Statement::same("SELECT count(*) FROM (SELECT 1 FROM sessions LIMIT 1) AS one");

pub(super) async fn find<C: Connection>(
    connection: &mut C,
    statement: &Statement,
    request_id: RequestId,
    options: &StoreOptions,
) -> Result<Option<Session>, StoreError> {
    let row = connection
        .row(statement, &[request_id.get().into()])
        .await?;
    row.map(|row| read_session(&row, options.keys.as_ref()))
        .transpose()
}

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
        find(connection, &FIND, self.request_id, options).await
    }
}

/// Whether the tables can be read.
pub(super) struct Check;

impl Operation for Check {
    type Answer = ();

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        _options: &StoreOptions,
    ) -> Result<(), StoreError> {
        connection.row(&CHECK, &[]).await.map(drop)
    }
}
