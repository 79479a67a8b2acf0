use std::sync::OnceLock;

use pantoken_store::{PostgresStore, PostgresUrl, SessionStore, StoreError, StoreOptions};
use pantoken_test_postgres::Server;
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor};

use crate::contract::{Place, contract_tests, terms};

/// One for all tests; a database for each.
pub(crate) fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start().unwrap_or_else(|error| panic!("{error}")))
}

pub(crate) fn database() -> PostgresUrl {
    PostgresUrl::parse(&server().create_database().unwrap()).unwrap()
}

struct PostgresPlace {
    text: String,
    url: PostgresUrl,
}

impl Place for PostgresPlace {
    type Store = PostgresStore;

    fn new() -> Self {
        let text = server().create_database().unwrap();
        let url = PostgresUrl::parse(&text).unwrap();
        Self { text, url }
    }

    async fn try_open(&self, options: StoreOptions) -> Result<PostgresStore, StoreError> {
        PostgresStore::open_with(&self.url, options).await
    }

    async fn edit(&self, sql: &'static str) {
        let mut connection = PgConnection::connect(&self.text).await.unwrap();
        connection.execute(sql).await.unwrap();
    }
}

contract_tests!(crate::postgres::PostgresPlace);

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
    let store = PostgresPlace::new().open(StoreOptions::default()).await;
    store.close().await;
    let answer = store.create(terms(1), None).await;
    assert!(
        matches!(answer, Err(StoreError::Unavailable(_))),
        "{answer:?}"
    );
}
