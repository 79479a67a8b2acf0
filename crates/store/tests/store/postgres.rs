use std::sync::OnceLock;

use pantoken_store::{PostgresStore, PostgresUrl, SessionStore, StoreError, StoreOptions};
use pantoken_test_postgres::Server;

use crate::contract::{contract_tests, terms};

/// One for all tests; a database for each.
pub(crate) fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start().unwrap_or_else(|error| panic!("{error}")))
}

pub(crate) fn database() -> PostgresUrl {
    PostgresUrl::parse(&server().create_database().unwrap()).unwrap()
}

async fn open_with(options: StoreOptions) -> (PostgresUrl, [PostgresStore; 2]) {
    let url = database();
    let open = || PostgresStore::open_with(&url, options.clone());
    let stores = [open().await.unwrap(), open().await.unwrap()];
    (url, stores)
}

contract_tests!(crate::postgres::open_with);

#[tokio::test]
async fn a_database_that_is_not_there_is_named_without_its_password() {
    let missing = "postgres://me:canary@127.0.0.1:1/cards";
    let url = PostgresUrl::parse(missing).unwrap();
    let error = PostgresStore::open_with(&url, StoreOptions::default()).await;
    let text = error.unwrap_err().to_string();
    assert!(text.contains("postgres://127.0.0.1:1/cards"), "{text}");
    assert!(!text.contains("canary"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_may_start_together_on_an_empty_database() {
    let url = database();
    let starts: Vec<_> = (0..6)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(
                async move { PostgresStore::open_with(&url, StoreOptions::default()).await },
            )
        })
        .collect();
    for start in starts {
        start.await.unwrap().unwrap().check().await.unwrap();
    }
}

#[tokio::test]
async fn a_closed_store_is_unavailable() {
    let (_, [store, _]) = open_with(StoreOptions::default()).await;
    store.close().await;
    let answer = store.create(terms(1), None).await;
    assert!(
        matches!(answer, Err(StoreError::Unavailable(_))),
        "{answer:?}"
    );
}
