//! Calls that Postgres gets together: what each is told, and what one that cannot be written does to the others.

use std::future::Future;

use pantoken_store::{
    CreateOutcome, Delivery, DeliveryState, Outbox, PostgresStore, RecordOutcome, Session,
    SessionData, SessionResult, SessionStore, SqliteStore, StoreError, StoreOptions,
};
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor};

use crate::contract::{
    CREATED_AT, Place, create, credential, failed, outbox, saved, session_data, session_id,
};
use crate::postgres::PostgresPlace;

/// Begins all calls at once, and lets Postgres go on when it has begun to. On one thread, all have begun before any
/// of them has an answer.
async fn at_once<T: Send + 'static>(
    place: &PostgresPlace,
    calls: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let mut other = PgConnection::connect(&place.text).await.unwrap();
    let lock = "BEGIN; LOCK TABLE sessions IN SHARE MODE";
    other.execute(lock).await.unwrap();
    let calls: Vec<_> = calls.map(tokio::spawn).collect();
    wait_for_a_lock(&mut watch(place).await).await;
    other.execute("COMMIT").await.unwrap();
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await.unwrap());
    }
    answers
}

/// Opens a connection that sees what the others do. In a transaction, it would see their statements as they were when it
/// first looked.
async fn watch(place: &PostgresPlace) -> PgConnection {
    PgConnection::connect(&place.text).await.unwrap()
}

/// Waits until a call waits for what another connection has locked.
async fn wait_for_a_lock(watcher: &mut PgConnection) {
    const IS_WAITING: &str = "SELECT count(*) FROM pg_stat_activity \
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while count(watcher, IS_WAITING).await == 0 {}
}

async fn count(connection: &mut PgConnection, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(connection).await.unwrap()
}

/// Fails unless at most two transactions wrote the sessions: the first call may have begun alone.
async fn assert_committed_together(place: &PostgresPlace, sessions: i64) {
    let mut connection = PgConnection::connect(&place.text).await.unwrap();
    let rows = count(&mut connection, "SELECT count(*) FROM sessions").await;
    assert_eq!(rows, sessions);
    let transactions = "SELECT count(DISTINCT xmin::text) FROM sessions";
    assert!(count(&mut connection, transactions).await <= 2);
}

async fn create_at_once(
    place: &PostgresPlace,
    store: &PostgresStore,
    sessions: Vec<SessionData>,
) -> Vec<Result<CreateOutcome, StoreError>> {
    let calls = sessions.into_iter().map(|data| {
        let store = store.clone();
        async move { store.create(data, None).await }
    });
    at_once(place, calls).await
}

#[tokio::test]
async fn sessions_that_are_created_at_once_are_committed_together() {
    let Some(place) = PostgresPlace::new() else {
        return;
    };
    let store = place.open(StoreOptions::default()).await;
    let sessions = (1..=20).map(session_data).collect();
    for outcome in create_at_once(&place, &store, sessions).await {
        assert!(
            matches!(outcome, Ok(CreateOutcome::Created(_))),
            "{outcome:?}"
        );
    }
    assert_committed_together(&place, 20).await;
}

/// Ids are made from the time and a few random digits, so two calls may choose the same one.
#[tokio::test]
async fn of_two_sessions_with_one_id_one_is_created() {
    let Some(place) = PostgresPlace::new() else {
        return;
    };
    let store = place.open(StoreOptions::default()).await;
    // Each customer's session has an id, and the second of an id comes with the first.
    let customers: Vec<i64> = (1..=20).collect();
    let sessions = customers.iter().map(|customer| SessionData {
        customer: Some(customer.to_string()),
        ..session_data(1 + customer / 2)
    });
    let outcomes = create_at_once(&place, &store, sessions.collect()).await;
    let mut created = Vec::new();
    for outcome in outcomes {
        match outcome.unwrap() {
            CreateOutcome::Created(session) => created.push(session.data),
            CreateOutcome::IdTaken => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(created.len(), 11);
    for data in created {
        let session = store.get(data.id).await.unwrap().unwrap();
        assert_eq!(session.data.customer, data.customer);
    }
}

#[tokio::test]
async fn a_session_that_postgres_refuses_fails_alone() {
    let Some(place) = PostgresPlace::new() else {
        return;
    };
    let store = place.open(StoreOptions::default()).await;
    let mut sessions: Vec<_> = (1..=20).map(session_data).collect();
    sessions[10].customer = Some("not\0text".to_owned());
    // In use already.
    create(&store, 5).await;
    let outcomes = create_at_once(&place, &store, sessions).await;
    for (id, outcome) in (1..).zip(outcomes) {
        let is_as_expected = match id {
            5 => matches!(outcome, Ok(CreateOutcome::IdTaken)),
            11 => outcome.is_err(),
            _ => matches!(outcome, Ok(CreateOutcome::Created(_))),
        };
        assert!(is_as_expected, "{id}: {outcome:?}");
        let is_there = store.get(session_id(id)).await.unwrap().is_some();
        assert_eq!(is_there, id != 11, "{id}");
    }
}

/// Records a result for each session, in order of their ids from 1.
async fn record_at_once(
    place: &PostgresPlace,
    store: &PostgresStore,
    results: Vec<SessionResult>,
) -> Vec<Result<RecordOutcome, StoreError>> {
    let calls = (1..).zip(results).map(|(id, result)| {
        let store = store.clone();
        async move {
            let recording = store.record_result(session_id(id), credential(), result, CREATED_AT);
            recording.await
        }
    });
    at_once(place, calls).await
}

async fn result_of(store: &PostgresStore, id: i64) -> Option<SessionResult> {
    let session = store.get(session_id(id)).await.unwrap().unwrap();
    session.recorded.map(|recorded| recorded.result)
}

fn token(id: i64) -> SessionResult {
    saved(&format!("token-{id}"))
}

/// Has sessions with the ids from 1 to 20.
async fn with_sessions(place: &PostgresPlace, options: StoreOptions) -> PostgresStore {
    let store = place.open(options).await;
    for id in 1..=20 {
        create(&store, id).await;
    }
    store
}

fn is_recorded(outcome: &Result<RecordOutcome, StoreError>) -> bool {
    matches!(outcome, Ok(RecordOutcome::Recorded(_)))
}

#[tokio::test]
async fn results_that_are_recorded_at_once_are_committed_together() {
    let Some(place) = PostgresPlace::new() else {
        return;
    };
    let store = with_sessions(&place, StoreOptions::default()).await;
    let results = (1..=20).map(token).collect();
    for outcome in record_at_once(&place, &store, results).await {
        assert!(is_recorded(&outcome), "{outcome:?}");
    }
    for id in 1..=20 {
        assert_eq!(result_of(&store, id).await, Some(token(id)));
    }
    assert_committed_together(&place, 20).await;
}

/// What the outbox has of a session after results that were recorded one after the other.
async fn delivered_one_by_one(earlier: &[SessionResult], result: &SessionResult) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pantoken.db");
    let store = SqliteStore::open_with(&file, outbox::options()).await;
    let store = store.unwrap();
    create(&store, 1).await;
    for result in earlier.iter().chain([result]) {
        let recording =
            store.record_result(session_id(1), credential(), result.clone(), CREATED_AT);
        let _ = recording.await.unwrap();
    }
    let pending = pending(&store).await;
    pending.iter().map(text_of).collect()
}

async fn pending(store: &impl Outbox) -> Vec<Delivery> {
    let state = DeliveryState::Pending;
    store.list_deliveries(state, None, 1000).await.unwrap()
}

fn text_of(delivery: &Delivery) -> String {
    format!("{:?}", outbox::result_of(delivery).as_ref().unwrap())
}

/// Errors and tokens, of sessions with and without an earlier error, and one that repeats an earlier token.
#[tokio::test]
async fn results_that_are_recorded_at_once_are_delivered_like_others() {
    let Some(place) = PostgresPlace::new() else {
        return;
    };
    let store = with_sessions(&place, outbox::options()).await;
    let earlier = |id: i64| match id % 4 {
        0 => vec![failed("FORBIDDEN")],
        1 => vec![token(id)],
        _ => Vec::new(),
    };
    let result = |id: i64| match id % 3 {
        0 => failed("INVALID_PAN"),
        _ => token(id),
    };
    for id in 1..=20 {
        for result in earlier(id) {
            let recording = store.record_result(session_id(id), credential(), result, CREATED_AT);
            let _ = recording.await.unwrap();
        }
    }
    for outcome in record_at_once(&place, &store, (1..=20).map(result).collect()).await {
        assert!(outcome.is_ok(), "{outcome:?}");
    }
    let deliveries = pending(&store).await;
    for id in 1..=20 {
        let of_session: Vec<_> = deliveries
            .iter()
            .filter(|delivery| outbox::session_of(delivery) == session_id(id))
            .map(text_of)
            .collect();
        let expected = delivered_one_by_one(&earlier(id), &result(id)).await;
        assert_eq!(of_session, expected, "{id}");
    }
}

#[tokio::test]
async fn a_result_that_postgres_refuses_fails_alone() {
    let Some(place) = PostgresPlace::new() else {
        return;
    };
    let store = with_sessions(&place, StoreOptions::default()).await;
    let mut results: Vec<_> = (1..=20).map(token).collect();
    results[10] = SessionResult::Failed {
        code: "OTHER".to_owned(),
        message: "not\0text".to_owned(),
    };
    // There are no such sessions.
    results.extend([token(21), token(22)]);
    let outcomes = record_at_once(&place, &store, results).await;
    for (id, outcome) in (1..).zip(outcomes) {
        let is_as_expected = match id {
            11 => outcome.is_err(),
            21.. => matches!(outcome, Ok(RecordOutcome::Forbidden)),
            _ => is_recorded(&outcome),
        };
        assert!(is_as_expected, "{id}: {outcome:?}");
    }
    assert_eq!(result_of(&store, 11).await, None);
    assert_eq!(result_of(&store, 12).await, Some(token(12)));
}

/// A lock stays when another server is stopped in the middle of a transaction.
#[tokio::test(flavor = "multi_thread")]
async fn a_locked_session_holds_up_no_other() {
    let Some(place) = PostgresPlace::new() else {
        return;
    };
    let store = with_sessions(&place, StoreOptions::default()).await;
    let mut other = PgConnection::connect(&place.text).await.unwrap();
    let lock = "BEGIN; SELECT * FROM sessions WHERE request_id = 7 FOR UPDATE";
    other.execute(lock).await.unwrap();
    let record = |id| {
        let store = store.clone();
        tokio::spawn(async move {
            let recording =
                store.record_result(session_id(id), credential(), token(id), CREATED_AT);
            recording.await
        })
    };
    let locked = record(7);
    let mut watcher = watch(&place).await;
    wait_for_a_lock(&mut watcher).await;
    // The call itself waits, and no batch.
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
         AND wait_event_type = 'Lock' AND query LIKE '%request_id = ANY%'";
    assert_eq!(count(&mut watcher, waiting).await, 0);
    for id in (1..=20).filter(|id| *id != 7) {
        let outcome = record(id).await.unwrap();
        assert!(is_recorded(&outcome), "{id}: {outcome:?}");
    }
    other.execute("COMMIT").await.unwrap();
    let outcome = locked.await.unwrap();
    assert!(is_recorded(&outcome), "{outcome:?}");
}

/// Of one session, the first result counts, whoever else is in the batch.
#[tokio::test]
async fn of_two_tokens_of_one_session_one_is_recorded() {
    let Some(place) = PostgresPlace::new() else {
        return;
    };
    let store = with_sessions(&place, StoreOptions::default()).await;
    let calls = (0..40).map(|number: i64| {
        let store = store.clone();
        async move {
            let id = session_id(number / 2 + 1);
            let recording = store.record_result(id, credential(), token(number), CREATED_AT);
            (number, recording.await.unwrap())
        }
    });
    let mut recorded: Vec<Session> = Vec::new();
    for (number, outcome) in at_once(&place, calls).await {
        match outcome {
            RecordOutcome::Recorded(session) => recorded.push(session),
            RecordOutcome::Conflict(_) => {}
            other => panic!("{number}: {other:?}"),
        }
    }
    assert_eq!(recorded.len(), 20);
    for session in recorded {
        assert_eq!(store.get(session.data.id).await.unwrap().unwrap(), session);
    }
}
