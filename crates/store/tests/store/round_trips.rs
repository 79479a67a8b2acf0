//! How often a call waits for Postgres, which may be a network away.

use pantoken_store::{PostgresStore, SessionStore, StoreOptions};

use crate::contract::{CREATED_AT, create, credential, saved, session_id};
use crate::vanished_host::Host;

#[tokio::test(flavor = "multi_thread")]
async fn a_call_sends_its_statements_and_little_else() {
    let Some((host, url)) = Host::start().await else {
        return;
    };
    let store = PostgresStore::open_with(&url, StoreOptions::default()).await;
    let store = store.unwrap();
    let mut sent_by = [0; 3];
    // The first calls prepare the statements, and check a connection that was not used for a moment.
    for id in 1..100 {
        let created = sent(&host, create(&store, id)).await;
        let record = async {
            let token = saved("token");
            let result = store.record_result(session_id(id), credential(), token, CREATED_AT);
            let _ = result.await.unwrap();
        };
        let recorded = sent(&host, record).await;
        let read = async {
            assert!(store.get(session_id(id)).await.unwrap().is_some());
        };
        sent_by = [created, recorded, sent(&host, read).await];
        if sent_by == [1, 4, 1] {
            return;
        }
    }
    panic!("creating, recording and reading sent {sent_by:?} messages");
}

async fn sent(host: &Host, call: impl Future<Output = ()>) -> u32 {
    let before = host.sent();
    call.await;
    host.sent() - before
}
