//! How often a call waits for Postgres, which may be a network away.

use pantoken_store::{OperationStore, PostgresStore, SessionStore, StoreOptions};

use crate::contract::operations::{change, created as created_operation};
use crate::contract::{CREATED_AT, create, credential, saved, session_id};
use crate::vanished_host::Host;

#[tokio::test(flavor = "multi_thread")]
async fn a_call_sends_its_statements_and_little_else() {
    let Some((host, url)) = Host::start().await else {
        return;
    };
    let store = PostgresStore::open_with(&url, StoreOptions::default()).await;
    let store = store.unwrap();
    let mut sent_by = [0; 5];
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
        let read = sent(&host, read).await;
        let before = host.sent();
        let operation = created_operation(&store, &id.to_string()).await;
        let operation_created = host.sent() - before;
        let change = async {
            // With a fact.
            let changed = store.change_operation(change(&operation)).await.unwrap();
            assert!(changed.is_some());
        };
        let changed = sent(&host, change).await;
        sent_by = [created, recorded, read, operation_created, changed];
        if sent_by == [1, 4, 1, 3, 4] {
            return;
        }
    }
    panic!(
        "creating, recording and reading a session, and creating and changing an operation, sent {sent_by:?} messages"
    );
}

async fn sent(host: &Host, call: impl Future<Output = ()>) -> u32 {
    let before = host.sent();
    call.await;
    host.sent() - before
}
