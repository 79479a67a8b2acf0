//! What was acknowledged survives `kill -9`. The test runs itself as a child that writes, kills it at
//! some moment, and reads the database.

use std::collections::HashMap;
use std::io::Write;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use pantoken_store::{
    CreateOutcome, Database, DatabaseUrl, DeliveryState, Message, Outbox, RecordOutcome,
    SessionResult, SessionStore, StoreOptions,
};

use pantoken_test_support::Process;

use crate::contract::{CREATED_AT, credential, saved, session_data, session_id};
use crate::postgres::server;

const DATABASE: &str = "PANTOKEN_TEST_DATABASE";
const FIRST_ID: &str = "PANTOKEN_TEST_FIRST_ID";
/// The range of ids of one child, which is larger than it can use.
const IDS_OF_A_CHILD: i64 = 1_000_000;
const WRITERS: usize = 8;

/// The number of kills on each database. `PANTOKEN_LONG=1` increases it.
fn kills() -> i64 {
    if std::env::var_os("PANTOKEN_LONG").is_some() {
        100
    } else {
        25
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kills_of_a_process_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    survives_kills(&format!("sqlite://{}/pantoken.db", folder.path().display())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kills_of_a_process_on_postgres() {
    if let Some(server) = server() {
        survives_kills(&server.create_database().unwrap()).await;
    }
}

async fn survives_kills(url: &str) {
    let mut moments = Moments(7);
    let mut acknowledged = HashMap::new();
    for child in 0..kills() {
        let lines = run_and_kill(url, child * IDS_OF_A_CHILD + 1, moments.next());
        let store = open(url).await;
        for (id, token) in &lines {
            assert_eq!(token_of(&store, *id).await.as_ref(), Some(token), "{id}");
        }
        store.close().await;
        acknowledged.extend(lines);
    }
    let store = open(url).await;
    for (id, token) in &acknowledged {
        assert_eq!(token_of(&store, *id).await.as_ref(), Some(token), "{id}");
    }
    each_token_has_one_delivery(&store, &acknowledged).await;
}

/// Opens the database with an outbox, as the server does.
async fn open(url: &str) -> Database {
    let options = StoreOptions {
        outbox: true,
        ..StoreOptions::default()
    };
    let url = DatabaseUrl::parse(url).unwrap();
    Database::open(&url, options).await.unwrap()
}

async fn token_of(store: &Database, id: i64) -> Option<String> {
    let session = store.get(session_id(id)).await.unwrap()?;
    match session.recorded?.result {
        SessionResult::Saved { token } => Some(token.expose().to_owned()),
        SessionResult::Failed { .. } => None,
    }
}

/// Checks that each result has exactly one delivery.
async fn each_token_has_one_delivery(store: &Database, acknowledged: &HashMap<i64, String>) {
    let mut delivered = HashMap::new();
    let mut last = None;
    loop {
        let page = store.list_deliveries(DeliveryState::Pending, last, 1000);
        let page = page.await.unwrap();
        let Some(end) = page.last() else { break };
        last = Some(end.id);
        for delivery in &page {
            let Message::Result {
                session_id,
                result: Ok(SessionResult::Saved { token }),
                ..
            } = &delivery.message
            else {
                panic!("{delivery:?}")
            };
            let id = session_id.get();
            assert_eq!(token_of(store, id).await.unwrap(), token.expose());
            let earlier = delivered.insert(id, token.expose().to_owned());
            assert_eq!(earlier, None, "two tokens for {id}");
        }
    }
    for id in acknowledged.keys() {
        assert!(delivered.contains_key(id), "{id}");
    }
}

/// The numbers of acknowledged sessions after which the child is killed, from SplitMix64.
struct Moments(u64);

impl Moments {
    fn next(&mut self) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        1 + usize::try_from((z ^ (z >> 31)) % 60).unwrap()
    }
}

/// Starts a child, kills it after so many sessions, and returns all that it had acknowledged.
fn run_and_kill(url: &str, first_id: i64, after: usize) -> HashMap<i64, String> {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "kill::writes_until_it_is_killed", "--nocapture"])
        .env(DATABASE, url)
        .env(FIRST_ID, first_id.to_string());
    let mut child = Process::start(&mut command);
    let mut count = 0;
    let enough = child.wait_for_line(|line| {
        count += usize::from(read_acknowledged(line).is_some());
        (count == after).then_some(())
    });
    assert!(
        enough.is_some(),
        "the child ended by itself:\n{}",
        child.log()
    );
    child.kill();
    child
        .stdout()
        .lines()
        .filter_map(read_acknowledged)
        .collect()
}

/// Reads a line of the child. The kill may truncate the last one.
fn read_acknowledged(line: &str) -> Option<(i64, String)> {
    let line = line.strip_prefix("acknowledged ")?.strip_suffix('.')?;
    let (id, token) = line.split_once(' ')?;
    Some((id.parse().unwrap(), token.to_owned()))
}

/// Runs in the child: two tokens race for each session. In the parent there is no database to write
/// to, and nothing to do.
#[tokio::test(flavor = "multi_thread")]
async fn writes_until_it_is_killed() {
    let Ok(url) = std::env::var(DATABASE) else {
        return;
    };
    let first_id = std::env::var(FIRST_ID).unwrap().parse().unwrap();
    let ids = Arc::new(AtomicI64::new(first_id));
    let store = open(&url).await;
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..WRITERS {
        let (store, ids) = (store.clone(), Arc::clone(&ids));
        writers.spawn(async move {
            while ids.load(Ordering::Relaxed) < first_id + IDS_OF_A_CHILD {
                let id = ids.fetch_add(1, Ordering::Relaxed);
                acknowledge(id, &save(&store, id).await);
            }
        });
    }
    writers.join_all().await;
}

/// Returns the one of the two tokens that was recorded.
async fn save(store: &Database, id: i64) -> String {
    let created = store.create(session_data(id), None).await.unwrap();
    assert!(matches!(created, CreateOutcome::Created(_)), "{created:?}");
    let [first, second] = ["first", "second"].map(|name| format!("{name}-{id}"));
    let record =
        |token: &str| store.record_result(session_id(id), credential(), saved(token), CREATED_AT);
    let (one, other) = tokio::join!(record(&first), record(&second));
    match (one.unwrap(), other.unwrap()) {
        (RecordOutcome::Recorded(_), RecordOutcome::Conflict(_)) => first,
        (RecordOutcome::Conflict(_), RecordOutcome::Recorded(_)) => second,
        both => panic!("{both:?}"),
    }
}

fn acknowledge(id: i64, token: &str) {
    // `println!` would be captured and buffered.
    let mut stdout = std::io::stdout().lock();
    let line = format!("\nacknowledged {id} {token}.\n");
    stdout.write_all(line.as_bytes()).unwrap();
    stdout.flush().unwrap();
}
