//! Sessions and their results.

use pantoken_a2c::{ErrorCode, FormResult, Language};
use pantoken_store::{
    Creation, Digest, Idempotency, Proof, Recording, Session, SessionFlow, SessionStore, State,
    StoreOptions, Terms,
};

use super::{
    CALLBACK_TOKEN, CREATED_AT, EXPIRES_AT, RESULT_TOKEN, create, failed, proof, request_id, saved,
    terms,
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

pub(super) async fn record(store: &impl SessionStore, result: FormResult, now: i64) -> Recording {
    store
        .record_result(request_id(1), proof(), result, now)
        .await
        .unwrap()
}

pub(super) async fn session(store: &impl SessionStore, id: i64) -> Session {
    store.get(request_id(id)).await.unwrap().unwrap()
}

pub(crate) async fn keeps_everything_it_was_given([store, other]: [impl SessionStore; 2]) {
    let iframe = Terms {
        flow: SessionFlow::Iframe,
        customer: None,
        language: Language::Ru,
        ..terms(i64::MAX)
    };
    create(&store, 1).await;
    let _ = store.create(iframe.clone(), None).await.unwrap();
    for store in [&store, &other] {
        assert_eq!(session(store, 1).await.terms, terms(1));
        assert_eq!(session(store, 1).await.outcome, None);
        assert_eq!(session(store, i64::MAX).await.terms, iframe);
        store.check().await.unwrap();
    }
}

pub(crate) async fn knows_no_session_that_was_not_created([store, _]: [impl SessionStore; 2]) {
    assert_eq!(store.get(request_id(1)).await.unwrap(), None);
    let answer = record(&store, saved("token"), CREATED_AT).await;
    assert!(matches!(answer, Recording::Forbidden));
}

pub(crate) async fn a_request_id_stands_for_one_session([store, other]: [impl SessionStore; 2]) {
    create(&store, 1).await;
    let second = Terms {
        customer: None,
        ..terms(1)
    };
    let answer = other.create(second, idempotency("key", "a")).await.unwrap();
    assert!(matches!(answer, Creation::RequestIdTaken));
    assert_eq!(session(&store, 1).await.terms, terms(1));
    let answer = other
        .create(terms(2), idempotency("key", "a"))
        .await
        .unwrap();
    assert!(matches!(answer, Creation::Created(_)), "the key is unused");
}

pub(crate) async fn the_same_key_and_request_give_the_earlier_session(
    [store, other]: [impl SessionStore; 2],
) {
    let _ = store.create(terms(1), idempotency("key", "a")).await;
    let _ = record(&store, saved("token"), CREATED_AT).await;
    let answer = other.create(terms(2), idempotency("key", "a")).await;
    let Ok(Creation::Repeated(earlier)) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(earlier, session(&store, 1).await);
    assert_eq!(store.get(request_id(2)).await.unwrap(), None);
}

pub(crate) async fn the_same_key_for_another_request_is_a_mismatch(
    [store, other]: [impl SessionStore; 2],
) {
    let _ = store.create(terms(1), idempotency("key", "a")).await;
    let answer = other.create(terms(2), idempotency("key", "b")).await;
    assert!(matches!(answer, Ok(Creation::Mismatch)), "{answer:?}");
    assert_eq!(store.get(request_id(2)).await.unwrap(), None);
}

pub(crate) async fn a_saved_token_is_final([store, other]: [impl SessionStore; 2]) {
    create(&store, 1).await;
    let first = record(&store, saved("token"), CREATED_AT + 1).await;
    assert!(matches!(first, Recording::Recorded(_)), "{first:?}");
    let kept = session(&other, 1).await;
    assert_eq!(kept.outcome.as_ref().unwrap().result, saved("token"));
    assert_eq!(kept.outcome.as_ref().unwrap().recorded_at, CREATED_AT + 1);

    let same = record(&other, saved("token"), CREATED_AT + 2).await;
    assert!(matches!(same, Recording::Repeated(_)), "{same:?}");
    for result in [saved("another"), failed(ErrorCode::Forbidden)] {
        let answer = record(&other, result, CREATED_AT + 2).await;
        assert!(matches!(answer, Recording::Conflict(_)), "{answer:?}");
    }
    assert_eq!(session(&store, 1).await, kept);
}

pub(crate) async fn a_saved_token_is_confirmed_after_expiry([store, _]: [impl SessionStore; 2]) {
    create(&store, 1).await;
    let _ = record(&store, saved("token"), EXPIRES_AT - 1).await;
    let same = record(&store, saved("token"), EXPIRES_AT).await;
    assert!(matches!(same, Recording::Repeated(_)), "{same:?}");
    let another = record(&store, saved("another"), EXPIRES_AT).await;
    assert!(matches!(another, Recording::Conflict(_)), "{another:?}");
    assert_eq!(session(&store, 1).await.state(EXPIRES_AT), State::Saved);
}

pub(crate) async fn a_token_can_follow_an_error([store, _]: [impl SessionStore; 2]) {
    create(&store, 1).await;
    let _ = record(&store, failed(ErrorCode::InvalidPan), CREATED_AT).await;
    assert_eq!(session(&store, 1).await.state(CREATED_AT), State::Failed);
    let answer = record(&store, saved("token"), CREATED_AT + 1).await;
    assert!(matches!(answer, Recording::Recorded(_)), "{answer:?}");
    let kept = session(&store, 1).await;
    assert_eq!(kept.outcome.unwrap().result, saved("token"));
}

pub(crate) async fn an_error_can_be_replaced_and_repeated([store, _]: [impl SessionStore; 2]) {
    create(&store, 1).await;
    let _ = record(&store, failed(ErrorCode::InvalidPan), CREATED_AT).await;
    let same = record(&store, failed(ErrorCode::InvalidPan), CREATED_AT + 1).await;
    assert!(matches!(same, Recording::Repeated(_)), "{same:?}");
    let other = record(&store, failed(ErrorCode::Forbidden), CREATED_AT + 2).await;
    assert!(matches!(other, Recording::Recorded(_)), "{other:?}");
    let outcome = session(&store, 1).await.outcome.unwrap();
    assert_eq!(outcome.result, failed(ErrorCode::Forbidden));
    assert_eq!(outcome.recorded_at, CREATED_AT + 2);
}

pub(crate) async fn errors_are_recorded_up_to_a_limit_and_a_token_after_it(
    [store, _]: [impl SessionStore; 2],
) {
    create(&store, 1).await;
    let error = |number| match number % 2 {
        0 => failed(ErrorCode::InvalidPan),
        _ => failed(ErrorCode::Forbidden),
    };
    for number in 1..=Session::MAX_ERRORS {
        let answer = record(&store, error(number), CREATED_AT + number).await;
        assert!(matches!(answer, Recording::Recorded(_)), "{answer:?}");
    }
    let last = session(&store, 1).await;
    for number in 1..=2 {
        let answer = record(&store, error(number), CREATED_AT + 100).await;
        let was_last = error(number) == error(Session::MAX_ERRORS);
        match answer {
            Recording::Repeated(kept) if was_last => assert_eq!(kept, last),
            Recording::Ignored(kept) if !was_last => assert_eq!(kept, last),
            _ => panic!("{answer:?}"),
        }
    }
    assert_eq!(session(&store, 1).await, last);
    let answer = record(&store, saved("token"), CREATED_AT + 101).await;
    assert!(matches!(answer, Recording::Recorded(_)), "{answer:?}");
}

pub(crate) async fn nothing_first_is_recorded_after_expiry([store, _]: [impl SessionStore; 2]) {
    create(&store, 1).await;
    for result in [saved("token"), failed(ErrorCode::InvalidPan)] {
        let answer = record(&store, result, EXPIRES_AT).await;
        assert!(matches!(answer, Recording::Expired(_)), "{answer:?}");
    }
    let kept = session(&store, 1).await;
    assert_eq!(kept.outcome, None);
    assert_eq!(kept.state(EXPIRES_AT - 1), State::Created);
    assert_eq!(kept.state(EXPIRES_AT), State::Expired);
}

pub(crate) async fn a_token_does_not_follow_an_error_after_expiry(
    [store, _]: [impl SessionStore; 2],
) {
    create(&store, 1).await;
    let _ = record(&store, failed(ErrorCode::InvalidPan), CREATED_AT).await;
    let answer = record(&store, saved("token"), EXPIRES_AT).await;
    assert!(matches!(answer, Recording::Expired(_)), "{answer:?}");
    assert_eq!(session(&store, 1).await.state(EXPIRES_AT), State::Failed);
}

pub(crate) async fn nothing_is_recorded_without_the_sessions_own_proof(
    [store, _]: [impl SessionStore; 2],
) {
    let iframe = Terms {
        flow: SessionFlow::Iframe,
        ..terms(2)
    };
    create(&store, 1).await;
    let _ = store.create(iframe, None).await.unwrap();
    let forged = [
        (1, Proof::ResultToken(Digest::of(CALLBACK_TOKEN))),
        (1, Proof::CallbackToken(Digest::of(RESULT_TOKEN))),
        (2, Proof::CallbackToken(Digest::of(CALLBACK_TOKEN))),
    ];
    for (id, proof) in forged {
        let answer = store
            .record_result(request_id(id), proof, saved("token"), CREATED_AT)
            .await
            .unwrap();
        assert!(matches!(answer, Recording::Forbidden), "{answer:?}");
        assert_eq!(session(&store, id).await.outcome, None);
    }
    let callback = Proof::CallbackToken(Digest::of(CALLBACK_TOKEN));
    let answer = store
        .record_result(request_id(1), callback, saved("token"), CREATED_AT)
        .await
        .unwrap();
    assert!(matches!(answer, Recording::Recorded(_)), "{answer:?}");
}
