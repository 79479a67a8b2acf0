mod checks;
mod origin;
mod policy;
mod qiwi_pay;

use std::process::ExitCode;

use clap::Args;
use pantoken_core::SystemClock;
use serde_json::{Value, json};
use url::Url;

use super::setting_flags::{AllSettings, SettingFlags};
use super::terminal::{FAILURE, block_on, print};
use crate::cli::doctor::checks::{Finding, check, page_policy};
use crate::settings::Settings;

const HELP: &str = "\
It takes the settings of `pantoken serve`: flags, PANTOKEN_* variables, pantoken.toml, and secrets from
PANTOKEN_AGENT_SECRET_KEY_FILE and the like. Run it as the server's user and in its folder, because it opens the
database as the server does. It does not create a missing one.
Exit code: 0 if there are no errors (warnings are allowed), 1 if the server would not work.

Examples:
  pantoken doctor --config /etc/pantoken/pantoken.toml
  pantoken doctor --origin https://shop.kz/payout
  pantoken doctor --json

With --origin, it checks whether a page at that address would work, and says what to set: whether the settings
and the running server allow its calls, whether the provider shows the form there, whether the page's own
Content-Security-Policy allows it, and whether the redirect flow may lead back. Nothing is written.";

/// Checks the configuration, the clock, the store and the form host, and prints the CSP for your page
#[derive(Args, Debug)]
#[command(after_help = HELP)]
pub(super) struct Arguments {
    #[command(flatten)]
    flags: SettingFlags<AllSettings>,
    /// The address of a page: checks whether the form would work there, instead of the server
    #[arg(long, value_name = "URL", value_parser = origin::page_url)]
    origin: Option<Url>,
    /// Prints one JSON object: {"findings": [{"level": "ok|warning|error", "text": …}], "pagePolicy": …}
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let mut report = Report::new(arguments.json);
    match arguments.flags.read(Settings::read) {
        Ok(settings) => block_on(async {
            let clock = SystemClock::new();
            let mut add = |finding| report.add(&finding);
            match &arguments.origin {
                Some(page) => origin::check(&settings, page, &clock, &mut add).await,
                None => {
                    check(&settings, &clock, &mut add).await;
                    let findings = qiwi_pay::check(&settings, &clock).await;
                    findings.into_iter().for_each(add);
                }
            }
            report.finish(Some(page_policy(&settings)))
        }),
        Err(errors) => {
            for error in errors.0 {
                report.add(&Finding::Error(error.to_string()));
            }
            report.finish(None)
        }
    }
}

/// Prints findings as they come, or all of them as JSON at the end.
struct Report {
    json: Option<Vec<Value>>,
    failed: bool,
}

impl Report {
    fn new(json: bool) -> Self {
        Self {
            json: json.then(Vec::new),
            failed: false,
        }
    }

    fn add(&mut self, finding: &Finding) {
        let (level, text) = match finding {
            Finding::Ok(text) => ("ok", text),
            Finding::Warning(text) => ("warning", text),
            Finding::Error(text) => ("error", text),
        };
        self.failed |= level == "error";
        match &mut self.json {
            Some(findings) => findings.push(json!({"level": level, "text": text})),
            None => drop(print(&format!("{level:7}  {text}"))),
        }
    }

    fn finish(self, policy: Option<String>) -> ExitCode {
        if let Some(findings) = self.json {
            print(&json!({"findings": findings, "pagePolicy": policy}).to_string());
        } else if let Some(policy) = policy {
            print("\nAdd this to the Content-Security-Policy of your page:");
            print(&policy);
        }
        match self.failed {
            true => ExitCode::from(FAILURE),
            false => ExitCode::SUCCESS,
        }
    }
}
