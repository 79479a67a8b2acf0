//! Creates the sessions of concurrent calls with one statement.

use std::collections::HashSet;
use std::sync::Arc;

use sqlx::postgres::PgConnection;

use crate::new_session::NewSession;
use crate::operations::create::insert;
use crate::postgres::batch::Batched;
use crate::postgres::columns::columns;
use crate::{CreateOutcome, SessionId, StoreError, StoreOptions};

/// Returns the ids of the sessions that were inserted.
const INSERT: &str = concat!(
    insert!(
        "SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::bytea[], \
         $7::bytea[], $8::bytea[], $9::bytea[], $10::bigint[], $11::bigint[], $12::text[])"
    ),
    " RETURNING request_id"
);

impl Batched for NewSession {
    type Answer = CreateOutcome;

    fn id(&self) -> SessionId {
        self.data.id
    }

    /// A session that was not inserted finds out alone why: its id or its key is in use.
    async fn send_together(
        connection: &mut PgConnection,
        calls: &[Arc<Self>],
        _options: &StoreOptions,
    ) -> Result<Vec<Option<CreateOutcome>>, StoreError> {
        // Two servers that inserted the same idempotency keys in different orders would deadlock.
        let mut ordered: Vec<_> = calls.iter().collect();
        ordered.sort_by_key(|new| new.key());
        let rows: Vec<_> = ordered.into_iter().map(|new| new.values()).collect();
        let created = sqlx::query_scalar_with(INSERT, columns(&rows)?);
        let created: Vec<i64> = created.fetch_all(connection).await?;
        let created: HashSet<_> = created.into_iter().collect();
        let outcome = |new: &Arc<Self>| created.contains(&new.data.id.get()).then(|| new.created());
        Ok(calls.iter().map(outcome).collect())
    }
}
