//! A Postgres whose host vanishes without a word: no connection is refused or closed, and nothing
//! comes any more.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use pantoken_store::{Outbox, PostgresStore, PostgresUrl, SessionStore, StoreError, StoreOptions};
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UnixStream};

use crate::contract::{create, session_data, session_id};
use crate::postgres::server;

/// Between a store and the test server. What was connected when it vanished stays silent for ever.
#[derive(Clone)]
pub(crate) struct Host {
    /// Odd while nothing is forwarded.
    changes: Arc<AtomicU32>,
    /// How often a client has sent something.
    sent: Arc<AtomicU32>,
    /// What never vanishes.
    url: String,
}

impl Host {
    /// Returns `None` if Postgres is not installed.
    pub(crate) async fn start() -> Option<(Self, PostgresUrl)> {
        let url = server()?.create_database().unwrap();
        let (_, parameters) = url.split_once("postgres:///").unwrap();
        let (database, parameters) = parameters.split_once('?').unwrap();
        let (_, folder) = parameters.split_once("host=").unwrap();
        let socket = PathBuf::from(folder).join(".s.PGSQL.5432");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let host = Self {
            changes: Arc::default(),
            sent: Arc::default(),
            url: url.clone(),
        };
        tokio::spawn(host.clone().accept(listener, socket));
        let url = format!("postgres://postgres@127.0.0.1:{port}/{database}?sslmode=disable");
        Some((host, PostgresUrl::parse(&url).unwrap()))
    }

    fn changes(&self) -> u32 {
        self.changes.load(Ordering::SeqCst)
    }

    pub(crate) fn sent(&self) -> u32 {
        self.sent.load(Ordering::SeqCst)
    }

    fn vanish_or_return(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }

    async fn accept(self, listener: TcpListener, socket: PathBuf) {
        loop {
            let (client, _) = listener.accept().await.unwrap();
            let server = UnixStream::connect(&socket).await.unwrap();
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            let at = self.changes();
            let (sent, answered) = (Arc::clone(&self.sent), Arc::default());
            tokio::spawn(self.clone().forward(at, from_client, to_server, sent));
            tokio::spawn(self.clone().forward(at, from_server, to_client, answered));
        }
    }

    async fn forward(
        self,
        at: u32,
        mut from: impl AsyncReadExt + Unpin,
        mut to: impl AsyncWriteExt + Unpin,
        times: Arc<AtomicU32>,
    ) {
        let mut bytes = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut bytes).await {
            times.fetch_add(1, Ordering::SeqCst);
            if at.is_multiple_of(2)
                && self.changes() == at
                && to.write_all(&bytes[..length]).await.is_err()
            {
                break;
            }
        }
        if self.changes() != at {
            // Not even the end of a connection is told.
            std::future::pending::<()>().await;
        }
    }
}

fn options() -> StoreOptions {
    StoreOptions {
        time_limit: Duration::from_millis(300),
        ..StoreOptions::default()
    }
}

/// More calls than there are connections.
async fn many_fail(store: &PostgresStore) {
    let calls: Vec<_> = (0..40)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                match number % 3 {
                    0 => store.get(session_id(1)).await.map(drop),
                    1 => store.claim_deliveries(1, 2, 3).await.map(drop),
                    _ => store
                        .create(session_data(100 + number), None)
                        .await
                        .map(drop),
                }
            })
        })
        .collect();
    for call in calls {
        let answer = call.await.unwrap();
        assert!(
            matches!(answer, Err(StoreError::Unavailable(_))),
            "{answer:?}"
        );
    }
}

async fn until_it_works(store: &PostgresStore) {
    while store.check().await.is_err() {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_vanishes_fails_calls_and_is_used_again_when_it_is_back() {
    let Some((host, url)) = Host::start().await else {
        return;
    };
    let generous = StoreOptions::default();
    PostgresStore::open_with(&url, generous)
        .await
        .unwrap()
        .close()
        .await;
    let store = PostgresStore::open_with(&url, options()).await.unwrap();
    until_it_works(&store).await;
    for round in 1..=2 {
        host.vanish_or_return();
        many_fail(&store).await;
        host.vanish_or_return();
        until_it_works(&store).await;
        create(&store, round).await;
    }
}

/// As when clients go away: every connection is in the middle of a call when its host vanishes.
#[tokio::test(flavor = "multi_thread")]
async fn calls_that_are_dropped_half_way_leave_no_connection_waiting() {
    const CONNECTIONS: i64 = 16;
    let Some((host, url)) = Host::start().await else {
        return;
    };
    let store = PostgresStore::open_with(&url, StoreOptions::default())
        .await
        .unwrap();
    create(&store, 1).await;
    let mut other = PgConnection::connect(&host.url).await.unwrap();
    // In a transaction it would see the same activity for ever.
    let mut watcher = PgConnection::connect(&host.url).await.unwrap();
    let mut lock = other.begin().await.unwrap();
    lock.execute("UPDATE readiness SET writes = 0")
        .await
        .unwrap();
    let calls: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.check().await })
        })
        .collect();
    let waiting = "SELECT count(*) FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(waiting)
        .fetch_one(&mut watcher)
        .await
        .unwrap()
        < CONNECTIONS
    {}
    host.vanish_or_return();
    for call in calls {
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
    }
    lock.rollback().await.unwrap();
    host.vanish_or_return();
    // Each call ends by itself at its time limit, because the answer to it was lost.
    let found = loop {
        match store.get(session_id(1)).await {
            Err(StoreError::Unavailable(_)) => {}
            found => break found.unwrap(),
        }
    };
    assert!(found.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_closes_although_its_host_has_vanished() {
    let Some((host, url)) = Host::start().await else {
        return;
    };
    let store = PostgresStore::open_with(&url, options()).await.unwrap();
    until_it_works(&store).await;
    host.vanish_or_return();
    let call = store.get(session_id(1));
    let (answer, ()) = tokio::join!(call, store.close());
    assert!(answer.is_err(), "{answer:?}");
}
