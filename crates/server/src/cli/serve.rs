use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;

use clap::Args;

use super::logging;
use super::setting_flags::{AllSettings, SettingFlags, secrets_help};
use super::terminal::{FAILURE, USAGE, fail, print};
use crate::server::{ServeError, serve};
use crate::settings::Settings;

const EXAMPLES: &str = "\
Every flag is also a variable (PANTOKEN_LISTEN for --listen) and a key of pantoken.toml (listen). Flags
override the environment, which overrides the file.

Examples:
  PANTOKEN_AGENT_SECRET_KEY_FILE=/run/secrets/agent PANTOKEN_API_KEY_FILE=/run/secrets/api \\
    pantoken serve --form-host https://a2c.qiwi.kz --agent-id agent-01 \\
      --public-url https://pay.shop.kz --return-urls https://shop.kz/paid

  PANTOKEN_AGENT_SECRET_KEY=… pantoken serve --form-host https://a2c-test.qiwi.kz \\
    --agent-id agent-01 --public-sessions --allowed-origins http://localhost:3019 --pages ./dist";

fn help() -> String {
    let secrets = secrets_help();
    format!(
        "Secrets come from the environment or from a file, never from a flag (only a database URL \
         without a password may be one):\n{secrets}\n{EXAMPLES}"
    )
}

/// Runs the server
#[derive(Args, Debug)]
#[command(after_help = help())]
pub(super) struct Arguments {
    #[command(flatten)]
    flags: SettingFlags<AllSettings>,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let settings = match arguments.flags.read(Settings::read) {
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
    // The server runs without a stdout too.
    let _ = print(&format!("pantoken: listening on {}", url(address)));
}

/// Returns the URL of an address. On this machine it is `localhost`, because providers register that name
/// for tests, and no number.
fn url(address: SocketAddr) -> String {
    let is_localhost = [
        IpAddr::from(Ipv4Addr::LOCALHOST),
        Ipv6Addr::LOCALHOST.into(),
    ];
    match is_localhost.contains(&address.ip()) {
        true => format!("http://localhost:{}", address.port()),
        false => format!("http://{address}"),
    }
}
