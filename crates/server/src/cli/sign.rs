use std::process::ExitCode;

use clap::Args;
use pantoken_a2c::{CallbackUrl, Language, RequestId};

use super::{ConfigArguments, USAGE, fail, print, sources};
use crate::settings::{Reader, SettingsError, Sources, read_signer};

const EXAMPLES: &str = "\
The secret comes from PANTOKEN_AGENT_SECRET_KEY or PANTOKEN_AGENT_SECRET_KEY_FILE.

Examples:
  pantoken sign --form-host https://a2c-test.qiwi.kz --agent-id agent-01 --request-id 123456789
  pantoken sign --form-host https://a2c-test.qiwi.kz --agent-id agent-01 --request-id 12345678 \\
    --language en --callback-url https://agent.site.kz";

/// Prints a signed form URL, and nothing else
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    config: ConfigArguments,
    /// Where the card form is [or: PANTOKEN_FORM_HOST]
    #[arg(long, value_name = "URL")]
    form_host: Option<String>,
    /// The agent's id at the provider [or: PANTOKEN_AGENT_ID]
    #[arg(long)]
    agent_id: Option<String>,
    /// The operation: a whole number that the agent uses once
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    request_id: String,
    /// ru, en or kz [default: ru]
    #[arg(long)]
    language: Option<String>,
    /// Where the customer comes back to; with it the URL is for the redirect flow
    #[arg(long, value_name = "URL")]
    callback_url: Option<String>,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let flag = |key: &str| match key {
        "form_host" => arguments.form_host.clone(),
        "agent_id" => arguments.agent_id.clone(),
        _ => None,
    };
    match sign(arguments, &sources(&arguments.config, &flag)) {
        Ok(url) => print(&url),
        Err(error) => fail(USAGE, &error),
    }
}

fn sign(arguments: &Arguments, sources: &Sources<'_>) -> Result<String, SettingsError> {
    let mut reader = Reader::open(sources)?;
    let signer = read_signer(&mut reader);
    let request_id = reader.flag("--request-id", &arguments.request_id, RequestId::parse);
    let language = arguments.language.as_deref();
    let language = language.and_then(|text| reader.flag("--language", text, Language::parse));
    let callback_url = arguments.callback_url.as_deref();
    let callback_url =
        callback_url.and_then(|text| reader.flag("--callback-url", text, CallbackUrl::parse));
    let (signer, request_id) = reader.finish(signer.zip(request_id))?;
    let url = match callback_url {
        None => signer.iframe(request_id),
        Some(callback_url) => signer.redirect(request_id, callback_url),
    };
    Ok(url.with_language(language.unwrap_or_default()).to_text())
}
