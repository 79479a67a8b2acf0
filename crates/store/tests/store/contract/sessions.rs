//! Sessions and their results.

use pantoken_store::{
    CreateOutcome, Credential, Digest, Idempotency, RecordOutcome, Session, SessionData,
    SessionFlow, SessionResult, SessionState, SessionStore, StoreOptions,
};

use super::{
    CALLBACK_TOKEN, CREATED_AT, EXPIRES_AT, RESULT_TOKEN, create, credential, failed, saved,
    session_data, session_id,
};

pub(crate) fn options() -> StoreOptions {
    StoreOptions::default()
}

pub(super) fn idempotency(key: &str, fingerprint: &str) -> Option<Idempotency> {
    Some(Idempotency {
        key: Digest::of(key.as_bytes()),
        fingerprint: Digest::of(fingerprint.as_bytes()),
    })
}

pub(super) async fn record(
    store: &impl SessionStore,
    result: SessionResult,
    now: i64,
) -> RecordOutcome {
    store
        .record_result(session_id(1), credential(), result, now)
        .await
        .unwrap()
}

pub(super) async fn session(store: &impl SessionStore, id: i64) -> Session {
    store.get(session_id(id)).await.unwrap().unwrap()
}

pub(crate) async fn keeps_everything_it_was_given([store, other]: [impl SessionStore; 2]) {
    let iframe = SessionData {
        flow: SessionFlow::Iframe,
        customer: None,
        language: "ru".to_owned(),
        ..session_data(i64::MAX)
    };
    create(&store, 1).await;
    let _ = store.create(iframe.clone(), None).await.unwrap();
    for store in [&store, &other] {
        assert_eq!(session(store, 1).await.data, session_data(1));
        assert_eq!(session(store, 1).await.recorded, None);
        assert_eq!(session(store, i64::MAX).await.data, iframe);
        store.check().await.unwrap();
    }
}

pub(crate) async fn knows_no_session_that_was_not_created([store, _]: [impl SessionStore; 2]) {
    assert_eq!(store.get(session_id(1)).await.unwrap(), None);
    let answer = record(&store, saved("token"), CREATED_AT).await;
    assert!(matches!(answer, RecordOutcome::Forbidden));
}

pub(crate) async fn a_request_id_stands_for_one_session([store, other]: [impl SessionStore; 2]) {
    create(&store, 1).await;
    let second = SessionData {
        customer: None,
        ..session_data(1)
    };
    let answer = other.create(second, idempotency("key", "a")).await.unwrap();
    assert!(matches!(answer, CreateOutcome::IdTaken));
    assert_eq!(session(&store, 1).await.data, session_data(1));
    let answer = other
        .create(session_data(2), idempotency("key", "a"))
        .await
        .unwrap();
    assert!(
        matches!(answer, CreateOutcome::Created(_)),
        "the key is unused"
    );
}

pub(crate) async fn the_same_key_and_request_give_the_earlier_session(
    [store, other]: [impl SessionStore; 2],
) {
    let _ = store.create(session_data(1), idempotency("key", "a")).await;
    let _ = record(&store, saved("token"), CREATED_AT).await;
    let answer = other.create(session_data(2), idempotency("key", "a")).await;
    let Ok(CreateOutcome::Repeated(earlier)) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(earlier, session(&store, 1).await);
    assert_eq!(store.get(session_id(2)).await.unwrap(), None);
}

pub(crate) async fn the_same_key_for_another_request_is_a_mismatch(
    [store, other]: [impl SessionStore; 2],
) {
    let _ = store.create(session_data(1), idempotency("key", "a")).await;
    let answer = other.create(session_data(2), idempotency("key", "b")).await;
    assert!(
        matches!(answer, Ok(CreateOutcome::IdempotencyKeyReused)),
        "{answer:?}"
    );
    assert_eq!(store.get(session_id(2)).await.unwrap(), None);
}

pub(crate) async fn a_saved_token_is_final([store, other]: [impl SessionStore; 2]) {
    create(&store, 1).await;
    let first = record(&store, saved("token"), CREATED_AT + 1).await;
    assert!(matches!(first, RecordOutcome::Recorded(_)), "{first:?}");
    let kept = session(&other, 1).await;
    assert_eq!(kept.recorded.as_ref().unwrap().result, saved("token"));
    assert_eq!(kept.recorded.as_ref().unwrap().recorded_at, CREATED_AT + 1);

    let same = record(&other, saved("token"), CREATED_AT + 2).await;
    assert!(matches!(same, RecordOutcome::Repeated(_)), "{same:?}");
    for result in [saved("another"), failed("FORBIDDEN")] {
        let answer = record(&other, result, CREATED_AT + 2).await;
        assert!(matches!(answer, RecordOutcome::Conflict(_)), "{answer:?}");
    }
    assert_eq!(session(&store, 1).await, kept);
}

pub(crate) async fn a_saved_token_is_confirmed_after_expiry([store, _]: [impl SessionStore; 2]) {
    create(&store, 1).await;
    let _ = record(&store, saved("token"), EXPIRES_AT - 1).await;
    let same = record(&store, saved("token"), EXPIRES_AT).await;
    assert!(matches!(same, RecordOutcome::Repeated(_)), "{same:?}");
    let another = record(&store, saved("another"), EXPIRES_AT).await;
    assert!(matches!(another, RecordOutcome::Conflict(_)), "{another:?}");
    assert_eq!(
        session(&store, 1).await.state(EXPIRES_AT),
        SessionState::Saved
    );
}

pub(crate) async fn a_token_can_follow_an_error([store, _]: [impl SessionStore; 2]) {
    create(&store, 1).await;
    let _ = record(&store, failed("INVALID_PAN"), CREATED_AT).await;
    assert_eq!(
        session(&store, 1).await.state(CREATED_AT),
        SessionState::Failed
    );
    let answer = record(&store, saved("token"), CREATED_AT + 1).await;
    assert!(matches!(answer, RecordOutcome::Recorded(_)), "{answer:?}");
    let kept = session(&store, 1).await;
    assert_eq!(kept.recorded.unwrap().result, saved("token"));
}

pub(crate) async fn an_error_can_be_replaced_and_repeated([store, _]: [impl SessionStore; 2]) {
    create(&store, 1).await;
    let _ = record(&store, failed("INVALID_PAN"), CREATED_AT).await;
    let same = record(&store, failed("INVALID_PAN"), CREATED_AT + 1).await;
    assert!(matches!(same, RecordOutcome::Repeated(_)), "{same:?}");
    let other = record(&store, failed("FORBIDDEN"), CREATED_AT + 2).await;
    assert!(matches!(other, RecordOutcome::Recorded(_)), "{other:?}");
    let outcome = session(&store, 1).await.recorded.unwrap();
    assert_eq!(outcome.result, failed("FORBIDDEN"));
    assert_eq!(outcome.recorded_at, CREATED_AT + 2);
}

pub(crate) async fn errors_are_recorded_up_to_a_limit_and_a_token_after_it(
    [store, _]: [impl SessionStore; 2],
) {
    create(&store, 1).await;
    let error = |number| match number % 2 {
        0 => failed("INVALID_PAN"),
        _ => failed("FORBIDDEN"),
    };
    for number in 1..=Session::MAX_ERRORS {
        let answer = record(&store, error(number), CREATED_AT + number).await;
        assert!(matches!(answer, RecordOutcome::Recorded(_)), "{answer:?}");
    }
    let last = session(&store, 1).await;
    for number in 1..=2 {
        let answer = record(&store, error(number), CREATED_AT + 100).await;
        let was_last = error(number) == error(Session::MAX_ERRORS);
        match answer {
            RecordOutcome::Repeated(kept) if was_last => assert_eq!(kept, last),
            RecordOutcome::Ignored(kept) if !was_last => assert_eq!(kept, last),
            _ => panic!("{answer:?}"),
        }
    }
    assert_eq!(session(&store, 1).await, last);
    let answer = record(&store, saved("token"), CREATED_AT + 101).await;
    assert!(matches!(answer, RecordOutcome::Recorded(_)), "{answer:?}");
}

pub(crate) async fn nothing_first_is_recorded_too_late([store, _]: [impl SessionStore; 2]) {
    create(&store, 1).await;
    for (result, now) in [
        (failed("INVALID_PAN"), EXPIRES_AT),
        (saved("token"), EXPIRES_AT + Session::LATE_MILLISECONDS),
        (saved("token"), i64::MAX),
    ] {
        let answer = record(&store, result, now).await;
        assert!(matches!(answer, RecordOutcome::Expired(_)), "{answer:?}");
    }
    let kept = session(&store, 1).await;
    assert_eq!(kept.recorded, None);
    assert_eq!(kept.state(EXPIRES_AT - 1), SessionState::Created);
    assert_eq!(kept.state(EXPIRES_AT), SessionState::Expired);
}

pub(crate) async fn a_first_token_is_recorded_for_a_day_after_expiry(
    [store, other]: [impl SessionStore; 2],
) {
    const LAST: i64 = EXPIRES_AT + Session::LATE_MILLISECONDS - 1;
    create(&store, 1).await;
    let answer = record(&store, saved("token"), LAST).await;
    assert!(matches!(answer, RecordOutcome::Recorded(_)), "{answer:?}");
    let kept = session(&other, 1).await;
    assert_eq!(kept.state(LAST), SessionState::Saved);
    assert!(kept.is_late());
    let same = record(&other, saved("token"), LAST + 1).await;
    assert!(matches!(same, RecordOutcome::Repeated(_)), "{same:?}");
    let another = record(&other, saved("another"), LAST).await;
    assert!(matches!(another, RecordOutcome::Conflict(_)), "{another:?}");
}

pub(crate) async fn a_token_follows_an_error_for_a_day_after_expiry(
    [store, _]: [impl SessionStore; 2],
) {
    create(&store, 1).await;
    let _ = record(&store, failed("INVALID_PAN"), EXPIRES_AT - 1).await;
    let again = record(&store, failed("INVALID_PAN"), EXPIRES_AT).await;
    assert!(matches!(again, RecordOutcome::Expired(_)), "{again:?}");
    assert!(!session(&store, 1).await.is_late());
    let answer = record(&store, saved("token"), EXPIRES_AT).await;
    assert!(matches!(answer, RecordOutcome::Recorded(_)), "{answer:?}");
    assert!(session(&store, 1).await.is_late());
}

pub(crate) async fn nothing_is_recorded_without_the_sessions_own_proof(
    [store, _]: [impl SessionStore; 2],
) {
    let iframe = SessionData {
        flow: SessionFlow::Iframe,
        ..session_data(2)
    };
    create(&store, 1).await;
    let _ = store.create(iframe, None).await.unwrap();
    let forged = [
        (1, Credential::ResultToken(Digest::of(CALLBACK_TOKEN))),
        (1, Credential::CallbackToken(Digest::of(RESULT_TOKEN))),
        (2, Credential::CallbackToken(Digest::of(CALLBACK_TOKEN))),
    ];
    for (id, credential) in forged {
        let answer = store
            .record_result(session_id(id), credential, saved("token"), CREATED_AT)
            .await
            .unwrap();
        assert!(matches!(answer, RecordOutcome::Forbidden), "{answer:?}");
        assert_eq!(session(&store, id).await.recorded, None);
    }
    let callback = Credential::CallbackToken(Digest::of(CALLBACK_TOKEN));
    let answer = store
        .record_result(session_id(1), callback, saved("token"), CREATED_AT)
        .await
        .unwrap();
    assert!(matches!(answer, RecordOutcome::Recorded(_)), "{answer:?}");
}
