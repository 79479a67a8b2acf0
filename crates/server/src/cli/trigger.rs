use std::fmt;
use std::process::ExitCode;

use clap::Args;
use pantoken_core::{Clock, SystemClock, SystemRandom};

use super::setting_flags::{NoSettings, SettingFlags};
use super::terminal::{FAILURE, USAGE, block_on, fail, print};
use crate::settings::{Reader, SettingsError, Sources, read_webhook_to};
use crate::webhooks::{Sample, WebhookTarget};

const HELP: &str = "\
The event never happened: `live` is false, and the sample has no card. It has both signature headers, by
PANTOKEN_WEBHOOK_SECRET or PANTOKEN_WEBHOOK_SECRET_FILE. `pantoken dev` uses the secret
pantoken-dev-webhook-secret. Plain http is for addresses of private networks.
Exit code: 0 if the receiver answered 2xx, 1 if it did not, 2 for wrong usage or a missing secret.

Examples:
  pantoken trigger session.saved --to http://localhost:8000/webhook
  pantoken trigger session.failed --to http://localhost:8000/webhook --data '{\"errorCode\":\"FORBIDDEN\"}'
  pantoken trigger payin.bill.paid --to https://shop.kz/webhooks/pantoken --data @bill.json
  pantoken trigger session.saved --to http://localhost:8000/webhook --data '{\"id\":\"twice\"}'";

/// The data of a webhook is small, whoever wrote the file.
const LONGEST_DATA: usize = 1024 * 1024;

/// Sends a signed webhook with data of your own to a receiver that you are writing
#[derive(Args, Debug)]
#[command(after_help = HELP)]
pub(super) struct Arguments {
    #[command(flatten)]
    flags: SettingFlags<NoSettings>,
    /// The type of the event, such as session.saved; an unknown one prints them all
    #[arg(value_name = "TYPE")]
    kind: String,
    /// The URL of the receiver
    #[arg(long, value_name = "URL")]
    to: String,
    /// Fields of the event, which replace those of the sample: a JSON object, or @ and the name of a file.
    /// `null` removes a field
    #[arg(long, value_name = "JSON", default_value = "{}")]
    data: String,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let target = match arguments
        .flags
        .read(|sources| target(&arguments.to, sources))
    {
        Ok(target) => target,
        Err(error) => return fail(USAGE, &error),
    };
    let data = match read_data(&arguments.data) {
        Ok(data) => data,
        Err(error) => return fail(USAGE, &error),
    };
    let now = SystemClock::new().now();
    let sample = match Sample::new(&arguments.kind, &data, now, &SystemRandom) {
        Ok(sample) => sample,
        Err(error) => return fail(USAGE, &error),
    };
    block_on(send(sample, target, now))
}

fn target(to: &str, sources: &Sources<'_>) -> Result<WebhookTarget, SettingsError> {
    let mut reader = Reader::open(sources)?;
    let target = read_webhook_to(&mut reader, "--to", to);
    reader.finish(target)
}

fn read_data(data: &str) -> Result<String, String> {
    let Some(file) = data.strip_prefix('@') else {
        return Ok(data.to_owned());
    };
    let unreadable = |error: &dyn fmt::Display| format!("--data: {file} cannot be read: {error}");
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(&error))?;
    match text.len() > LONGEST_DATA {
        true => Err(unreadable(&"it is larger than 1 MiB")),
        false => Ok(text),
    }
}

async fn send(sample: Sample, target: WebhookTarget, now: i64) -> ExitCode {
    let id = sample.id.clone();
    match sample.send(target, now / 1000).await {
        Ok(()) => print(&format!("sent {id}: the receiver accepted it")),
        Err(error) => fail(FAILURE, &format!("{id} was not accepted: {error}")),
    }
}
