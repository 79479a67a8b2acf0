//! Records the results of concurrent calls in one transaction.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::Executor;
use sqlx::postgres::{PgConnection, PgRow};

use crate::connection::Value;
use crate::operations::deliveries::{insert_deliveries, replace_deliveries, retire_deliveries};
use crate::operations::sessions::FIND_AND_LOCK_MANY;
use crate::operations::store_keys;
use crate::postgres::batch::Batched;
use crate::postgres::columns::columns;
use crate::recording::{Recorded, Recording, Verdict};
use crate::session_row::{error_columns, read_session_id};
use crate::{RecordOutcome, SessionId, SessionResult, StoreError, StoreKeys, StoreOptions};

/// A plan that was made while the table was small, and is kept, would read the whole table when it has grown.
const BEGIN: &str = "BEGIN; SET LOCAL plan_cache_mode = force_custom_plan";
pub(crate) const UPDATE: &str = "UPDATE sessions SET pan_token = result.pan_token, pan_token_key = result.pan_token_key, \
     error_code = result.error_code, error_message = result.error_message, finished_at = result.finished_at, \
     errors_recorded = result.errors_recorded FROM unnest($1::bigint[], $2::bytea[], $3::text[], $4::text[], \
     $5::text[], $6::bigint[], $7::bigint[]) AS result (id, pan_token, pan_token_key, error_code, \
     error_message, finished_at, errors_recorded) WHERE request_id = result.id";
pub(crate) const REPLACE_DELIVERIES: &str = replace_deliveries!("= ANY ($1::bigint[])");
pub(crate) const RETIRE_DELIVERIES: &str = retire_deliveries!(
    "USING unnest($1::bigint[], $2::bigint[]) AS result (id, now) ",
    "= result.id",
    "result.now"
);
const INSERT_DELIVERIES: &str = insert_deliveries!(
    "SELECT id, code, message, now, 'pending', now, 0 FROM unnest($1::bigint[], $2::text[], $3::text[], \
     $4::bigint[]) AS result (id, code, message, now)"
);

impl Batched for Recording {
    type Answer = RecordOutcome;

    fn id(&self) -> SessionId {
        self.id
    }

    async fn send_together(
        connection: &mut PgConnection,
        calls: &[Arc<Self>],
        options: &StoreOptions,
    ) -> Result<Vec<Option<RecordOutcome>>, StoreError> {
        connection.execute(BEGIN).await?;
        let recorded = record(connection, calls, options).await;
        let end = match &recorded {
            Ok(_) => "COMMIT",
            Err(_) => "ROLLBACK",
        };
        connection.execute(end).await?;
        recorded
    }
}

async fn record(
    connection: &mut PgConnection,
    calls: &[Arc<Recording>],
    options: &StoreOptions,
) -> Result<Vec<Option<RecordOutcome>>, StoreError> {
    let keys = options.keys.as_ref();
    let rows = find_and_lock(connection, calls, keys).await?;
    let mut verdicts = Vec::with_capacity(calls.len());
    for call in calls {
        let verdict = match rows.get(&call.id) {
            Some(row) => decide(connection, call, row, keys).await?,
            None => None,
        };
        verdicts.push(verdict);
    }
    let of_call = calls.iter().zip(&verdicts);
    let recorded: Vec<_> = of_call
        .filter_map(|(call, verdict)| match verdict {
            Some(Verdict::Record(recorded)) => Some((call.as_ref(), recorded)),
            _ => None,
        })
        .collect();
    if !recorded.is_empty() {
        write(connection, &recorded, options).await?;
    }
    let outcome = |verdict: Option<Verdict>| verdict.map(Verdict::outcome);
    Ok(verdicts.into_iter().map(outcome).collect())
}

async fn find_and_lock(
    connection: &mut PgConnection,
    calls: &[Arc<Recording>],
    keys: Option<&StoreKeys>,
) -> Result<HashMap<SessionId, PgRow>, StoreError> {
    let ids: Vec<i64> = calls.iter().map(|call| call.id.get()).collect();
    let key_id = keys.map(|keys| keys.current().id());
    let rows = sqlx::query(FIND_AND_LOCK_MANY).bind(ids).bind(key_id);
    let rows = rows.fetch_all(connection).await?;
    rows.into_iter()
        .map(|row| Ok((read_session_id(&row)?, row)))
        .collect()
}

/// Returns `None` for a call that fails alone, such as one for a session that cannot be read.
async fn decide(
    connection: &mut PgConnection,
    call: &Recording,
    row: &PgRow,
    keys: Option<&StoreKeys>,
) -> Result<Option<Verdict>, StoreError> {
    let Ok(verdict) = call.decide(row, keys) else {
        return Ok(None);
    };
    if matches!(&verdict, Verdict::Record(recorded) if recorded.has_token()) {
        store_keys::check(connection, keys, row).await?;
    }
    Ok(Some(verdict))
}

async fn write(
    connection: &mut PgConnection,
    recorded: &[(&Recording, &Recorded)],
    options: &StoreOptions,
) -> Result<(), StoreError> {
    let rows: Vec<_> = recorded
        .iter()
        .map(|(call, recorded)| call.values(recorded))
        .collect();
    execute(connection, UPDATE, &rows).await?;
    if options.outbox {
        let calls: Vec<_> = recorded.iter().map(|(call, _)| *call).collect();
        deliver(connection, &calls).await?;
    }
    Ok(())
}

/// Adds the results to the outbox, as `deliveries::insert` does for one.
async fn deliver(connection: &mut PgConnection, calls: &[&Recording]) -> Result<(), StoreError> {
    let (tokens, errors): (Vec<&Recording>, Vec<&Recording>) = calls
        .iter()
        .partition(|call| matches!(call.result, SessionResult::Saved { .. }));
    let replaced: Vec<_> = errors.iter().map(|call| [call.id.get().into()]).collect();
    execute(connection, REPLACE_DELIVERIES, &replaced).await?;
    let retired: Vec<_> = tokens
        .iter()
        .map(|call| [call.id.get().into(), call.now.into()])
        .collect();
    execute(connection, RETIRE_DELIVERIES, &retired).await?;
    let inserted: Vec<[Value<'_>; 4]> = calls
        .iter()
        .map(|call| {
            let [code, message] = error_columns(&call.result);
            [call.id.get().into(), code, message, call.now.into()]
        })
        .collect();
    execute(connection, INSERT_DELIVERIES, &inserted).await
}

/// Runs a statement for these rows, if there are any.
async fn execute<const COLUMNS: usize>(
    connection: &mut PgConnection,
    statement: &'static str,
    rows: &[[Value<'_>; COLUMNS]],
) -> Result<(), StoreError> {
    if !rows.is_empty() {
        let query = sqlx::query_with(statement, columns(rows)?);
        query.execute(connection).await?;
    }
    Ok(())
}
