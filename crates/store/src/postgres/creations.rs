//! Creates the sessions of concurrent calls with one statement, so that Postgres commits them together and they wait
//! for the disk once.

use std::collections::HashSet;
use std::fmt;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::postgres::{PgArguments, PgConnection, Postgres};
use sqlx::query::QueryScalar;
use tokio::sync::oneshot;

use crate::StoreError;
use crate::connection::Value;
use crate::new_session::NewSession;
use crate::operations::create::insert;
use crate::postgres::connections::{Connections, Lease};

/// One array for each column, with a value for each session. Returns the ids of the sessions that were inserted.
const INSERT: &str = concat!(
    insert!(
        "SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::bytea[], \
         $7::bytea[], $8::bytea[], $9::bytea[], $10::bigint[], $11::bigint[], $12::text[])"
    ),
    " RETURNING request_id"
);

/// The sessions that wait for the next statement. The call that has the turn sends it for all of them. Calls that come
/// meanwhile wait for the one after it.
#[derive(Default)]
pub(super) struct Creations {
    waiting: Mutex<Vec<Waiting>>,
    turn: tokio::sync::Mutex<()>,
}

struct Waiting {
    new: Arc<NewSession>,
    /// Whether the session was created.
    reply: oneshot::Sender<Result<bool, StoreError>>,
}

impl Creations {
    /// Creates a session together with those of concurrent calls. Returns `false` if nothing was written: the id or
    /// the key is in use, or Postgres has refused the statement, perhaps because of another session.
    pub(super) async fn join(
        &self,
        connections: &Connections,
        new: &Arc<NewSession>,
    ) -> Result<bool, StoreError> {
        let (reply, mut created) = oneshot::channel();
        let new = new.clone();
        self.waiting().push(Waiting { new, reply });
        // If the call that has the turn is dropped, so are its replies, and nobody knows what was written.
        let lost = |_| StoreError::from(sqlx::Error::WorkerCrashed);
        tokio::select! {
            biased;
            created = &mut created => return created.map_err(lost)?,
            _turn = self.turn.lock() => self.create_waiting(connections).await,
        }
        created.await.map_err(lost)?
    }

    async fn create_waiting(&self, connections: &Connections) {
        let lease = connections.take().await;
        let waiting = self.take_waiting();
        let created = match lease {
            Ok(lease) if !waiting.is_empty() => create_together(lease, &waiting).await,
            Ok(lease) => return lease.keep(),
            Err(error) => Err(error),
        };
        for Waiting { new, reply } in waiting {
            let created = created.as_ref().map_err(Clone::clone);
            // The call may have ended.
            let _ = reply.send(created.map(|created| created.contains(&new.id().get())));
        }
    }

    /// Takes what waits, in the order in which two servers would wait for each other's keys.
    fn take_waiting(&self) -> Vec<Waiting> {
        let mut waiting = mem::take(&mut *self.waiting());
        // A call that ended meanwhile wants nothing any more.
        waiting.retain(|waiting| !waiting.reply.is_closed());
        waiting.sort_by(|one, other| one.new.key().cmp(&other.new.key()));
        // The statement returns ids, so it must not have one twice. The second finds out alone that it is in use.
        let mut ids = HashSet::new();
        let (waiting, repeated): (Vec<_>, Vec<_>) = waiting
            .into_iter()
            .partition(|one| ids.insert(one.new.id().get()));
        for Waiting { reply, .. } in repeated {
            let _ = reply.send(Ok(false));
        }
        waiting
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Creations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Creations").finish_non_exhaustive()
    }
}

/// Returns the ids of the sessions that were created: none if nothing was written.
async fn create_together(
    mut lease: Lease<'_>,
    waiting: &[Waiting],
) -> Result<HashSet<i64>, StoreError> {
    let rows: Vec<_> = waiting.iter().map(|one| one.new.values()).collect();
    match insert_rows(lease.connection()?, &rows).await {
        Ok(created) => {
            lease.keep();
            Ok(created.into_iter().collect())
        }
        Err(error) => {
            let is_refused = matches!(error, sqlx::Error::Database(_));
            let error = StoreError::from(error);
            let is_unsent = lease.is_warm && error.is_of_unsent_statement();
            if is_unsent || is_refused && !error.is_of_closed_connection() {
                return Ok(HashSet::new());
            }
            Err(error)
        }
    }
}

async fn insert_rows<const COLUMNS: usize>(
    connection: &mut PgConnection,
    rows: &[[Value<'_>; COLUMNS]],
) -> Result<Vec<i64>, sqlx::Error> {
    let mut query = sqlx::query_scalar(INSERT);
    for column in 0..COLUMNS {
        let values: Vec<_> = rows.iter().filter_map(|row| row.get(column)).collect();
        query = bind_array(query, &values);
    }
    query.fetch_all(connection).await
}

type Query<'a> = QueryScalar<'a, Postgres, i64, PgArguments>;

/// Binds the values of a column, which are of one kind.
fn bind_array<'a>(query: Query<'a>, values: &[&Value<'a>]) -> Query<'a> {
    match values.first() {
        Some(Value::Integer(_)) => query.bind(array(values, |value| match value {
            Value::Integer(integer) => *integer,
            _ => None,
        })),
        Some(Value::Text(_)) => query.bind(array(values, |value| match value {
            Value::Text(text) => *text,
            _ => None,
        })),
        Some(Value::Bytes(_)) => query.bind(array(values, |value| match value {
            Value::Bytes(bytes) => *bytes,
            _ => None,
        })),
        None => query,
    }
}

fn array<'a, T>(values: &[&Value<'a>], read: fn(&Value<'a>) -> Option<T>) -> Vec<Option<T>> {
    values.iter().map(|value| read(value)).collect()
}
