use std::process::ExitCode;

use clap::Args;
use pantoken_a2c::SignedRequest;

use super::setting_flags::{NoSettings, SettingFlags};
use super::terminal::{FAILURE, USAGE, fail, print};
use crate::settings::{Reader, SettingsError, Sources, read_secret};

const HELP: &str = "\
The secret key comes from PANTOKEN_AGENT_SECRET_KEY or PANTOKEN_AGENT_SECRET_KEY_FILE.
Exit code: 0 if the signature is valid, 1 if it is not, 2 for wrong usage or a missing secret key.

Example:
  pantoken verify 'https://a2c-test.qiwi.kz/form?agentId=agent-01&requestId=123456789&agentSign=…'";

/// Verifies the signature of a form URL
#[derive(Args, Debug)]
#[command(after_help = HELP)]
pub(super) struct Arguments {
    #[command(flatten)]
    flags: SettingFlags<NoSettings>,
    /// The form URL, in quotes
    url: String,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    match arguments
        .flags
        .read(|sources| verify(&arguments.url, sources))
    {
        Ok(Ok(line)) => print(&line),
        Ok(Err(line)) => fail(FAILURE, &line),
        Err(error) => fail(USAGE, &error),
    }
}

/// Returns who signed the URL, or why the signature is not valid.
fn verify(url: &str, sources: &Sources<'_>) -> Result<Result<String, String>, SettingsError> {
    let mut reader = Reader::open(sources)?;
    let secret = read_secret(&mut reader);
    let secret = reader.finish(secret)?;
    Ok(match SignedRequest::parse(url) {
        Err(error) => Err(format!("not a signed form URL: {error}")),
        Ok(signed) if secret.verifies(&signed) => Ok(format!(
            "valid signature: agent {}, {} flow",
            signed.request().agent_id(),
            signed.request().flow().as_str()
        )),
        Ok(_) => Err("invalid signature: it was not made with this secret key".to_owned()),
    })
}
