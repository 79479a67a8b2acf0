mod checks;

use std::process::ExitCode;

use clap::Args;
use pantoken_core::SystemClock;

use super::setting_flags::{AllSettings, SettingFlags};
use super::terminal::{FAILURE, block_on, print};
use crate::cli::doctor::checks::{Finding, check, page_policy};
use crate::settings::Settings;

const HELP: &str = "\
It takes the settings of `pantoken serve`: flags, PANTOKEN_* variables, pantoken.toml, and secrets from
PANTOKEN_AGENT_SECRET_KEY_FILE and the like. Run it as the server's user and in its folder, because it opens the
database as the server does. It does not create a missing one.
Exit code: 0 if there are no errors (warnings are allowed), 1 if the server would not work.

Example:
  pantoken doctor --config /etc/pantoken/pantoken.toml";

/// Checks the configuration, the clock, the store and the form host, and prints the CSP for your page
#[derive(Args, Debug)]
#[command(after_help = HELP)]
pub(super) struct Arguments {
    #[command(flatten)]
    flags: SettingFlags<AllSettings>,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let settings = match arguments.flags.read(Settings::read) {
        Ok(settings) => settings,
        Err(errors) => {
            for error in &errors.0 {
                print_finding(&Finding::Error(error.to_string()));
            }
            return ExitCode::from(FAILURE);
        }
    };
    block_on(async {
        let mut code = ExitCode::SUCCESS;
        check(&settings, &SystemClock::new(), &mut |finding| {
            print_finding(&finding);
            if matches!(finding, Finding::Error(_)) {
                code = ExitCode::from(FAILURE);
            }
        })
        .await;
        print("\nAdd this to the Content-Security-Policy of your page:");
        print(&page_policy(&settings));
        code
    })
}

fn print_finding(finding: &Finding) {
    let (label, text) = match finding {
        Finding::Ok(text) => ("ok     ", text),
        Finding::Warning(text) => ("warning", text),
        Finding::Error(text) => ("error  ", text),
    };
    print(&format!("{label}  {text}"));
}
