use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Args;

use super::server_arguments::ServerArguments;
use super::{FAILURE, USAGE, fail, logging, print};
use crate::server::{ServeError, serve};

const EXAMPLES: &str = "\
Secrets come from the environment or a file, never from a flag:
  PANTOKEN_AGENT_SECRET_KEY or PANTOKEN_AGENT_SECRET_KEY_FILE  (required)
  PANTOKEN_API_KEY or PANTOKEN_API_KEY_FILE                    (or keys of `pantoken key add`)
  PANTOKEN_WEBHOOK_SECRET or PANTOKEN_WEBHOOK_SECRET_FILE      (required with --webhook-url)
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
    server: ServerArguments,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let settings = match arguments.server.settings() {
        Ok(settings) => settings,
        Err(error) => return fail(USAGE, &error),
    };
    let _log = logging::start(settings.log_format);
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
