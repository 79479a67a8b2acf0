use std::process::ExitCode;

use clap::Args;
use pantoken_a2c::SignedRequest;

use super::{ConfigArguments, FAILURE, USAGE, fail, print, sources};
use crate::settings::{Reader, SettingsError, Sources, read_secret};

const EXAMPLES: &str = "\
The secret comes from PANTOKEN_AGENT_SECRET_KEY or PANTOKEN_AGENT_SECRET_KEY_FILE.
Exit code: 0 the signature holds, 1 it does not, 2 wrong usage or no secret.

Example:
  pantoken verify 'https://a2c-test.qiwi.kz/form?agentId=agent-01&requestId=123456789&agentSign=…'";

/// Says whether the signature of a form URL holds
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    config: ConfigArguments,
    /// The form URL, in quotes
    url: String,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    match verdict(&arguments.url, &sources(&arguments.config, &|_| None)) {
        Ok(Ok(line)) => print(&line),
        Ok(Err(line)) => fail(FAILURE, &line),
        Err(error) => fail(USAGE, &error),
    }
}

/// Why it holds, or why it does not.
fn verdict(url: &str, sources: &Sources<'_>) -> Result<Result<String, String>, SettingsError> {
    let mut reader = Reader::open(sources)?;
    let secret = read_secret(&mut reader);
    let secret = reader.finish(secret)?;
    Ok(match SignedRequest::parse(url) {
        Err(error) => Err(format!("not a signed form URL: {error}")),
        Ok(signed) if secret.verifies(&signed) => Ok(format!(
            "the signature holds: agent {}, {} flow",
            signed.request().agent_id(),
            signed.request().flow().as_str()
        )),
        Ok(_) => Err("the signature does not hold for this secret key".to_owned()),
    })
}
