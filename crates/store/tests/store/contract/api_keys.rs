//! API keys.

use pantoken_store::{ApiKeyName, ApiKeyRecord, ApiKeyScope, ApiKeyStore, Digest, StoreOptions};

use super::CREATED_AT;

pub(crate) fn options() -> StoreOptions {
    StoreOptions::default()
}

fn name(text: &str) -> ApiKeyName {
    ApiKeyName::parse(text).unwrap()
}

async fn insert(store: &impl ApiKeyStore, text: &str) -> bool {
    let digest = Digest::of(text.as_bytes());
    let scope = ApiKeyScope::ReadAll;
    let done = store.insert_api_key(name(text), scope, digest, CREATED_AT);
    done.await.unwrap()
}

async fn find(store: &impl ApiKeyStore, text: &str) -> Option<ApiKeyRecord> {
    let found = store.find_api_key(Digest::of(text.as_bytes())).await;
    found.unwrap()
}

pub(crate) async fn a_key_is_found_by_its_digest_until_it_is_revoked(
    [store, other]: [impl ApiKeyStore; 2],
) {
    assert!(insert(&store, "shop").await);
    assert!(insert(&store, "office").await);
    let kept = ApiKeyRecord {
        name: name("shop"),
        scope: ApiKeyScope::ReadAll,
        is_signed: true,
        created_at: CREATED_AT,
        revoked_at: None,
    };
    assert_eq!(find(&other, "shop").await, Some(kept));
    assert_eq!(find(&other, "Shop").await, None);

    assert!(
        store
            .revoke_api_key(name("shop"), CREATED_AT + 1)
            .await
            .unwrap()
    );
    assert_eq!(find(&other, "shop").await, None);
    assert!(find(&other, "office").await.is_some());
    for unknown in ["shop", "shed"] {
        assert!(
            !other
                .revoke_api_key(name(unknown), CREATED_AT + 2)
                .await
                .unwrap()
        );
    }
    let listed = other.list_api_keys().await.unwrap();
    assert_eq!(listed[1].revoked_at, Some(CREATED_AT + 1));
}

pub(crate) async fn a_key_keeps_its_scope([store, other]: [impl ApiKeyStore; 2]) {
    for scope in [
        ApiKeyScope::Create,
        ApiKeyScope::ReadOwn,
        ApiKeyScope::ReadAll,
    ] {
        let text = scope.as_str();
        assert_eq!(ApiKeyScope::parse(text), Ok(scope));
        let digest = Digest::of(text.as_bytes());
        let done = store.insert_api_key(name(text), scope, digest, CREATED_AT);
        assert!(done.await.unwrap());
        assert_eq!(find(&other, text).await.unwrap().scope, scope);
    }
    assert!(ApiKeyScope::parse("read").is_err());
}

pub(crate) async fn a_name_stands_for_one_key_for_ever([store, other]: [impl ApiKeyStore; 2]) {
    assert!(insert(&store, "shop").await);
    let again = |now| {
        let digest = Digest::of(b"another");
        other.insert_api_key(name("shop"), ApiKeyScope::ReadAll, digest, now)
    };
    assert!(!again(CREATED_AT).await.unwrap());
    assert!(
        store
            .revoke_api_key(name("shop"), CREATED_AT)
            .await
            .unwrap()
    );
    assert!(!again(CREATED_AT + 1).await.unwrap());
    assert_eq!(find(&store, "another").await, None);
}

pub(crate) async fn keys_are_listed_by_name([store, other]: [impl ApiKeyStore; 2]) {
    for text in ["b", "a-2", "B", "a.1"] {
        assert!(insert(&store, text).await);
    }
    let listed = other.list_api_keys().await.unwrap();
    let names: Vec<_> = listed.iter().map(|record| record.name.as_str()).collect();
    assert_eq!(names, ["B", "a-2", "a.1", "b"]);
}

pub(crate) async fn one_of_many_keys_of_one_name_is_kept<S: ApiKeyStore + Clone>(stores: [S; 2]) {
    let tasks: Vec<_> = (0..16_u8)
        .map(|number| {
            let store = stores[usize::from(number % 2)].clone();
            tokio::spawn(async move {
                let digest = Digest::of(&[number]);
                let scope = ApiKeyScope::ReadAll;
                store
                    .insert_api_key(name("shop"), scope, digest, CREATED_AT)
                    .await
            })
        })
        .collect();
    let mut kept = Vec::new();
    for (number, task) in (0..16_u8).zip(tasks) {
        if task.await.unwrap().unwrap() {
            kept.push(number);
        }
    }
    let [winner] = kept[..] else {
        panic!("{kept:?}")
    };
    let found = stores[0].find_api_key(Digest::of(&[winner])).await;
    assert!(found.unwrap().is_some());
}
