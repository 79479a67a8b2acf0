//! panTokens at rest.

use pantoken_store::{
    ApiKeyName, ApiKeyScope, ApiKeyStore, DeliveryState, Digest, KeyRotation, Message,
    OperationStore, Outbox, RecordOutcome, Reencrypted, SessionResult, SessionStore, StoreError,
    StoreKey, StoreKeys, StoreOptions,
};

use super::operations::{change, created, hint, new_operation};
use super::outbox::result_of;
use super::{CREATED_AT, Place, create, credential, saved, session_id};

fn key(digit: char) -> StoreKey {
    StoreKey::parse(&digit.to_string().repeat(64)).unwrap()
}

/// Seals under the first key and opens under all.
fn under(digits: &str) -> StoreOptions {
    let mut keys = digits.chars().map(key);
    StoreOptions {
        keys: keys
            .next()
            .map(|current| StoreKeys::new(current, keys.collect())),
        outbox: true,
        ..StoreOptions::default()
    }
}

async fn save(store: &impl SessionStore, id: i64) {
    create(store, id).await;
    let token = saved(&format!("canary-{id}"));
    let answer = store.record_result(session_id(id), credential(), token, CREATED_AT);
    let answer = answer.await.unwrap();
    assert!(matches!(answer, RecordOutcome::Recorded(_)), "{answer:?}");
}

async fn token(store: &impl SessionStore, id: i64) -> Result<String, StoreError> {
    let session = store.get(session_id(id)).await?.unwrap();
    match session.recorded.unwrap().result {
        SessionResult::Saved { token } => Ok(token.expose().to_owned()),
        failed => panic!("{failed:?}"),
    }
}

#[track_caller]
fn is_unknown_key<T>(answer: Result<T, StoreError>, digit: char) {
    let error = answer.err().unwrap();
    let text = error.to_string();
    let StoreError::UnknownKey { key_id } = error else {
        panic!("{text}")
    };
    assert_eq!(key_id, key(digit).id());
    assert!(text.contains(&key_id) && !text.contains("canary"), "{text}");
}

pub(crate) async fn a_token_is_sealed_at_rest_and_compared_open(place: impl Place) {
    let [store, other] = place.open_twice(under("1")).await;
    save(&store, 1).await;
    // In clear the column would be these very bytes; the edit fails if it is.
    place
        .edit(
            "CREATE TABLE proof (sealed INTEGER CHECK (sealed > 0)); \
             INSERT INTO proof SELECT count(*) FROM sessions \
             WHERE pan_token_key IS NOT NULL AND length(pan_token) = 8 + 16",
        )
        .await;
    assert_eq!(token(&other, 1).await.unwrap(), "canary-1");
    let record = |text: &str| {
        let token = saved(text);
        other.record_result(session_id(1), credential(), token, CREATED_AT)
    };
    let same = record("canary-1").await.unwrap();
    assert!(matches!(same, RecordOutcome::Repeated(_)), "{same:?}");
    let another = record("canary-2").await.unwrap();
    assert!(matches!(another, RecordOutcome::Conflict(_)), "{another:?}");
}

pub(crate) async fn a_token_in_clear_is_read_beside_sealed_ones(place: impl Place) {
    save(&place.open(under("")).await, 1).await;
    let store = place.open(under("1")).await;
    save(&store, 2).await;
    assert_eq!(token(&store, 1).await.unwrap(), "canary-1");
    assert_eq!(token(&store, 2).await.unwrap(), "canary-2");
}

pub(crate) async fn a_store_without_the_key_of_its_tokens_does_not_open(place: impl Place) {
    save(&place.open(under("1")).await, 1).await;
    is_unknown_key(place.try_open(under("")).await, '1');
    is_unknown_key(place.try_open(under("2")).await, '1');
    assert_eq!(
        token(&place.open(under("21")).await, 1).await.unwrap(),
        "canary-1"
    );
}

pub(crate) async fn a_token_under_a_key_that_came_later_names_it(place: impl Place) {
    let before = place.open(under("1")).await;
    save(&place.open(under("21")).await, 1).await;
    is_unknown_key(token(&before, 1).await, '2');
    let answer = before.record_result(session_id(1), credential(), saved("canary-1"), CREATED_AT);
    is_unknown_key(answer.await, '2');
}

pub(crate) async fn a_sealed_token_that_was_changed_or_moved_is_corrupt(place: impl Place) {
    let store = place.open(under("1")).await;
    for id in 1..=3 {
        save(&store, id).await;
    }
    place
        .edit(
            "UPDATE sessions SET pan_token = (SELECT pan_token FROM sessions WHERE request_id = 2) \
             WHERE request_id = 1",
        )
        .await;
    place
        .edit("UPDATE sessions SET pan_token = substr(pan_token, 1, 5) WHERE request_id = 3")
        .await;
    for id in [1, 3] {
        let answer = token(&store, id).await;
        assert!(
            matches!(answer, Err(StoreError::Corrupt { session_id: at, column: "pan_token" })
                if at == session_id(id)),
            "{answer:?}"
        );
    }
    assert_eq!(token(&store, 2).await.unwrap(), "canary-2");
}

pub(crate) async fn a_delivery_that_cannot_be_read_does_not_hold_up_the_others(place: impl Place) {
    let store = place.open(under("1")).await;
    save(&store, 1).await;
    save(&store, 2).await;
    place
        .edit(
            "UPDATE sessions SET pan_token = (SELECT pan_token FROM sessions WHERE request_id = 2) \
             WHERE request_id = 1",
        )
        .await;
    let claimed = store
        .claim_deliveries(CREATED_AT, CREATED_AT + 1, 9)
        .await
        .unwrap();
    let [first, second] = &claimed[..] else {
        panic!("{claimed:?}")
    };
    assert!(
        matches!(result_of(first), Err(StoreError::Corrupt { .. })),
        "{first:?}"
    );
    assert_eq!(result_of(second).as_ref().unwrap(), &saved("canary-2"));
    assert!(
        store
            .mark_dead(first.claim(), "unreadable".to_owned())
            .await
            .unwrap()
    );
    let dead = store
        .list_deliveries(DeliveryState::Dead, None, 9)
        .await
        .unwrap();
    assert_eq!(dead[0].id, first.id);
}

pub(crate) async fn a_rotation_seals_every_token_and_can_begin_again(place: impl Place) {
    let clear = place.open(under("")).await;
    save(&clear, 1).await;
    create(&clear, 2).await;
    let old = place.open(under("1")).await;
    for id in 3..=6 {
        save(&old, id).await;
    }
    let new = place.open(under("21")).await;
    let first = new.reencrypt(None, 3).await.unwrap();
    let last = Some(session_id(3));
    assert_eq!(
        first,
        Reencrypted {
            last,
            seen: 3,
            encrypted: 2,
            unreadable: Vec::new(),
        }
    );
    is_unknown_key(place.try_open(under("2")).await, '1');

    let (mut after, mut seen, mut sealed) = (None, 0, 0);
    loop {
        let page = new.reencrypt(after, 2).await.unwrap();
        (seen, sealed) = (seen + page.seen, sealed + page.encrypted);
        after = page.last;
        if after.is_none() {
            break;
        }
    }
    assert_eq!((seen, sealed), (6, 3));
    assert_eq!(new.forget_other_keys().await.unwrap(), 0);
    let alone = place.open(under("2")).await;
    for id in [1, 3, 4, 5, 6] {
        assert_eq!(token(&alone, id).await.unwrap(), format!("canary-{id}"));
    }
    assert_eq!(
        alone.get(session_id(2)).await.unwrap().unwrap().recorded,
        None
    );
}

pub(crate) async fn a_key_is_needed_from_its_first_token_on(place: impl Place) {
    let mistyped = place.open(under("9")).await;
    create(&mistyped, 1).await;
    let failed = super::failed("INVALID_PAN");
    let answer = mistyped.record_result(session_id(1), credential(), failed, CREATED_AT);
    let _ = answer.await.unwrap();
    let first = place.open(under("1")).await;
    save(&first, 2).await;
    is_unknown_key(place.try_open(under("9")).await, '1');
}

pub(crate) async fn other_keys_are_not_forgotten_while_a_token_is_under_one(place: impl Place) {
    let clear = place.open(under("")).await;
    let late = place.open(under("1")).await;
    save(&late, 1).await;
    let new = place.open(under("21")).await;
    assert_eq!(new.reencrypt(None, 9).await.unwrap().encrypted, 1);
    // Servers that still have the old key alone, or none.
    save(&late, 2).await;
    save(&clear, 3).await;
    assert_eq!(new.forget_other_keys().await.unwrap(), 2);
    is_unknown_key(place.try_open(under("2")).await, '1');
    assert_eq!(new.reencrypt(None, 9).await.unwrap().encrypted, 2);
    assert_eq!(new.forget_other_keys().await.unwrap(), 0);
    place.open(under("2")).await;
}

pub(crate) async fn a_rotation_passes_over_what_it_cannot_open_and_names_it(place: impl Place) {
    let old = place.open(under("1")).await;
    for id in 1..=3 {
        save(&old, id).await;
    }
    place
        .edit("UPDATE sessions SET pan_token = substr(pan_token, 1, 5) WHERE request_id = 2")
        .await;
    let new = place.open(under("21")).await;
    let whole = new.reencrypt(None, 9).await.unwrap();
    assert_eq!((whole.seen, whole.encrypted), (3, 2));
    assert_eq!(whole.unreadable, [session_id(2)]);
    assert_eq!(new.forget_other_keys().await.unwrap(), 1);
    assert_eq!(token(&new, 3).await.unwrap(), "canary-3");
}

/// Encrypts everything with the store's current key.
async fn rotate(store: &impl KeyRotation) {
    let page = store.reencrypt(None, 99).await.unwrap();
    assert_eq!(page.unreadable, []);
    assert_eq!(store.forget_other_keys().await.unwrap(), 0);
}

pub(crate) async fn a_token_in_clear_is_refused_after_a_rotation(place: impl Place) {
    let store = place.open(under("1")).await;
    save(&store, 1).await;
    save(&store, 2).await;
    // A seed is the text of 16 bells.
    const CLEAR: &str =
        "UPDATE sessions SET pan_token = seed, pan_token_key = NULL WHERE request_id = 1";
    place.edit(CLEAR).await;
    assert_eq!(token(&store, 1).await.unwrap(), "\u{7}".repeat(16));
    rotate(&store).await;
    assert_eq!(token(&store, 1).await.unwrap(), "\u{7}".repeat(16));

    place.edit(CLEAR).await;
    for store in [store, place.open(under("1")).await] {
        let answer = token(&store, 1).await;
        assert!(
            matches!(answer, Err(StoreError::Corrupt { .. })),
            "{answer:?}"
        );
    }
    // Another rotation does not believe it either.
    let new = place.open(under("21")).await;
    let page = new.reencrypt(None, 99).await.unwrap();
    assert_eq!((page.encrypted, page.unreadable), (1, vec![session_id(1)]));
    assert_eq!(new.forget_other_keys().await.unwrap(), 1);
    assert_eq!(token(&new, 2).await.unwrap(), "canary-2");
}

pub(crate) async fn a_store_without_a_key_saves_no_token_after_a_rotation(place: impl Place) {
    let clear = place.open(under("")).await;
    create(&clear, 1).await;
    rotate(&place.open(under("1")).await).await;
    let answer = clear.record_result(session_id(1), credential(), saved("token"), CREATED_AT);
    let answer = answer.await;
    assert!(matches!(answer, Err(StoreError::KeyRequired)), "{answer:?}");
    let failed = super::failed("INVALID_PAN");
    let answer = clear.record_result(session_id(1), credential(), failed, CREATED_AT);
    assert!(matches!(answer.await, Ok(RecordOutcome::Recorded(_))));
    is_unknown_key(place.try_open(under("")).await, '1');
}

pub(crate) async fn a_token_is_bound_to_its_customer(place: impl Place) {
    let store = place.open(under("1")).await;
    for id in 1..=3 {
        save(&store, id).await;
    }
    place
        .edit("UPDATE sessions SET customer = 'another' WHERE request_id = 1")
        .await;
    place
        .edit("UPDATE sessions SET customer = NULL WHERE request_id = 2")
        .await;
    for id in [1, 2] {
        let answer = token(&store, id).await;
        assert!(
            matches!(answer, Err(StoreError::Corrupt { .. })),
            "{answer:?}"
        );
    }
    assert_eq!(token(&store, 3).await.unwrap(), "canary-3");
}

async fn add_key(store: &impl ApiKeyStore, text: &str) {
    let (name, digest) = (ApiKeyName::parse(text), Digest::of(text.as_bytes()));
    let added = store.insert_api_key(name.unwrap(), ApiKeyScope::ReadOwn, digest, CREATED_AT);
    assert!(added.await.unwrap());
}

/// The names of the signed keys, and of the others.
async fn keys_of(store: &impl ApiKeyStore) -> [Vec<String>; 2] {
    let keys = store.list_api_keys().await.unwrap();
    let names = |are_signed: bool| {
        let keys = keys.iter().filter(|key| key.is_signed == are_signed);
        keys.map(|key| key.name.to_string()).collect()
    };
    [names(true), names(false)]
}

pub(crate) async fn an_api_key_that_the_store_did_not_write_is_not_signed(place: impl Place) {
    // Whoever can write to the database has no key.
    let intruder = place.open(under("")).await;
    let store = place.open(under("1")).await;
    for name in ["a", "b", "c", "d"] {
        add_key(&store, name).await;
    }
    add_key(&intruder, "x").await;
    let found = async |text: &str| store.find_api_key(Digest::of(text.as_bytes())).await;
    assert!(found("a").await.unwrap().unwrap().is_signed);
    assert!(!found("x").await.unwrap().unwrap().is_signed);

    place
        .edit("UPDATE api_keys SET scope = 'read-all' WHERE name = 'a'")
        .await;
    place
        .edit(
            "UPDATE api_keys SET mac = (SELECT mac FROM api_keys WHERE name = 'c'), mac_key = \
               (SELECT mac_key FROM api_keys WHERE name = 'c') WHERE name = 'x'",
        )
        .await;
    place
        .edit("UPDATE api_keys SET name = 'renamed' WHERE name = 'b'")
        .await;
    place
        .edit("UPDATE api_keys SET mac_key = 'd882d69ab4c4a695' WHERE name = 'd'")
        .await;
    let [signed, others] = keys_of(&store).await;
    assert_eq!(signed, ["c"]);
    assert_eq!(others, ["a", "d", "renamed", "x"]);
    assert!(!found("a").await.unwrap().unwrap().is_signed);
    // Without a key nothing can be checked, and nothing is encrypted.
    assert_eq!(keys_of(&intruder).await[0].len(), 5);
}

pub(crate) async fn a_rotation_signs_api_keys_and_names_those_that_were_not_signed(
    place: impl Place,
) {
    let before = place.open(under("")).await;
    add_key(&before, "earlier").await;
    add_key(&before, "gone").await;
    let gone = ApiKeyName::parse("gone").unwrap();
    assert!(before.revoke_api_key(gone, CREATED_AT).await.unwrap());
    let old = place.open(under("1")).await;
    add_key(&old, "shop").await;
    add_key(&old, "tampered").await;
    place
        .edit("UPDATE api_keys SET scope = 'read-all' WHERE name = 'tampered'")
        .await;

    let new = place.open(under("21")).await;
    let done = new.sign_api_keys().await.unwrap();
    let names = |names: &[ApiKeyName]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(names(&done.signed), ["earlier"]);
    assert_eq!(names(&done.refused), ["tampered"]);
    let again = new.sign_api_keys().await.unwrap();
    assert_eq!(names(&again.signed), Vec::<String>::new());
    let [signed, _] = keys_of(&place.open(under("2")).await).await;
    assert_eq!(signed, ["earlier", "shop"]);
}

pub(crate) async fn an_operation_and_its_events_are_sealed_at_rest(place: impl Place) {
    let [store, other] = place.open_twice(under("1")).await;
    let operation = created(&store, "1").await;
    assert!(
        store
            .change_operation(change(&operation))
            .await
            .unwrap()
            .is_some()
    );
    // In clear the columns would be as long as these texts; the edit fails if they are.
    place
        .edit(
            "CREATE TABLE proof (sealed INTEGER CHECK (sealed = 2)); \
             INSERT INTO proof SELECT (SELECT count(*) FROM operations \
             WHERE data_key IS NOT NULL AND length(data) = 5 + 16) + (SELECT count(*) FROM deliveries \
             WHERE event_key IS NOT NULL AND length(event) = 4 + 16)",
        )
        .await;
    let read = other.get_operation(operation.id).await.unwrap().unwrap();
    assert_eq!(read.progress.data.expose(), "after");
    place
        .edit("UPDATE operations SET data = substr(data, 1, 5)")
        .await;
    let answer = other.get_operation(operation.id).await;
    assert!(
        matches!(
            answer,
            Err(StoreError::CorruptOperation { column: "data", .. })
        ),
        "{answer:?}"
    );
    // It does not hold up the others.
    assert!(hint(&store, "1", CREATED_AT).await);
    created(&store, "2").await;
    let claimed = store.claim_due_operations(i64::MAX - 9, i64::MAX, 9).await;
    let claimed = claimed.unwrap();
    assert_eq!(claimed.len(), 2);
    assert_eq!(claimed.iter().filter(|one| one.is_err()).count(), 1);
}

pub(crate) async fn a_rotation_seals_operations_too(place: impl Place) {
    let clear = place.open(under("")).await;
    let operation = created(&clear, "1").await;
    assert!(
        clear
            .change_operation(change(&operation))
            .await
            .unwrap()
            .is_some()
    );
    created(&place.open(under("1")).await, "2").await;
    let store = place.open(under("21")).await;
    assert_eq!(store.forget_other_keys().await.unwrap(), 3);
    let done = store.reencrypt_operations(None, 9).await.unwrap();
    assert_eq!((done.encrypted, done.unreadable.len()), (3, 0));
    let end = store.reencrypt_operations(done.last, 9).await.unwrap();
    assert_eq!((end.last, end.encrypted), (None, 0));
    assert_eq!(store.forget_other_keys().await.unwrap(), 0);

    let store = place.open(under("2")).await;
    let read = store.get_operation(operation.id).await.unwrap().unwrap();
    assert_eq!(read.progress.data.expose(), "after");
    let told = store
        .claim_deliveries(i64::MAX - 9, i64::MAX, 9)
        .await
        .unwrap();
    let Message::Event { body, .. } = &told[0].message else {
        panic!("{told:?}");
    };
    assert_eq!(body.as_ref().unwrap().expose(), "body");
    let answer = clear.create_operation(new_operation("3")).await;
    assert!(matches!(answer, Err(StoreError::KeyRequired)), "{answer:?}");
}
