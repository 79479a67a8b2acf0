//! `pantoken dev`: a server, the providers' sandboxes and a back end in one process, with nothing to set.

mod back_end;
mod ledger;
mod pages;
mod ports;
mod sandboxes;
mod setup;
mod shop;
mod try_page;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use pantoken_a2c::Origin;
use tokio::net::TcpListener;
use url::Url;

use super::logging;
use super::terminal::{FAILURE, USAGE, fail, print};
use crate::cli::dev::back_end::BackEnd;
use crate::cli::dev::ports::{PortError, Ports};
use crate::cli::dev::sandboxes::Sandboxes;
use crate::cli::dev::setup::{API_KEY, Setup, WEBHOOK_SECRET};
use crate::http::element_files;
use crate::server::{ServeError, serve_with};
use crate::settings::{LogFormat, SettingsError};

const HELP: &str = "\
Open the address that it prints, and save a test card. Pages on localhost can use the server at once: those
on the ports 3000, 4200, 5173, 8000 and 8080, and those that you name with --origin. The API key and the
webhook secret are always the same, the database is a temporary one, and everything listens on this machine
only: use `pantoken serve` for anything else. No PANTOKEN_* variable and no pantoken.toml is read.

All of a2c, payin, jetpay and qiwi-pay are configured, each with a sandbox of its own. The back end has the customer
customer-7, whose account can be filled at the kiosk of jetpay's sandbox. With --pages it also makes the calls of the
demo page that need the API key, at /shop/: for pages of this server alone.

Examples:
  pantoken dev
  pantoken dev --webhook-url http://localhost:8000/webhook
  pantoken dev --origin http://localhost:4000 --port 3119 --sandbox-port 3120
  pantoken dev --pages dist";

/// Runs the server with the providers' sandboxes on this machine, to try things out
#[derive(Args, Debug)]
#[command(after_help = HELP)]
pub(super) struct Arguments {
    /// The port of the server and of the page to open; 0 takes any free port
    #[arg(long, value_name = "PORT", default_value_t = 3019)]
    port: u16,
    /// The port of a2c's sandbox; payin, jetpay and qiwi-pay take the next three, or free ones; 0 takes any free ports
    #[arg(long, value_name = "PORT", default_value_t = 3020)]
    sandbox_port: u16,
    /// The origin of one more page that may show the form, such as http://localhost:4000; can be repeated
    #[arg(long = "origin", value_name = "ORIGIN", value_parser = Origin::parse)]
    origins: Vec<Origin>,
    /// The URL of your own back end, which receives each webhook too
    #[arg(long, value_name = "URL", value_parser = web_url)]
    webhook_url: Option<Url>,
    /// A folder of pages to serve instead of the page to try the form
    #[arg(long, value_name = "FOLDER", value_parser = folder)]
    pages: Option<PathBuf>,
    /// Writes the server's log to stderr
    #[arg(long)]
    log: bool,
}

fn web_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("must be a URL: {error}"))?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        _ => Err("must start with http:// or https://".to_owned()),
    }
}

fn folder(path: &str) -> Result<PathBuf, &'static str> {
    let path = PathBuf::from(path);
    path.is_dir().then_some(path).ok_or("is not a folder")
}

/// Why the command ends.
#[derive(Debug, thiserror::Error)]
enum DevError {
    #[error(transparent)]
    Port(#[from] PortError),
    #[error("the settings of this command are not valid: {0}")]
    Settings(#[from] SettingsError),
    #[error("no temporary folder can be created for the database: {0}")]
    Folder(io::Error),
    #[error(transparent)]
    Serve(#[from] ServeError),
}

impl From<io::Error> for DevError {
    fn from(error: io::Error) -> Self {
        Self::Serve(error.into())
    }
}

pub(super) fn run(arguments: Arguments) -> ExitCode {
    let _log = arguments.log.then(|| logging::start(LogFormat::Text));
    let done = tokio::runtime::Runtime::new()
        .map_err(DevError::from)
        .and_then(|runtime| runtime.block_on(start(arguments)));
    match done {
        Ok(()) => {
            print("\nStopped.");
            ExitCode::SUCCESS
        }
        Err(error @ DevError::Serve(ServeError::Run(_))) => fail(FAILURE, &error),
        Err(error) => fail(USAGE, &error),
    }
}

async fn start(arguments: Arguments) -> Result<(), DevError> {
    let ports = Ports::take(arguments.port, arguments.sandbox_port)?;
    // Removed when the command ends.
    let folder = tempfile::tempdir().map_err(DevError::Folder)?;
    let back_end_listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = |listener: &std::net::TcpListener| Ok::<_, io::Error>(listener.local_addr()?.port());
    let setup = Setup {
        server_port: ports.server,
        a2c_port: port(&ports.a2c)?,
        payin_port: port(&ports.payin)?,
        jetpay_port: port(&ports.jetpay)?,
        qiwi_pay_port: port(&ports.qiwi_pay)?,
        back_end_port: back_end_listener.local_addr()?.port(),
        more_origins: arguments.origins,
        folder: folder.path().to_owned(),
    };
    let mut settings = setup.settings()?;
    settings.api.pages = arguments.pages;
    let back_end = BackEnd::new(arguments.webhook_url).map_err(ServeError::from)?;

    // The settings of this command name an agent.
    let signer = settings.signer.as_ref();
    let signer = signer.ok_or_else(|| SettingsError(Vec::new()))?;
    Sandboxes::new(&setup, signer)?.start(ports)?;
    let webhooks = axum::serve(back_end_listener, back_end.clone().receiver());
    tokio::spawn(webhooks.into_future());
    let routes = match &settings.api.pages {
        Some(folder) => pages::routes(&setup, folder)
            .merge(shop::routes(&setup, back_end).map_err(ServeError::from)?),
        None => try_page::routes(&setup, back_end, signer.host().origin()),
    };
    serve_with(&settings, routes, |_| announce(&setup)).await?;
    Ok(())
}

fn announce(setup: &Setup) {
    let url = setup.url();
    let (a2c, payin) = (setup.a2c_url(), setup.payin_url());
    let (jetpay, qiwi_pay) = (setup.jetpay_url(), setup.qiwi_pay_url());
    if !element_files::are_embedded() {
        eprintln!(
            "pantoken: this binary was built without the element, so {url}/pantoken/element.js is missing: \
             `cargo xtask dev` builds it with the element"
        );
    }
    print(&format!(
        "
Open {url}

Cards to try (this is a sandbox, so never type a real card number):
  4242 4242 4242 4242   is saved
  4242 4242 4242 4241   INVALID_PAN, which the customer can correct
  4000 0000 0000 0002   FORBIDDEN
  4000 0000 0000 0069   INVALID_SESSION

For your own page and back end:
  element          {url}/pantoken/element.js
  session-url      {url}/v1/sessions
  API key          {API_KEY}
  webhook secret   {WEBHOOK_SECRET}
  sandboxes        {a2c} (a2c), {payin} (payin),
                   {jetpay} (jetpay, with a kiosk), {qiwi_pay} (qiwi-pay)

Each webhook appears below as it is sent. Ctrl-C stops everything."
    ));
}
