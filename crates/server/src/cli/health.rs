use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde_json::json;
use url::Url;

use super::terminal::{FAILURE, Format, block_on, fail};
use crate::http::client::{Outgoing, reason};

const HELP: &str = "\
`/healthz` says that the server runs, `/readyz` that it reaches its database too.
Exit code: 0 if the answer is 200, 1 otherwise, 2 for wrong usage.

Examples:
  pantoken health
  pantoken health http://127.0.0.1:3019/readyz";

/// A server on the same machine answers at once.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Asks a running server whether it is well, for the health check of a container
#[derive(Args, Debug)]
#[command(after_help = HELP)]
pub(super) struct Arguments {
    /// The URL to ask
    #[arg(default_value = "http://127.0.0.1:3019/healthz")]
    url: Url,
    #[command(flatten)]
    format: Format,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let (url, format) = (&arguments.url, arguments.format);
    block_on(async {
        match ask(url).await {
            Ok(200) => format.print(&format!("{url}: 200"), &json!({"isHealthy": true})),
            Ok(status) => {
                let json = json!({"isHealthy": false, "status": status});
                format.refuse(&format!("{url}: {status}"), &json)
            }
            Err(error) => fail(FAILURE, &format!("{url}: {error}")),
        }
    })
}

async fn ask(url: &Url) -> Result<u16, String> {
    let client = Outgoing::default().client(url, TIMEOUT, |builder| builder);
    let client = client.map_err(|error| error.to_string())?;
    let answer = client.get(url.clone()).send().await.map_err(reason)?;
    Ok(answer.status().as_u16())
}
