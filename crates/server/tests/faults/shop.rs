use std::fs::File;
use std::path::PathBuf;
use std::process::Command;

use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;

use crate::bad_system::BadSystem;
use crate::load::cards::Card;
use crate::load::figures;
use crate::load::program::{self, Program};
use crate::load::{API_KEY, Agent};

/// A server on a system that can go wrong, its agent, and its database.
pub(crate) struct Shop {
    pub(crate) agent: Agent,
    pub(crate) system: BadSystem,
    server: Option<Program>,
    database: Option<String>,
    folder: TempDir,
}

impl Shop {
    /// With its database in a SQLite file.
    pub(crate) fn open() -> Self {
        Self::open_on(None)
    }

    /// With its database at this URL.
    pub(crate) fn open_on(database: Option<String>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut shop = Self {
            agent: Agent::new(client, String::new()),
            system: BadSystem::new(folder.path()),
            server: None,
            database,
            folder,
        };
        shop.start();
        shop
    }

    /// Ends the server in the middle of whatever it does, and starts it on what is left.
    pub(crate) fn kill_and_start(&mut self) {
        self.server.take().unwrap().kill();
        self.start();
    }

    fn start(&mut self) {
        let (server, address) = program::start(&mut self.command());
        self.agent.go_to(format!("http://{address}"));
        self.server = Some(server);
    }

    fn command(&self) -> Command {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log_file());
        let mut serve = program::serve(self.folder.path());
        serve
            .args(["--session-seconds", "86400"])
            .env("PANTOKEN_API_KEY", API_KEY)
            .env("PANTOKEN_WEBHOOK_URL", "http://127.0.0.1:9/")
            .env("PANTOKEN_WEBHOOK_SECRET", "a-webhook-secret-of-tests")
            .env("PANTOKEN_WEBHOOK_ALLOW_PRIVATE", "true")
            .stderr(log.unwrap());
        if let Some(database) = &self.database {
            serve.env("PANTOKEN_DATABASE_URL", database);
        }
        self.system.is_below(&mut serve);
        serve
    }

    /// Where the server listens.
    pub(crate) fn address(&self) -> String {
        self.agent.url("").replace("http://", "")
    }

    /// How many sockets the server has open.
    pub(crate) fn open_sockets(&self) -> usize {
        let id = self.server.as_ref().unwrap().id();
        let files = std::fs::read_dir(format!("/proc/{id}/fd")).unwrap();
        let targets = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
        targets
            .filter(|target| target.to_string_lossy().starts_with("socket:"))
            .count()
    }

    /// The resident memory of the server, in MiB.
    pub(crate) fn resident_mebibytes(&self) -> u64 {
        let id = self.server.as_ref().unwrap().id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.unwrap().trim().trim_end_matches(" kB");
        kibibytes.parse::<u64>().unwrap() / 1024
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("pantoken.log")
    }

    /// What the server has logged, once it has said this.
    pub(crate) async fn log_that_says(&self, words: &str) -> String {
        let says = async {
            loop {
                let log = std::fs::read_to_string(self.log_file()).unwrap();
                if log.contains(words) {
                    return log;
                }
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        };
        let said = tokio::time::timeout(std::time::Duration::from_secs(30), says).await;
        said.unwrap_or_else(|_| panic!("the log does not say: {words}"))
    }

    /// Looks for every card in the answers and in the SQLite file, and prints the figures.
    pub(crate) async fn settle(&self, fault: &str, cards: &[Card]) {
        let kept = self.kept().await;
        figures::settle(fault, &self.agent, cards, kept).await;
        let log = std::fs::read_to_string(self.log_file()).unwrap();
        assert!(!log.contains("panicked"), "{log}");
    }

    /// Sessions with a result, and results to be told.
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
