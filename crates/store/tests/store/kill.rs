//! What was acknowledged survives `kill -9`: the test runs itself as a child that writes, kills it at
//! some moment, and looks at what the database holds.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use pantoken_store::{
    CreateOutcome, Database, DatabaseUrl, DeliveryState, Outbox, RecordOutcome, SessionResult,
    SessionStore, StoreOptions,
};

use crate::contract::{CREATED_AT, credential, saved, session_data, session_id};
use crate::postgres::server;

const DATABASE: &str = "PANTOKEN_TEST_DATABASE";
const FIRST_ID: &str = "PANTOKEN_TEST_FIRST_ID";
/// Sessions of one child are counted from here on; far more than it can make.
const IDS_OF_A_CHILD: i64 = 1_000_000;
const WRITERS: usize = 8;

/// On each database; `PANTOKEN_LONG=1` asks for more.
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
    survives_kills(&server().create_database().unwrap()).await;
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

/// As the server does: with an outbox.
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

/// A result and its delivery are there together or not at all, and never twice.
async fn each_token_has_one_delivery(store: &Database, acknowledged: &HashMap<i64, String>) {
    let mut delivered = HashMap::new();
    let mut last = None;
    loop {
        let page = store.list_deliveries(DeliveryState::Pending, last, 1000);
        let page = page.await.unwrap();
        let Some(end) = page.last() else { break };
        last = Some(end.id);
        for delivery in &page {
            let id = delivery.session_id.get();
            let SessionResult::Saved { token } = delivery.result.as_ref().unwrap() else {
                panic!("{delivery:?}")
            };
            assert_eq!(token_of(store, id).await.unwrap(), token.expose());
            let earlier = delivered.insert(id, token.expose().to_owned());
            assert_eq!(earlier, None, "two tokens for {id}");
        }
    }
    for id in acknowledged.keys() {
        assert!(delivered.contains_key(id), "{id}");
    }
}

/// SplitMix64: after how many acknowledged sessions the child is killed.
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

/// What the child had acknowledged when it was dead: all that it printed.
fn run_and_kill(url: &str, first_id: i64, after: usize) -> HashMap<i64, String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::writes_until_it_is_killed", "--nocapture"])
        .env(DATABASE, url)
        .env(FIRST_ID, first_id.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut acknowledged = HashMap::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        // Written in one piece, but a kill may cut the last one.
        let whole = line
            .strip_prefix("acknowledged ")
            .and_then(|line| line.strip_suffix('.'));
        if let Some((id, token)) = whole.and_then(|line| line.split_once(' ')) {
            acknowledged.insert(id.parse().unwrap(), token.to_owned());
        }
        if acknowledged.len() == after {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(acknowledged.len() >= after, "the child ended by itself");
    acknowledged
}

/// The child's part: two tokens race for each session. In the parent's run there is no database to
/// write to, and nothing to do.
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

/// The token of the two that was recorded.
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
