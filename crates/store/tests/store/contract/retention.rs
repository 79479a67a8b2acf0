//! What is deleted, and when.

use pantoken_store::{
    CreateOutcome, Digest, Idempotency, Outbox, SessionData, SessionStore, StoreOptions,
};

use super::{CREATED_AT, EXPIRES_AT, create, credential, saved, session_data, session_id};

pub(crate) fn options() -> StoreOptions {
    StoreOptions {
        outbox: true,
        ..StoreOptions::default()
    }
}

pub(crate) async fn what_expired_before_is_deleted_with_its_idempotency_key(
    [store, other]: [impl SessionStore; 2],
) {
    let idempotency = Some(Idempotency {
        key: Digest::of(b"key"),
        fingerprint: Digest::of(b"a"),
    });
    let _ = store.create(session_data(1), idempotency).await.unwrap();
    let later = SessionData {
        expires_at: EXPIRES_AT + 1,
        ..session_data(2)
    };
    let _ = store.create(later, None).await.unwrap();
    assert_eq!(
        store.delete_expired_before(EXPIRES_AT, 10).await.unwrap(),
        0
    );
    let deleted = other.delete_expired_before(EXPIRES_AT + 1, 10).await;
    assert_eq!(deleted.unwrap(), 1);
    assert_eq!(store.get(session_id(1)).await.unwrap(), None);
    assert!(store.get(session_id(2)).await.unwrap().is_some());
    let again = store.create(session_data(3), idempotency).await.unwrap();
    assert!(matches!(again, CreateOutcome::Created(_)), "{again:?}");
}

pub(crate) async fn what_expired_first_is_deleted_first([store, _]: [impl SessionStore; 2]) {
    for id in 1..=5 {
        let data = SessionData {
            expires_at: EXPIRES_AT - id,
            ..session_data(id)
        };
        let _ = store.create(data, None).await.unwrap();
    }
    assert_eq!(store.delete_expired_before(EXPIRES_AT, 2).await.unwrap(), 2);
    for (id, is_left) in [(1, true), (2, true), (3, true), (4, false), (5, false)] {
        let session = store.get(session_id(id)).await.unwrap();
        assert_eq!(session.is_some(), is_left, "{id}");
    }
    assert_eq!(store.delete_expired_before(EXPIRES_AT, 9).await.unwrap(), 3);
}

pub(crate) async fn a_session_stays_while_a_delivery_is_pending(
    [store, other]: [impl SessionStore + Outbox; 2],
) {
    create(&store, 1).await;
    let recording = store.record_result(session_id(1), credential(), saved("token"), CREATED_AT);
    let _ = recording.await.unwrap();
    let later = EXPIRES_AT + 1;
    assert_eq!(other.delete_expired_before(later, 10).await.unwrap(), 0);
    let claimed = store.claim_deliveries(later, later + 1, 10).await.unwrap();
    assert_eq!(other.delete_expired_before(later, 10).await.unwrap(), 0);
    assert!(store.mark_delivered(claimed[0].claim()).await.unwrap());
    let ended = later + 2;
    assert_eq!(other.delete_expired_before(ended, 10).await.unwrap(), 1);
    assert_eq!(store.get(session_id(1)).await.unwrap(), None);
    let left = store.list_deliveries(pantoken_store::DeliveryState::Delivered, None, 10);
    assert_eq!(left.await.unwrap().len(), 0);
}

pub(crate) async fn a_session_stays_for_the_same_time_after_its_delivery_ended(
    [store, other]: [impl SessionStore + Outbox; 2],
) {
    create(&store, 1).await;
    let recording = store.record_result(session_id(1), credential(), saved("token"), CREATED_AT);
    let _ = recording.await.unwrap();
    let (last_attempt, lease_end) = (EXPIRES_AT + 900_000, EXPIRES_AT + 960_000);
    let claimed = store.claim_deliveries(last_attempt, lease_end, 10).await;
    let claim = claimed.unwrap()[0].claim();
    assert!(store.mark_dead(claim, "refused".to_owned()).await.unwrap());
    for time in [EXPIRES_AT + 1, last_attempt, lease_end] {
        assert_eq!(other.delete_expired_before(time, 10).await.unwrap(), 0);
    }
    let deleted = other.delete_expired_before(lease_end + 1, 10).await;
    assert_eq!(deleted.unwrap(), 1);
}

pub(crate) async fn the_time_of_the_last_sweep_is_kept([store, other]: [impl SessionStore; 2]) {
    assert_eq!(store.last_sweep().await.unwrap(), None);
    for time in [CREATED_AT, CREATED_AT + 1, CREATED_AT - 1] {
        store.record_sweep(time).await.unwrap();
        assert_eq!(other.last_sweep().await.unwrap(), Some(time));
    }
}

pub(crate) async fn the_oldest_and_the_newest_session_tell_when_they_were_created(
    [store, other]: [impl SessionStore; 2],
) {
    assert_eq!(store.oldest_created_at().await.unwrap(), None);
    assert_eq!(store.newest_created_at().await.unwrap(), None);
    for id in [2, 3, 1] {
        let data = SessionData {
            created_at: CREATED_AT + id,
            ..session_data(id)
        };
        let _ = store.create(data, None).await.unwrap();
    }
    let oldest = other.oldest_created_at().await.unwrap();
    assert_eq!(oldest, Some(CREATED_AT + 1));
    let newest = other.newest_created_at().await.unwrap();
    assert_eq!(newest, Some(CREATED_AT + 3));
}
