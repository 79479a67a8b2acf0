mod examine;

use std::process::ExitCode;

use clap::Args;

use super::server_arguments::ServerArguments;
use super::{FAILURE, block_on, print};
use crate::cli::doctor::examine::{Finding, examine, page_policy};
use pantoken_core::SystemClock;

const EXAMPLES: &str = "\
It takes what `pantoken serve` takes: flags, PANTOKEN_* variables, pantoken.toml, and secrets from
PANTOKEN_AGENT_SECRET_KEY_FILE and its like. Run it as the server's user: it opens the database as the
server does, and makes a missing one.
Exit code: 0 nothing is wrong (warnings are not), 1 the server would not work.

Example:
  pantoken doctor --config /etc/pantoken/pantoken.toml";

/// Checks the configuration, the clock, the store and the form host, and prints the CSP of your page
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    server: ServerArguments,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let settings = match arguments.server.settings() {
        Ok(settings) => settings,
        Err(errors) => {
            for error in &errors.0 {
                tell(&Finding::Bad(error.to_string()));
            }
            return ExitCode::from(FAILURE);
        }
    };
    block_on(async {
        let mut code = ExitCode::SUCCESS;
        examine(&settings, &SystemClock::new(), &mut |finding| {
            tell(&finding);
            if matches!(finding, Finding::Bad(_)) {
                code = ExitCode::from(FAILURE);
            }
        })
        .await;
        print("\nContent-Security-Policy that your page needs, beside what it needs already:");
        print(&page_policy(&settings));
        code
    })
}

fn tell(finding: &Finding) {
    let (mark, text) = match finding {
        Finding::Good(text) => ("good   ", text),
        Finding::Warning(text) => ("warning", text),
        Finding::Bad(text) => ("bad    ", text),
    };
    print(&format!("{mark}  {text}"));
}
