use std::time::Duration;

use axum::Router;
use pantoken_test_support::{Process, postgres};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::back_end::{BackEnd, Told};
use crate::bad_system::{BadSystem, Faults};
use crate::load::{API_KEY, program};
use crate::relay::Relay;

const PAUSE: Duration = Duration::from_millis(20);
/// How long a test waits for something while the shop's time passes quickly.
const TIMEOUT: Duration = Duration::from_secs(180);
/// How often a test looks before the shop's time is moved on.
const LOOKS: u32 = 50;
/// How far the server's clock moves on at once, in seconds: further than claims of operations and webhooks last, and
/// than qiwi-pay waits before it repeats what was not executed.
const STEP: i64 = 240;
/// How far the provider's clock moves on, in milliseconds: further than the first waits of its retries.
const PROVIDER_STEP: i64 = 15_000;

/// The addresses of a shop, which do not change.
pub(crate) struct Addresses {
    /// From here a provider's notifications are led to the server.
    pub(crate) server: String,
    pub(crate) sandbox: String,
    pub(crate) back_end: String,
}

/// A provider as the tests use it.
pub(crate) struct Provider {
    /// Its path in the server's API.
    pub(crate) path: &'static str,
    pub(crate) sandbox: fn(&Addresses) -> Router,
    pub(crate) settings: fn(&Addresses) -> Vec<(&'static str, String)>,
    /// What goes wrong with its calls and notifications.
    pub(crate) faults: &'static [&'static str],
}

/// What goes wrong with a provider whose sandbox has the common faults.
pub(crate) const FAULTS: [&str; 9] = [
    "drop-answer",
    "half",
    "empty500",
    "html",
    "error500",
    "unavailable",
    "notification-repeated",
    "notification-wrong-signature",
    "drop-answer",
];

/// A server that calls the sandbox of a provider, and its back end.
pub(crate) struct Shop {
    pub(crate) back_end: BackEnd,
    pub(crate) postgres: Option<postgres::Server>,
    server: Option<Process>,
    database: Option<String>,
    addresses: Addresses,
    settings: Vec<(&'static str, String)>,
    relay: Relay,
    system: BadSystem,
    /// How far the server's clock is ahead, in seconds.
    ahead: i64,
    earlier_logs: String,
    folder: TempDir,
}

impl Shop {
    /// Opens a shop whose database is in Postgres if there is a server, and else in a SQLite file.
    pub(crate) async fn open(provider: &Provider, postgres: Option<postgres::Server>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (relay, told) = (Relay::default(), Told::default());
        let (relay_listener, server) = listen().await;
        let (sandbox_listener, sandbox) = listen().await;
        let (back_end_listener, back_end) = listen().await;
        let addresses = Addresses {
            server,
            sandbox,
            back_end,
        };
        relay.run(relay_listener);
        let sandbox = (provider.sandbox)(&addresses);
        for (listener, router) in [
            (sandbox_listener, sandbox),
            (back_end_listener, told.router()),
        ] {
            tokio::spawn(async move { axum::serve(listener, router).await });
        }
        let folder = tempfile::tempdir().unwrap();
        let database = postgres
            .as_ref()
            .map(|server| server.create_database().unwrap());
        let mut shop = Self {
            back_end: BackEnd::new(relay.clone(), provider.path, &addresses.sandbox, told),
            postgres,
            server: None,
            database,
            settings: (provider.settings)(&addresses),
            addresses,
            relay,
            system: BadSystem::new(folder.path()),
            ahead: 0,
            earlier_logs: String::new(),
            folder,
        };
        shop.start();
        shop
    }

    fn start(&mut self) {
        let mut command = program::serve(self.folder.path());
        let events = format!("http://{}/events", self.addresses.back_end);
        command
            .env("PANTOKEN_API_KEY", API_KEY)
            .env("PANTOKEN_WEBHOOK_URL", events)
            .env("PANTOKEN_WEBHOOK_SECRET", "a-webhook-secret-of-tests")
            .env("PANTOKEN_WEBHOOK_ALLOW_PRIVATE", "true")
            .envs(self.settings.iter().cloned());
        if let Some(database) = &self.database {
            command.env("PANTOKEN_DATABASE_URL", database);
        }
        self.system.preload_into(&mut command);
        let (server, address) = program::start(&mut command);
        self.relay.lead_to(address);
        self.server = Some(server);
    }

    /// Kills the server and starts it again some minutes later.
    pub(crate) async fn kill_and_start(&mut self) {
        let mut killed = self.server.take().unwrap();
        assert!(!killed.kill().success());
        self.earlier_logs += &killed.stderr();
        self.move_clock();
        self.start();
        self.move_providers_clock().await;
    }

    /// Lets some minutes pass.
    pub(crate) async fn pass_time(&mut self) {
        self.move_clock();
        self.move_providers_clock().await;
    }

    fn move_clock(&mut self) {
        self.ahead += STEP;
        self.system.set(&Faults {
            clock_seconds: self.ahead,
            ..Faults::default()
        });
    }

    async fn move_providers_clock(&self) {
        let step = json!({"milliseconds": PROVIDER_STEP});
        self.control("clock", Some(&step)).await;
    }

    /// Calls the sandbox's control API.
    pub(crate) async fn control(&self, path: &str, body: Option<&Value>) -> Value {
        self.back_end.control(path, body).await
    }

    /// Returns what a row of figures says of the database.
    pub(crate) fn place(&self) -> &'static str {
        match self.postgres {
            Some(_) => " on Postgres",
            None => "",
        }
    }

    /// Returns what the provider has executed, in order.
    pub(crate) async fn executed(&self) -> Vec<Value> {
        let executed = self.control("executed", None).await;
        executed["executed"].as_array().unwrap().clone()
    }

    /// Waits until this holds. Time passes quickly meanwhile.
    pub(crate) async fn wait_until(
        &mut self,
        what: &str,
        mut holds: impl AsyncFnMut(&Self) -> bool,
    ) {
        let deadline = tokio::time::Instant::now() + TIMEOUT;
        for looks in 1.. {
            if holds(self).await {
                return;
            }
            if tokio::time::Instant::now() > deadline {
                panic!("{what}: {}", self.server.as_ref().unwrap().log());
            }
            if looks % LOOKS == 0 {
                self.pass_time().await;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    pub(crate) fn check_logs(&self) {
        let log = self.server.as_ref().unwrap().stderr();
        for log in [&self.earlier_logs, &log] {
            assert!(!log.contains("panicked"), "{log}");
        }
    }
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}
