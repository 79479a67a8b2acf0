use std::process::ExitCode;

use clap::Args;
use pantoken_a2c::{CallbackUrl, Language, RequestId};
use serde_json::json;

use super::setting_flags::{SettingFlags, SigningSettings};
use super::terminal::{Format, USAGE, fail};
use crate::settings::{Reader, SettingsError, Sources, read_signer};

const HELP: &str = "\
The secret key comes from PANTOKEN_AGENT_SECRET_KEY or PANTOKEN_AGENT_SECRET_KEY_FILE.

Examples:
  pantoken sign --form-host https://a2c-test.qiwi.kz --agent-id agent-01 --request-id 123456789
  pantoken sign --form-host https://a2c-test.qiwi.kz --agent-id agent-01 --request-id 12345678 \\
    --language en --callback-url https://agent.site.kz";

/// Prints a signed form URL, and nothing else
#[derive(Args, Debug)]
#[command(after_help = HELP)]
pub(super) struct Arguments {
    #[command(flatten)]
    flags: SettingFlags<SigningSettings>,
    /// The id of the operation: a whole number that you use once
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    request_id: String,
    /// ru, en or kz [default: ru]
    #[arg(long)]
    language: Option<String>,
    /// The URL that the customer comes back to; it makes the URL one for the redirect flow
    #[arg(long, value_name = "URL")]
    callback_url: Option<String>,
    #[command(flatten)]
    format: Format,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    match arguments.flags.read(|sources| sign(arguments, sources)) {
        Ok(url) => arguments.format.print(&url, &json!({"formUrl": url})),
        Err(error) => fail(USAGE, &error),
    }
}

fn sign(arguments: &Arguments, sources: &Sources<'_>) -> Result<String, SettingsError> {
    let mut reader = Reader::open(sources)?;
    let signer = read_signer(&mut reader);
    let request_id = reader.argument("--request-id", &arguments.request_id, RequestId::parse);
    let language = arguments.language.as_deref();
    let language = language.and_then(|text| reader.argument("--language", text, Language::parse));
    let callback_url = arguments.callback_url.as_deref();
    let callback_url =
        callback_url.and_then(|text| reader.argument("--callback-url", text, CallbackUrl::parse));
    let (signer, request_id) = reader.finish(signer.zip(request_id))?;
    let url = match callback_url {
        None => signer.iframe(request_id),
        Some(callback_url) => signer.redirect(request_id, callback_url),
    };
    Ok(url.with_language(language.unwrap_or_default()).to_text())
}
