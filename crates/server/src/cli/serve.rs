use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Args;

use super::{ConfigArguments, FAILURE, USAGE, fail, logging, print, sources};
use crate::server::{ServeError, serve};
use crate::settings::Settings;

const EXAMPLES: &str = "\
Secrets come from the environment or a file, never from a flag:
  PANTOKEN_AGENT_SECRET_KEY or PANTOKEN_AGENT_SECRET_KEY_FILE  (required)
  PANTOKEN_API_KEY or PANTOKEN_API_KEY_FILE                    (or keys of `pantoken key add`)
  PANTOKEN_STORE_KEY or PANTOKEN_STORE_KEY_FILE                (seals panTokens in the database)
  PANTOKEN_DATABASE_URL_FILE                                   (for a URL with a password)

Every flag is also a variable, PANTOKEN_LISTEN for --listen, and a key of pantoken.toml, listen.

Examples:
  PANTOKEN_AGENT_SECRET_KEY_FILE=/run/secrets/agent PANTOKEN_API_KEY_FILE=/run/secrets/api \\
    pantoken serve --form-host https://a2c.qiwi.kz --agent-id agent-01 \\
      --public-url https://pay.shop.kz --return-urls https://shop.kz/paid

  PANTOKEN_AGENT_SECRET_KEY=… pantoken serve --form-host https://a2c-test.qiwi.kz \\
    --agent-id agent-01 --public-sessions --allowed-origins http://localhost:3019 --pages ./dist";

/// Runs the server
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
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
    /// Where to answer /metrics, for Prometheus and not for the public [default: nowhere]
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
    /// How log lines are written to stderr [default: text]
    #[arg(long, value_name = "text|json")]
    log_format: Option<String>,
}

impl Arguments {
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
            "log_format" => self.log_format.clone(),
            _ => None,
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let flag = |key: &str| arguments.flag(key);
    let settings = match Settings::read(&sources(&arguments.config, &flag)) {
        Ok(settings) => settings,
        Err(error) => return fail(USAGE, &error),
    };
    logging::start(settings.log_format);
    let done = tokio::runtime::Runtime::new()
        .map_err(ServeError::from)
        .and_then(|runtime| runtime.block_on(serve(&settings, announce)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error @ ServeError::Run(_)) => fail(FAILURE, &error),
        Err(error) => fail(USAGE, &error),
    }
}

fn announce(address: SocketAddr) {
    // Whoever closed our stdout does not want to know.
    let _ = print(&format!("pantoken: listening on http://{address}"));
}
