use std::process::ExitCode;

use clap::Args;
use pantoken_a2c::SignedRequest;
use serde_json::json;

use super::setting_flags::{NoSettings, SettingFlags};
use super::terminal::{Format, USAGE, fail};
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
    #[command(flatten)]
    format: Format,
    /// The form URL, in quotes
    url: String,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    match arguments
        .flags
        .read(|sources| verify(&arguments.url, sources))
    {
        Ok(Ok(signed)) => {
            let (agent, flow) = (
                signed.request().agent_id(),
                signed.request().flow().as_str(),
            );
            arguments.format.print(
                &format!("valid signature: agent {agent}, {flow} flow"),
                &json!({"isValid": true, "agentId": agent.to_string(), "flow": flow}),
            )
        }
        Ok(Err(reason)) => {
            let json = json!({"isValid": false, "reason": reason});
            arguments.format.refuse(&reason, &json)
        }
        Err(error) => fail(USAGE, &error),
    }
}

/// Returns the URL's parts, or why the signature is not valid.
fn verify(
    url: &str,
    sources: &Sources<'_>,
) -> Result<Result<SignedRequest, String>, SettingsError> {
    let mut reader = Reader::open(sources)?;
    let secret = read_secret(&mut reader);
    let secret = reader.finish(secret)?;
    Ok(match SignedRequest::parse(url) {
        Err(error) => Err(format!("not a signed form URL: {error}")),
        Ok(signed) if secret.verifies(&signed) => Ok(signed),
        Ok(_) => Err("invalid signature: it was not made with this secret key".to_owned()),
    })
}
