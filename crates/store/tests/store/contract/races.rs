//! Many at once: one wins, and everyone is told the truth.

use pantoken_store::{
    CreateOutcome, Credential, Digest, RecordOutcome, Session, SessionData, SessionResult,
    SessionStore,
};

pub(crate) use super::sessions::options;
use super::sessions::{idempotency, record, session};
use super::{
    CALLBACK_TOKEN, CREATED_AT, EXPIRES_AT, create, credential, failed, saved, session_data,
    session_id,
};

pub(crate) async fn many_creations_with_one_key_make_one_session<S: SessionStore + Clone>(
    stores: [S; 2],
) {
    let tasks: Vec<_> = (1..=32)
        .map(|id| {
            let store = stores[id % 2].clone();
            let data = session_data(i64::try_from(id).unwrap());
            tokio::spawn(async move { store.create(data, idempotency("key", "a")).await.unwrap() })
        })
        .collect();
    let mut created = 0;
    let mut ids = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            CreateOutcome::Created(session) => {
                created += 1;
                ids.push(session.data.id);
            }
            CreateOutcome::Repeated(session) => ids.push(session.data.id),
            other => panic!("{other:?}"),
        }
    }
    ids.dedup();
    assert_eq!((created, ids.len()), (1, 1));
}

/// Ids are made from the time and a few random digits, so two calls may choose the same one.
pub(crate) async fn many_creations_with_one_id_make_one_session<S: SessionStore + Clone>(
    stores: [S; 2],
) {
    let tasks: Vec<_> = (0..32)
        .map(|number| {
            let store = stores[number % 2].clone();
            let data = SessionData {
                customer: Some(number.to_string()),
                ..session_data(1)
            };
            tokio::spawn(async move { store.create(data, None).await.unwrap() })
        })
        .collect();
    let mut created = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            CreateOutcome::Created(session) => created.push(session.data.customer),
            CreateOutcome::IdTaken => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(created, [session(&stores[1], 1).await.data.customer]);
}

pub(crate) async fn exactly_one_of_many_racing_tokens_is_recorded<S: SessionStore + Clone>(
    stores: [S; 2],
) {
    create(&stores[0], 1).await;
    let tasks: Vec<_> = (0..48)
        .map(|number| {
            let store = stores[number % 2].clone();
            let result = match number % 3 {
                0 => failed("INVALID_PAN"),
                _ => saved(&format!("token-{number}")),
            };
            tokio::spawn(async move { (result.clone(), record(&store, result, CREATED_AT).await) })
        })
        .collect();
    let mut winners = Vec::new();
    for task in tasks {
        let (result, answer) = task.await.unwrap();
        if matches!(
            (&result, answer),
            (SessionResult::Saved { .. }, RecordOutcome::Recorded(_))
        ) {
            winners.push(result);
        }
    }
    let kept = session(&stores[1], 1).await.recorded.unwrap().result;
    assert_eq!(winners, [kept]);
}

/// Whoever is first: a token before the end is kept, and one after it is not.
pub(crate) async fn a_result_that_races_with_expiry_is_kept_or_expired_and_never_both<
    S: SessionStore + Clone,
>(
    stores: [S; 2],
) {
    const TOO_LATE: i64 = EXPIRES_AT + Session::LATE_MILLISECONDS;
    for id in 1..=12 {
        create(&stores[0], id).await;
        let record = |store: &S, now| {
            let store = store.clone();
            tokio::spawn(async move {
                let recording =
                    store.record_result(session_id(id), credential(), saved("token"), now);
                recording.await.unwrap()
            })
        };
        let (in_time, late) = (
            record(&stores[0], TOO_LATE - 1),
            record(&stores[1], TOO_LATE),
        );
        let (in_time, late) = (in_time.await.unwrap(), late.await.unwrap());
        assert!(matches!(in_time, RecordOutcome::Recorded(_)), "{in_time:?}");
        assert!(
            matches!(late, RecordOutcome::Expired(_) | RecordOutcome::Repeated(_)),
            "{late:?}"
        );
        let outcome = session(&stores[1], id).await.recorded.unwrap();
        assert_eq!(outcome.recorded_at, TOO_LATE - 1);
    }
}

/// As when the customer's browser repeats the callback.
pub(crate) async fn the_same_callback_many_times_at_once_is_recorded_once<
    S: SessionStore + Clone,
>(
    stores: [S; 2],
) {
    create(&stores[0], 1).await;
    let tasks: Vec<_> = (0..16)
        .map(|number| {
            let store = stores[number % 2].clone();
            tokio::spawn(async move {
                let credential = Credential::CallbackToken(Digest::of(CALLBACK_TOKEN));
                let recording =
                    store.record_result(session_id(1), credential, saved("token"), CREATED_AT);
                recording.await.unwrap()
            })
        })
        .collect();
    let mut recorded = 0;
    for task in tasks {
        match task.await.unwrap() {
            RecordOutcome::Recorded(_) => recorded += 1,
            RecordOutcome::Repeated(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(recorded, 1);
}

/// A browser that goes away drops its call.
pub(crate) async fn a_dropped_call_has_happened_whole_or_not_at_all<S: SessionStore + Clone>(
    stores: [S; 2],
) {
    let calls: Vec<_> = (1..=40)
        .map(|id| {
            let store = stores[0].clone();
            tokio::spawn(async move {
                create(&store, id).await;
                record_for(&store, id).await
            })
        })
        .collect();
    for (number, call) in calls.iter().enumerate() {
        if number % 2 == 0 {
            call.abort();
        }
    }
    for (id, call) in (1..).zip(calls) {
        if call.await.is_ok() {
            let outcome = session(&stores[1], id).await.recorded.unwrap();
            assert_eq!(outcome.result, saved("token"));
        }
    }
    create(&stores[0], 41).await;
    for id in 1..=40 {
        // Not half: whatever is there can be read, and goes on.
        if stores[1].get(session_id(id)).await.unwrap().is_some() {
            let answer = record_for(&stores[1], id).await;
            assert!(
                matches!(
                    answer,
                    RecordOutcome::Recorded(_) | RecordOutcome::Repeated(_)
                ),
                "{answer:?}"
            );
        }
    }
}

async fn record_for(store: &impl SessionStore, id: i64) -> RecordOutcome {
    let recording = store.record_result(session_id(id), credential(), saved("token"), CREATED_AT);
    recording.await.unwrap()
}
