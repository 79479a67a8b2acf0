use clap::Args;

use super::{ConfigArguments, sources};
use crate::settings::{Settings, SettingsError};

/// The flags of what runs the server, or looks at how it would run.
#[derive(Args, Debug)]
pub(super) struct ServerArguments {
    #[command(flatten)]
    config: ConfigArguments,
    /// The agent's id at the provider
    #[arg(long)]
    agent_id: Option<String>,
    /// Where the card form is, such as https://a2c.qiwi.kz
    #[arg(long, value_name = "URL")]
    form_host: Option<String>,
    /// The database: sqlite:// and a file, or postgres://… [default: sqlite://pantoken.db]
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// Deletes sessions this many days after they expired [default: never]
    #[arg(long, value_name = "DAYS")]
    retention_days: Option<String>,
    /// Where to listen [default: 127.0.0.1:3019]; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Where to answer /metrics, for Prometheus and not for the public [default: where it listens, on loopback]
    #[arg(long, value_name = "ADDRESS:PORT")]
    metrics_listen: Option<String>,
    /// Where browsers reach the server [default on loopback: http://localhost and the port]
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// The pages whose browsers may call, with commas between them
    #[arg(long, value_name = "ORIGINS")]
    allowed_origins: Option<String>,
    /// Lets browsers on allowed origins create sessions without an API key
    #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true")]
    public_sessions: Option<String>,
    /// Public sessions a minute from one address [default: 30]
    #[arg(long, value_name = "NUMBER")]
    public_sessions_per_address: Option<String>,
    /// Public sessions a minute from the pages of one origin [default: 600]
    #[arg(long, value_name = "NUMBER")]
    public_sessions_per_origin: Option<String>,
    /// The proxies whose X-Forwarded-For counts, with commas between them [default: none]
    #[arg(long, value_name = "NETWORKS")]
    trusted_proxies: Option<String>,
    /// Where the redirect flow may end: origins with a path or none, with commas between them
    #[arg(long, value_name = "URLS")]
    return_urls: Option<String>,
    /// How long a session waits for its result [default: 1800]
    #[arg(long, value_name = "60..86400")]
    session_seconds: Option<String>,
    /// A folder of static files to serve at /
    #[arg(long, value_name = "FOLDER")]
    pages: Option<String>,
    /// Where results are told, such as https://shop.kz/webhooks/pantoken [default: nowhere]
    #[arg(long, value_name = "URL")]
    webhook_url: Option<String>,
    /// Lets the webhook be on a private network, by http too
    #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true")]
    webhook_allow_private: Option<String>,
    /// How log lines are written to stderr [default: text]
    #[arg(long, value_name = "text|json")]
    log_format: Option<String>,
}

impl ServerArguments {
    pub(super) fn settings(&self) -> Result<Settings, SettingsError> {
        let flag = |key: &str| self.flag(key);
        Settings::read(&sources(&self.config, &flag))
    }

    fn flag(&self, key: &str) -> Option<String> {
        match key {
            "agent_id" => self.agent_id.clone(),
            "form_host" => self.form_host.clone(),
            "database_url" => self.database_url.clone(),
            "retention_days" => self.retention_days.clone(),
            "listen" => self.listen.clone(),
            "metrics_listen" => self.metrics_listen.clone(),
            "public_sessions_per_address" => self.public_sessions_per_address.clone(),
            "public_sessions_per_origin" => self.public_sessions_per_origin.clone(),
            "trusted_proxies" => self.trusted_proxies.clone(),
            "public_url" => self.public_url.clone(),
            "allowed_origins" => self.allowed_origins.clone(),
            "public_sessions" => self.public_sessions.clone(),
            "return_urls" => self.return_urls.clone(),
            "session_seconds" => self.session_seconds.clone(),
            "pages" => self.pages.clone(),
            "webhook_url" => self.webhook_url.clone(),
            "webhook_allow_private" => self.webhook_allow_private.clone(),
            "log_format" => self.log_format.clone(),
            _ => None,
        }
    }
}
