use crate::backend::Operation;
use crate::connection::{Connection, Row, Statement, Value};
use crate::sealed_data::{Place, SealedData};
use crate::session_row::{error_columns, read_belief, read_result, read_session_id};
use crate::{
    Claim, Delivery, DeliveryId, DeliveryState, Message, NewEvent, OperationId, SessionId,
    SessionResult, StoreError, StoreKeys, StoreOptions,
};
use pantoken_core::Secret;

/// Inserts deliveries of results.
macro_rules! insert_deliveries {
    ($rows:literal) => {
        concat!(
            "INSERT INTO deliveries (request_id, error_code, error_message, recorded_at, state, due_at, \
             attempts) ",
            $rows
        )
    };
}
pub(crate) use insert_deliveries;

const INSERT: Statement = Statement::same(insert_deliveries!(
    "VALUES ($1, $2, $3, $4, 'pending', $4, 0)"
));

/// Deletes an error that was never sent, because the next one replaces it.
macro_rules! replace_deliveries {
    ($of_session:literal) => {
        concat!(
            "DELETE FROM deliveries WHERE request_id ",
            $of_session,
            " AND state = 'pending' AND attempts = 0 AND error_code IS NOT NULL"
        )
    };
}
pub(crate) use replace_deliveries;

pub(crate) const REPLACE: Statement = Statement::same(replace_deliveries!("= $1"));

/// Deletes a session's errors that are not being sent now, because a token makes them meaningless. An
/// error that is being sent stays until its attempt ends, so that the results arrive in order.
macro_rules! retire_deliveries {
    ($with:literal, $of_session:literal, $now:literal) => {
        concat!(
            "DELETE FROM deliveries ",
            $with,
            "WHERE request_id ",
            $of_session,
            " AND state = 'pending' AND error_code IS NOT NULL AND (leased_until IS NULL OR leased_until <= ",
            $now,
            ")"
        )
    };
}
pub(crate) use retire_deliveries;

pub(crate) const RETIRE: Statement = Statement::same(retire_deliveries!("", "= $1", "$2"));

/// Adds a result to the outbox, to be delivered at once. An error replaces an earlier one that was
/// never sent. A token replaces every error that is still pending.
pub(super) async fn insert<C: Connection>(
    connection: &mut C,
    id: SessionId,
    result: &SessionResult,
    now: i64,
) -> Result<(), StoreError> {
    match result {
        SessionResult::Failed { .. } => {
            connection.execute(&REPLACE, &[id.get().into()]).await?;
        }
        SessionResult::Saved { .. } => {
            let values = [id.get().into(), now.into()];
            connection.execute(&RETIRE, &values).await?;
        }
    }
    let [error_code, error_message] = error_columns(result);
    let values = [id.get().into(), error_code, error_message, now.into()];
    connection.execute(&INSERT, &values).await.map(drop)
}

const INSERT_EVENT: Statement = Statement::same(
    "INSERT INTO deliveries (operation_id, event_type, event_id, event, event_key, recorded_at, state, \
     due_at, attempts) VALUES ($1, $2, $3, $4, $5, $6, 'pending', $6, 0) ON CONFLICT DO NOTHING",
);

/// Adds an event of an operation to the outbox, unless the operation has it already. The operation is stored with the
/// same keys, which are checked with it.
pub(super) async fn insert_event<C: Connection>(
    connection: &mut C,
    keys: Option<&StoreKeys>,
    id: OperationId,
    event: &NewEvent,
    now: i64,
) -> Result<(), StoreError> {
    let place = Place::event(&event.id);
    let body = SealedData::new(keys, &place, event.body.expose().as_bytes());
    let values = [
        id.get().into(),
        event.kind.as_str().into(),
        event.id.as_str().into(),
        body.bytes.as_slice().into(),
        body.key.as_deref().into(),
        now.into(),
    ];
    connection.execute(&INSERT_EVENT, &values).await.map(drop)
}

pub(super) struct ClaimDue {
    pub(super) now: i64,
    pub(super) leased_until: i64,
    pub(super) limit: u32,
}

/// Selects deliveries, with the columns of their session if they have one. SQLite has to use the given index.
macro_rules! select {
    ($index:literal, $condition:expr) => {
        concat!(
            "SELECT deliveries.id, deliveries.request_id, deliveries.error_code, \
             deliveries.error_message, recorded_at, state, due_at, attempts, last_error, customer, \
             pan_token, pan_token_key, operation_id, event_type, event_id, event, event_key, \
             (SELECT count(*) FROM store_keys WHERE sealed = 1) AS is_sealed FROM deliveries ",
            $index,
            " LEFT JOIN sessions ON sessions.request_id = deliveries.request_id WHERE ",
            $condition
        )
    };
}

macro_rules! due {
    ($due:literal, $waiting:literal, $waiting_of_operation:literal) => {
        select!(
            $due,
            concat!(
                "state = 'pending' AND due_at <= $1 AND NOT EXISTS \
                 (SELECT 1 FROM deliveries AS earlier ",
                $waiting,
                " WHERE earlier.request_id = deliveries.request_id AND earlier.id < deliveries.id \
                 AND earlier.state = 'pending') AND NOT EXISTS \
                 (SELECT 1 FROM deliveries AS earlier ",
                $waiting_of_operation,
                " WHERE earlier.operation_id = deliveries.operation_id \
                 AND earlier.id < deliveries.id AND earlier.state = 'pending') ORDER BY due_at, deliveries.id LIMIT $2"
            )
        )
    };
}

pub(crate) const DUE: Statement = Statement {
    // Nobody runs ANALYZE, and without statistics SQLite would scan all pending deliveries for each
    // one that is due.
    sqlite: due!(
        "INDEXED BY deliveries_due",
        "INDEXED BY deliveries_waiting",
        "INDEXED BY deliveries_waiting_of_operation"
    ),
    postgres: concat!(due!("", "", ""), " FOR UPDATE OF deliveries SKIP LOCKED"),
};

const CLAIM: Statement = Statement::same(
    "UPDATE deliveries SET attempts = attempts + 1, due_at = $2, leased_until = $2 WHERE id = $1",
);

impl Operation for ClaimDue {
    type Answer = Vec<Delivery>;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<Vec<Delivery>, StoreError> {
        let values = [self.now.into(), i64::from(self.limit).into()];
        let rows = connection.rows(&DUE, &values).await?;
        let mut claimed = Vec::with_capacity(rows.len());
        for row in &rows {
            let delivery = read_delivery(row, options.keys.as_ref())?;
            let values = [delivery.id.get().into(), self.leased_until.into()];
            connection.execute(&CLAIM, &values).await?;
            claimed.push(Delivery {
                attempts: delivery.attempts + 1,
                next_attempt_at: self.leased_until,
                ..delivery
            });
        }
        Ok(claimed)
    }
}

/// Ends the attempt of a claimed delivery. One that is not pending any more keeps the end of its lease in
/// `due_at`: retention counts from there.
pub(super) struct FinishAttempt {
    pub(super) claim: Claim,
    pub(super) state: DeliveryState,
    pub(super) next_attempt_at: Option<i64>,
    pub(super) reason: Option<String>,
}

pub(crate) const FINISH_ATTEMPT: Statement = Statement::same(
    "UPDATE deliveries SET state = $3, due_at = coalesce($4, due_at), last_error = $5, \
     leased_until = NULL WHERE id = $1 AND attempts = $2 AND state = 'pending'",
);

/// Deletes an error whose attempt has failed, if the session has a token by now.
pub(crate) const RETIRE_CLAIMED: Statement = Statement::same(
    "DELETE FROM deliveries WHERE id = $1 AND attempts = $2 AND state = 'pending' \
     AND error_code IS NOT NULL AND EXISTS (SELECT 1 FROM sessions \
     WHERE sessions.request_id = deliveries.request_id AND pan_token IS NOT NULL)",
);

impl Operation for FinishAttempt {
    type Answer = bool;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        _options: &StoreOptions,
    ) -> Result<bool, StoreError> {
        if self.state == DeliveryState::Pending {
            let values = [self.claim.id.get().into(), self.claim.attempts.into()];
            if connection.execute(&RETIRE_CLAIMED, &values).await? == 1 {
                return Ok(true);
            }
        }
        let values = [
            self.claim.id.get().into(),
            self.claim.attempts.into(),
            self.state.as_str().into(),
            Value::Integer(self.next_attempt_at),
            self.reason.as_deref().into(),
        ];
        Ok(connection.execute(&FINISH_ATTEMPT, &values).await? == 1)
    }
}

pub(super) struct List {
    pub(super) state: DeliveryState,
    pub(super) after: Option<DeliveryId>,
    pub(super) limit: u32,
}

const LIST: Statement = Statement::same(select!(
    "",
    "state = $1 AND deliveries.id > $2 ORDER BY deliveries.id LIMIT $3"
));

impl Operation for List {
    type Answer = Vec<Delivery>;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<Vec<Delivery>, StoreError> {
        let values = [
            self.state.as_str().into(),
            self.after.map_or(0, DeliveryId::get).into(),
            i64::from(self.limit).into(),
        ];
        let rows = connection.rows(&LIST, &values).await?;
        let keys = options.keys.as_ref();
        rows.iter().map(|row| read_delivery(row, keys)).collect()
    }
}

pub(super) struct Count {
    pub(super) state: DeliveryState,
}

const COUNT: Statement =
    Statement::same("SELECT count(*) AS number FROM deliveries WHERE state = $1");

impl Operation for Count {
    type Answer = u64;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        _options: &StoreOptions,
    ) -> Result<u64, StoreError> {
        let row = connection
            .row(&COUNT, &[self.state.as_str().into()])
            .await?;
        let number = row.and_then(|row| row.integer("number").transpose());
        Ok(number.transpose()?.unwrap_or_default().unsigned_abs())
    }
}

pub(super) struct Abandon {
    pub(super) time: i64,
    pub(super) reason: String,
    pub(super) limit: u32,
}

macro_rules! abandon {
    ($ids:literal) => {
        concat!(
            "UPDATE deliveries SET state = 'dead', last_error = $2 WHERE id ",
            $ids
        )
    };
}

pub(crate) const ABANDON: Statement = Statement {
    sqlite: abandon!(
        "IN (SELECT id FROM deliveries INDEXED BY deliveries_due \
         WHERE state = 'pending' AND due_at < $1 ORDER BY due_at, id LIMIT $3)"
    ),
    // An array, because Postgres may join a subquery to the whole table.
    postgres: abandon!(
        "= ANY (ARRAY(SELECT id FROM deliveries \
         WHERE state = 'pending' AND due_at < $1 ORDER BY due_at, id LIMIT $3 \
         FOR UPDATE SKIP LOCKED))"
    ),
};

impl Operation for Abandon {
    type Answer = u64;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        _options: &StoreOptions,
    ) -> Result<u64, StoreError> {
        let values = [
            self.time.into(),
            self.reason.as_str().into(),
            i64::from(self.limit).into(),
        ];
        connection.execute(&ABANDON, &values).await
    }
}

pub(super) struct BringForward {
    pub(super) latest: i64,
}

macro_rules! bring_forward {
    ($index:literal) => {
        concat!(
            "UPDATE deliveries ",
            $index,
            " SET due_at = $1 WHERE state = 'pending' AND due_at > $1"
        )
    };
}

pub(crate) const BRING_FORWARD: Statement = Statement {
    sqlite: bring_forward!("INDEXED BY deliveries_due"),
    postgres: bring_forward!(""),
};

impl Operation for BringForward {
    type Answer = u64;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        _options: &StoreOptions,
    ) -> Result<u64, StoreError> {
        let values = [self.latest.into()];
        connection.execute(&BRING_FORWARD, &values).await
    }
}

pub(super) struct Retry {
    pub(super) id: DeliveryId,
    pub(super) now: i64,
}

const RETRY: Statement = Statement::same(
    "UPDATE deliveries SET state = 'pending', due_at = $2, attempts = 0, leased_until = NULL \
     WHERE id = $1 AND state = 'dead'",
);

impl Operation for Retry {
    type Answer = bool;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        _options: &StoreOptions,
    ) -> Result<bool, StoreError> {
        let values = [self.id.get().into(), self.now.into()];
        Ok(connection.execute(&RETRY, &values).await? == 1)
    }
}

fn read_delivery(row: &impl Row, keys: Option<&StoreKeys>) -> Result<Delivery, StoreError> {
    let corrupt = |column| match row.integer("operation_id") {
        Ok(Some(id)) => StoreError::CorruptOperation {
            operation_id: OperationId::from_i64(id),
            column,
        },
        _ => StoreError::corrupt(
            read_session_id(row).unwrap_or(SessionId::from_i64(0)),
            column,
        ),
    };
    let integer = |column| row.integer(column)?.ok_or_else(|| corrupt(column));
    let state = row.text("state")?;
    let message = match row.integer("operation_id")? {
        Some(id) => read_event(row, OperationId::from_i64(id), keys)?,
        None => read_session_result(row, keys)?,
    };
    Ok(Delivery {
        id: DeliveryId::from_i64(integer("id")?),
        message,
        recorded_at: integer("recorded_at")?,
        state: DeliveryState::ALL
            .into_iter()
            .find(|known| Some(known.as_str()) == state)
            .ok_or_else(|| corrupt("state"))?,
        attempts: integer("attempts")?,
        next_attempt_at: integer("due_at")?,
        last_error: row.text("last_error")?.map(str::to_owned),
    })
}

fn read_session_result(row: &impl Row, keys: Option<&StoreKeys>) -> Result<Message, StoreError> {
    let session_id = read_session_id(row)?;
    let missing = StoreError::corrupt(session_id, "pan_token");
    Ok(Message::Result {
        session_id,
        customer: row.text("customer")?.map(str::to_owned),
        result: read_result(row, keys).and_then(|result| result.ok_or(missing)),
    })
}

fn read_event(
    row: &impl Row,
    operation_id: OperationId,
    keys: Option<&StoreKeys>,
) -> Result<Message, StoreError> {
    let text = |column| Ok::<_, StoreError>(row.text(column)?.unwrap_or_default().to_owned());
    let id = text("event_id")?;
    let corrupt = StoreError::CorruptOperation {
        operation_id,
        column: "event",
    };
    let stored = SealedData {
        bytes: row.bytes("event")?.unwrap_or_default().to_vec(),
        key: row.text("event_key")?.map(str::to_owned),
    };
    let body = stored
        .open(keys, &Place::event(&id), read_belief(row)?)
        .and_then(|text| {
            let text = text
                .as_ref()
                .and_then(|text| std::str::from_utf8(text).ok());
            text.map(Secret::new).ok_or(corrupt)
        });
    Ok(Message::Event {
        operation_id,
        id,
        kind: text("event_type")?,
        body,
    })
}
