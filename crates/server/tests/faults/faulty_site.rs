use std::process::Command;

use pantoken_test_support::Process;
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;

use crate::bad_system::BadSystem;
use crate::load::cards::Card;
use crate::load::figures;
use crate::load::program;
use crate::load::{API_KEY, Agent};

/// A server on a system with faults, its agent, and its database.
pub(crate) struct FaultySite {
    pub(crate) agent: Agent,
    pub(crate) system: BadSystem,
    server: Option<Process>,
    /// The logs of servers that were killed.
    earlier_logs: String,
    database: Option<String>,
    folder: TempDir,
}

impl FaultySite {
    /// Starts a server with its database in a SQLite file.
    pub(crate) fn open() -> Self {
        Self::open_on(None)
    }

    /// Starts a server with its database at this URL.
    pub(crate) fn open_on(database: Option<String>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut site = Self {
            agent: Agent::new(client, String::new()),
            system: BadSystem::new(folder.path()),
            server: None,
            earlier_logs: String::new(),
            database,
            folder,
        };
        site.start();
        site
    }

    /// Kills the server and starts it again on the same database.
    pub(crate) fn kill_and_start(&mut self) {
        let mut killed = self.server.take().unwrap();
        assert!(!killed.kill().success());
        self.earlier_logs += &killed.stderr();
        self.start();
    }

    fn start(&mut self) {
        let (server, address) = program::start(&mut self.command());
        self.agent.set_url(format!("http://{address}"));
        self.server = Some(server);
    }

    fn command(&self) -> Command {
        let mut serve = program::serve(self.folder.path());
        serve
            .args(["--session-seconds", "86400"])
            .env("PANTOKEN_API_KEY", API_KEY)
            .env("PANTOKEN_WEBHOOK_URL", "http://127.0.0.1:9/")
            .env("PANTOKEN_WEBHOOK_SECRET", "a-webhook-secret-of-tests")
            .env("PANTOKEN_WEBHOOK_ALLOW_PRIVATE", "true");
        if let Some(database) = &self.database {
            serve.env("PANTOKEN_DATABASE_URL", database);
        }
        self.system.preload_into(&mut serve);
        serve
    }

    /// Returns the address that the server listens on.
    pub(crate) fn address(&self) -> String {
        self.agent.url("").replace("http://", "")
    }

    /// Returns how many sockets the server has open.
    pub(crate) fn open_sockets(&self) -> usize {
        let id = self.server.as_ref().unwrap().id();
        let files = std::fs::read_dir(format!("/proc/{id}/fd")).unwrap();
        let targets = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
        targets
            .filter(|target| target.to_string_lossy().starts_with("socket:"))
            .count()
    }

    /// Returns the resident memory of the server, in MiB.
    pub(crate) fn resident_mebibytes(&self) -> u64 {
        let id = self.server.as_ref().unwrap().id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.unwrap().trim().trim_end_matches(" kB");
        kibibytes.parse::<u64>().unwrap() / 1024
    }

    /// Waits until the server has logged this text.
    pub(crate) fn wait_for_log(&self, text: &str) {
        if !self.earlier_logs.contains(text) {
            let server = self.server.as_ref().unwrap();
            assert!(server.wait_for(text).is_some(), "{}", server.log());
        }
    }

    /// Checks that every card is stored once, and prints the figures.
    pub(crate) async fn check_cards(&self, fault: &str, cards: &[Card]) {
        let kept = self.kept().await;
        figures::check(fault, &self.agent, cards, kept).await;
        let log = self.server.as_ref().unwrap().stderr();
        for log in [&self.earlier_logs, &log] {
            assert!(!log.contains("panicked"), "{log}");
        }
    }

    /// Counts the sessions with a token, and the deliveries.
    async fn kept(&self) -> [usize; 2] {
        const COUNT: &str = "SELECT (SELECT count(*) FROM sessions WHERE pan_token IS NOT NULL), count(*) FROM deliveries";
        let counts: (i64, i64) = match &self.database {
            None => {
                let file = self.folder.path().join("pantoken.db");
                let url = format!("sqlite://{}", file.display());
                let mut connection = SqliteConnection::connect(&url).await.unwrap();
                sqlx::query_as(COUNT)
                    .fetch_one(&mut connection)
                    .await
                    .unwrap()
            }
            Some(url) => {
                let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
                sqlx::query_as(COUNT)
                    .fetch_one(&mut connection)
                    .await
                    .unwrap()
            }
        };
        [counts.0, counts.1].map(|count| usize::try_from(count).unwrap())
    }
}
