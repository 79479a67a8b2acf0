//! Measures how long it takes to create a session in SQLite: from many callers at once, and in a large
//! table.
//!
//! `cargo bench -p pantoken-store --bench creation -- 1000000` compares a table of a million rows with
//! one of ten thousand, in nine rounds or in as many as a second number says.
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

#[allow(dead_code)] // It also has what growth.rs needs.
mod tables;

use std::path::Path;
use std::time::{Duration, Instant};

use pantoken_store::{CreateOutcome, SessionStore, SqliteStore};
use tables::{Filling, new_session};

const SMALL: i64 = 10_000;
const DEFAULT_LARGE: i64 = 1_000_000;
const DEFAULT_ROUNDS: i64 = 9;
const CALLERS: i64 = 64;
const EACH: i64 = 40;
/// A number of a session that no table has.
const FAR_AWAY: i64 = 1_000_000_000_000;

#[tokio::main]
async fn main() {
    // Cargo adds an argument of its own.
    let mut numbers = std::env::args().filter_map(|text| text.parse().ok());
    let large = numbers.next().unwrap_or(DEFAULT_LARGE);
    let rounds = numbers.next().unwrap_or(DEFAULT_ROUNDS);
    let folder = tempfile::tempdir().unwrap();
    let [small_store, large_store] =
        [SMALL, large].map(|rows| (rows, folder.path().join(format!("{rows}.db"))));
    let mut tables = Vec::new();
    for (rows, file) in [small_store, large_store] {
        eprintln!("filling a table of {rows} rows");
        fill(&file, rows).await;
        tables.push((rows, SqliteStore::open(&file).await.unwrap(), Vec::new()));
    }
    alone(&tables[0].1).await;
    // The tables take turns, so that other load on the machine affects both.
    for round in 0..rounds {
        for (rows, store, times) in &mut tables {
            times.push(create_at_once(store, *rows + round * CALLERS * EACH).await);
        }
    }
    let costs = tables.iter_mut().map(|(rows, _, times)| {
        times.sort_unstable();
        let cost = times[times.len() / 2] / u32::try_from(CALLERS * EACH).unwrap();
        let rate = 1.0 / cost.as_secs_f64();
        println!("{rows} rows, {CALLERS} callers: {rate:.0} sessions a second, {cost:.1?} each");
        cost
    });
    let costs: Vec<_> = costs.collect();
    let ratio = costs[1].as_secs_f64() / costs[0].as_secs_f64();
    println!("{large} rows cost {ratio:.2} times what {SMALL} cost");
}

/// Creates sessions from one caller, which waits for the disk every time.
async fn alone(store: &SqliteStore) {
    const COUNT: i64 = 200;
    let started = Instant::now();
    for number in 0..COUNT {
        create(store, FAR_AWAY + number).await;
    }
    let rate = 200.0 / started.elapsed().as_secs_f64();
    println!("{SMALL} rows, 1 caller: {rate:.0} sessions a second");
}

async fn create_at_once(store: &SqliteStore, after: i64) -> Duration {
    let started = Instant::now();
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let store = store.clone();
            tokio::spawn(async move {
                for number in 1..=EACH {
                    create(&store, after + caller * EACH + number).await;
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    started.elapsed()
}

async fn create(store: &SqliteStore, number: i64) {
    let (data, idempotency) = new_session(number, "order 7".to_owned());
    let outcome = store.create(data, idempotency).await.unwrap();
    assert!(matches!(outcome, CreateOutcome::Created(_)), "{outcome:?}");
}

async fn fill(file: &Path, rows: i64) {
    let mut filling = Filling::begin(&format!("sqlite://{}", file.display())).await;
    filling.add_sessions(rows).await;
    filling.settle().await;
}
