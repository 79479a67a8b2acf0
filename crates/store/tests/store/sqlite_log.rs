//! The write-ahead log is copied into the file while others write, and does not grow without an end.

use std::path::{Path, PathBuf};

use pantoken_store::{SessionData, SessionStore, SqliteStore, StoreError, StoreOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Executor, Row};

use crate::contract::{Place, create, session_data, session_id};
use crate::sqlite::SqlitePlace;

const PAGE: u64 = 4096;
/// How much the log grows until the store copies it, in pages.
pub(crate) const STEP: i64 = 1000;
/// The size of the log from which on it is to begin anew, in pages.
const LIMIT: i64 = 8000;

/// The size of the log, and how much of it is copied, in pages.
pub(crate) struct Log {
    pub(crate) pages: i64,
    pub(crate) copied: i64,
}

impl Log {
    pub(crate) async fn measure(observer: &mut SqliteConnection) -> Self {
        let row = observer.fetch_one("PRAGMA wal_checkpoint(NOOP)").await;
        let row = row.unwrap();
        Self {
            pages: row.get("log"),
            copied: row.get("checkpointed"),
        }
    }
}

pub(crate) async fn connect(file: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(file);
    options.connect().await.unwrap()
}

/// Creates a session that takes about 25 pages.
pub(crate) async fn create_large(store: &SqliteStore, id: i64) -> Result<(), StoreError> {
    let data = SessionData {
        customer: Some("7".repeat(100_000)),
        ..session_data(id)
    };
    store.create(data, None).await.map(drop)
}

fn log_of(place: &SqlitePlace) -> PathBuf {
    place.file().with_extension("db-wal")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_copied_without_a_write_that_does_it() {
    let place = SqlitePlace::new().unwrap();
    let store = place.open(StoreOptions::default()).await;
    let mut observer = connect(&place.file()).await;
    let mut id = 0;
    while Log::measure(&mut observer).await.pages < STEP {
        id += 1;
        create_large(&store, id).await.unwrap();
    }
    while Log::measure(&mut observer).await.copied < STEP {}
    assert!(Log::measure(&mut observer).await.pages < LIMIT);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_stays_bounded_under_constant_writes() {
    const WRITERS: i64 = 8;
    const EACH: i64 = 120;
    let place = SqlitePlace::new().unwrap();
    let store = place.open(StoreOptions::default()).await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                for number in 1..=EACH {
                    create_large(&store, writer * EACH + number).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    // The file keeps the size that the log had at its largest.
    let size = std::fs::metadata(log_of(&place)).unwrap().len();
    let written = std::fs::metadata(place.file()).unwrap().len() + size;
    let limit = LIMIT.unsigned_abs() * PAGE;
    assert!(size < limit * 5 / 4, "{size} bytes");
    assert!(written > limit * 2, "{written} bytes");
    store.close().await;
    assert!(!log_of(&place).exists());
}

/// As during a backup.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_read_stops_no_write_and_the_log_begins_anew_after_it() {
    let place = SqlitePlace::new().unwrap();
    let store = place.open(StoreOptions::default()).await;
    create(&store, 1).await;
    let mut observer = connect(&place.file()).await;
    let mut reader = connect(&place.file()).await;
    reader
        .execute("BEGIN; SELECT * FROM sessions")
        .await
        .unwrap();
    let mut id = 1;
    let longest = loop {
        id += 1;
        create_large(&store, id).await.unwrap();
        let log = Log::measure(&mut observer).await;
        if log.pages > LIMIT {
            break log;
        }
    };
    assert!(longest.copied < STEP);
    reader.execute("ROLLBACK").await.unwrap();
    while Log::measure(&mut observer).await.pages > STEP {
        id += 1;
        create_large(&store, id).await.unwrap();
    }
    for id in 1..=id {
        assert!(store.get(session_id(id)).await.unwrap().is_some(), "{id}");
    }
}
