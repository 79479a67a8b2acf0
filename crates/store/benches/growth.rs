//! Measures what calls cost in databases of different sizes: creating and reading sessions, creating operations, and
//! what the reconciler asks for.
//!
//! `cargo bench -p pantoken-store --bench growth -- sqlite 9 100000 10000 1000000` makes nine rounds with 100,000 open
//! operations, in a database of ten thousand sessions and finished operations and in one of a million. With `postgres`
//! instead, it starts a Postgres server. `cargo xtask bench growth` runs it, and makes tables and plots of it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

mod tables;

use std::path::Path;
use std::time::{Duration, Instant};

use pantoken_core::Secret;
use pantoken_store::{
    CreateOutcome, Database, DatabaseUrl, Digest, NewOperation, OperationCreation, OperationStore,
    Progress, SessionStore, StoreOptions,
};
use pantoken_test_support::postgres;
use tables::{DATA_LENGTH, FIRST_TIME, Filling, new_session, session_id};

/// How many callers there are at once, as many as `cargo xtask bench server` has connections.
const CALLERS: i64 = 64;
/// How often each of them calls in a round.
const WRITES_EACH: i64 = 40;
const READS_EACH: i64 = 200;
/// How often the reconciler asks in a round, and how many operations it claims at once, as that of the server does.
const CLAIMS: i64 = 40;
const CLAIMED_AT_ONCE: u32 = 16;
/// A time at which every open operation is due.
const ALL_DUE: i64 = FIRST_TIME + 1_000_000_000;
const NEVER_DUE: i64 = i64::MAX;

#[tokio::main]
async fn main() {
    // Cargo adds an option of its own.
    let arguments: Vec<_> = std::env::args()
        .skip(1)
        .filter(|it| !it.starts_with("--"))
        .collect();
    let [database, rounds, open, sizes @ ..] = arguments.as_slice() else {
        panic!("usage: growth sqlite|postgres ROUNDS OPEN SIZE…");
    };
    let [rounds, open] = [rounds, open].map(|number| number.parse().unwrap());
    let server = match database.as_str() {
        "postgres" => Some(postgres::Server::start_durable().unwrap()),
        _ => None,
    };
    let folder = tempfile::tempdir().unwrap();
    let mut measured = Vec::new();
    for size in sizes {
        let url = url(server.as_ref(), folder.path(), size);
        eprintln!("  filling {database} with {size} sessions and operations, and {open} open ones");
        measured.push(Measured::prepare(&url, size.parse().unwrap(), open).await);
    }
    // The databases take turns, so that other load on the machine affects all of them. The first round is not counted.
    for round in 0..=rounds {
        eprintln!("  {database}, round {round} of {rounds}");
        for database in &mut measured {
            database.measure(round).await;
        }
    }
    let results: Vec<_> = measured.iter_mut().map(Measured::result).collect();
    println!("result: [{}]", results.join(","));
}

fn url(server: Option<&postgres::Server>, folder: &Path, size: &str) -> String {
    match server {
        Some(server) => server.create_database().unwrap(),
        None => format!("sqlite://{}", folder.join(size).display()),
    }
}

/// A database of one size, and what its calls cost.
struct Measured {
    size: i64,
    store: Database,
    session_bytes: i64,
    operation_bytes: i64,
    created: Costs,
    read: Costs,
    created_operations: Costs,
    claims: Costs,
    idle: Costs,
}

impl Measured {
    async fn prepare(url: &str, size: i64, open: i64) -> Self {
        let mut filling = Filling::begin(url).await;
        let empty = filling.bytes().await;
        filling.add_sessions(size).await;
        let with_sessions = filling.bytes().await;
        filling.add_finished_operations(size).await;
        let with_operations = filling.bytes().await;
        filling.add_open_operations(open).await;
        filling.settle().await;
        let options = StoreOptions::default();
        let url = DatabaseUrl::parse(url).unwrap();
        Self {
            size,
            store: Database::open(&url, options).await.unwrap(),
            session_bytes: with_sessions - empty,
            operation_bytes: with_operations - with_sessions,
            created: Costs::default(),
            read: Costs::default(),
            created_operations: Costs::default(),
            claims: Costs::default(),
            idle: Costs::default(),
        }
    }

    async fn measure(&mut self, round: i64) {
        let (size, written) = (self.size, self.size + round * CALLERS * WRITES_EACH);
        let store = &self.store;
        let created = at_once(store, WRITES_EACH, |store, number| {
            create_session(store, written + number, size)
        });
        self.created.add(round, created.await);
        let read = at_once(store, READS_EACH, |store, number| {
            read_session(store, number + round, size)
        });
        self.read.add(round, read.await);
        let created = at_once(store, WRITES_EACH, |store, number| {
            create_operation(store, written + number, size)
        });
        self.created_operations.add(round, created.await);
        let claims =
            one_by_one(|number| claim(store, ALL_DUE + round * CLAIMS + number, CLAIMED_AT_ONCE));
        self.claims.add(round, claims.await);
        let idle = one_by_one(|_| claim(store, FIRST_TIME, 0));
        self.idle.add(round, idle.await);
    }

    /// Returns the medians as JSON, in microseconds.
    fn result(&mut self) -> String {
        let Self { size, .. } = *self;
        let per_row = |bytes: i64| bytes / size;
        let (session, operation) = (per_row(self.session_bytes), per_row(self.operation_bytes));
        let costs = [
            ("created", &mut self.created),
            ("read", &mut self.read),
            ("createdOperations", &mut self.created_operations),
            ("claims", &mut self.claims),
            ("idle", &mut self.idle),
        ];
        let costs = costs.map(|(name, costs)| format!(r#""{name}":{}"#, costs.medians()));
        format!(
            r#"{{"size":{size},"bytesOfSession":{session},"bytesOfOperation":{operation},{}}}"#,
            costs.join(",")
        )
    }
}

/// What the calls of each round cost.
#[derive(Default)]
struct Costs {
    /// The time of the round divided by its calls.
    each: Vec<Duration>,
    p99: Vec<Duration>,
}

impl Costs {
    fn add(&mut self, round: i64, calls: Calls) {
        if round == 0 {
            return;
        }
        let Calls {
            together,
            mut times,
        } = calls;
        times.sort_unstable();
        self.each
            .push(together / u32::try_from(times.len()).unwrap());
        self.p99.push(times[times.len() * 99 / 100]);
    }

    fn medians(&mut self) -> String {
        let [each, p99] = [&mut self.each, &mut self.p99].map(|times| {
            times.sort_unstable();
            times[times.len() / 2].as_secs_f64() * 1e6
        });
        format!(r#"{{"each":{each:.1},"p99":{p99:.1}}}"#)
    }
}

/// How long some calls took, each and together.
struct Calls {
    together: Duration,
    times: Vec<Duration>,
}

/// Calls from all callers at once, each time with another number.
async fn at_once<C>(store: &Database, each: i64, call: impl Fn(Database, i64) -> C) -> Calls
where
    C: Future<Output = ()> + Send + 'static,
{
    let started = Instant::now();
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let numbers = caller * each + 1..=caller * each + each;
            let calls: Vec<_> = numbers.map(|number| call(store.clone(), number)).collect();
            tokio::spawn(async move {
                let mut times = Vec::new();
                for call in calls {
                    times.push(time(call).await);
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for caller in callers {
        times.extend(caller.await.unwrap());
    }
    let together = started.elapsed();
    Calls { together, times }
}

/// Calls like the reconciler, which waits for one answer before it asks again.
async fn one_by_one<C: Future<Output = ()>>(call: impl Fn(i64) -> C) -> Calls {
    let started = Instant::now();
    let mut times = Vec::new();
    for number in 0..CLAIMS {
        times.push(time(call(number)).await);
    }
    let together = started.elapsed();
    Calls { together, times }
}

async fn time(call: impl Future<Output = ()>) -> Duration {
    let started = Instant::now();
    call.await;
    started.elapsed()
}

async fn create_session(store: Database, number: i64, size: i64) {
    let (data, idempotency) = new_session(number, customer(number, size));
    let outcome = store.create(data, idempotency).await.unwrap();
    assert!(matches!(outcome, CreateOutcome::Created(_)), "{outcome:?}");
}

/// Reads a session from anywhere in the table, although most that a back end asks about are new: it is the slowest.
async fn read_session(store: Database, number: i64, size: i64) {
    let id = session_id(anywhere(number, size));
    assert!(store.get(id).await.unwrap().is_some());
}

async fn create_operation(store: Database, number: i64, size: i64) {
    let operation = NewOperation {
        kind: "payin.payment".to_owned(),
        key: format!("new-{number}"),
        parent: None,
        customer: Some(customer(number, size)),
        created_by: None,
        fingerprint: Digest::of(&number.to_le_bytes()),
        progress: Progress {
            next_attempt_at: Some(NEVER_DUE),
            ..Progress::new("pending", Secret::new(&"x".repeat(DATA_LENGTH)))
        },
        created_at: FIRST_TIME + number,
        leased_until: None,
        deadline_at: None,
    };
    let outcome = store.create_operation(operation).await.unwrap();
    assert!(
        matches!(outcome, OperationCreation::Created(_)),
        "{outcome:?}"
    );
}

/// Claims what is due, and leaves it due, behind everything else.
async fn claim(store: &Database, now: i64, expected: u32) {
    let claimed = store.claim_due_operations(now, now, CLAIMED_AT_ONCE);
    let claimed = claimed.await.unwrap();
    assert_eq!(claimed.len(), expected as usize);
    assert!(claimed.iter().all(Result::is_ok), "{claimed:?}");
}

/// Returns a number from 1 to `size` that is not near the one before.
fn anywhere(number: i64, size: i64) -> i64 {
    const FAR: i64 = 2_654_435_761;
    number * FAR % size + 1
}

fn customer(number: i64, size: i64) -> String {
    format!("customer {}", anywhere(number, size))
}
