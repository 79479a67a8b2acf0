use std::process::ExitCode;

use clap::Subcommand;
use pantoken_core::{Clock, SystemClock};
use pantoken_store::{Database, Delivery, DeliveryId, DeliveryState, Outbox, StoreError};

use serde_json::{Value, json};

use super::database::{DatabaseFlags, read, with_store};
use super::terminal::{FAILURE, Format, USAGE, fail, print};
use crate::http::wire_time::to_rfc3339;
use crate::webhooks::summary::{About, Summary};

const HELP: &str = "\
`pantoken serve` sends webhooks if PANTOKEN_WEBHOOK_URL is set. A webhook that fails for up to four days
is given up and becomes dead.

Examples:
  pantoken webhooks list
  pantoken webhooks list --state pending
  pantoken webhooks retry 17
  pantoken webhooks retry --all

These commands need PANTOKEN_DATABASE_URL only, and no secrets such as PANTOKEN_AGENT_SECRET_KEY_FILE.";

const PAGE_SIZE: u32 = 500;

/// Lists webhooks, and retries those that were given up
#[derive(Debug, Subcommand)]
#[command(after_help = HELP)]
pub(super) enum Command {
    /// Lists webhooks: number, request id or operation, event, attempts, time of the result, error of the last attempt
    List {
        /// The state: pending, delivered or dead
        #[arg(long, default_value = "dead", value_parser = state)]
        state: DeliveryState,
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        flags: DatabaseFlags,
    },
    /// Makes dead webhooks pending again, with all their attempts
    Retry {
        /// The number from `pantoken webhooks list`
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        number: Option<i64>,
        /// Retries every dead webhook
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        format: Format,
        #[command(flatten)]
        flags: DatabaseFlags,
    },
}

fn state(text: &str) -> Result<DeliveryState, &'static str> {
    let states = [
        DeliveryState::Pending,
        DeliveryState::Delivered,
        DeliveryState::Dead,
    ];
    let mut states = states.into_iter();
    let state = states.find(|state| state.as_str() == text);
    state.ok_or("must be pending, delivered or dead")
}

pub(super) fn run(command: &Command) -> ExitCode {
    let (Command::List { flags, .. } | Command::Retry { flags, .. }) = command;
    let database = match read(flags) {
        Ok(database) => database,
        Err(error) => return fail(USAGE, &error),
    };
    with_store(&database, async |store| {
        let done = match command {
            Command::List { state, json, .. } => list(&store, *state, *json).await,
            Command::Retry { number, format, .. } => retry(&store, *number, *format).await,
        };
        done.unwrap_or_else(|error| fail(FAILURE, &error))
    })
}

async fn list(store: &Database, state: DeliveryState, json: bool) -> Result<ExitCode, StoreError> {
    let mut described = Vec::new();
    let mut after = None;
    loop {
        let page = store.list_deliveries(state, after, PAGE_SIZE).await?;
        let Some(last) = page.last() else {
            break;
        };
        after = Some(last.id);
        for delivery in &page {
            match json {
                true => described.push(describe(delivery)),
                false => drop(print(&line(delivery))),
            }
        }
    }
    Ok(match json {
        true => print(&json!({"webhooks": described}).to_string()),
        false => ExitCode::SUCCESS,
    })
}

fn describe(delivery: &Delivery) -> Value {
    let summary = Summary::of(delivery);
    let (request_id, operation) = match summary.about {
        About::Session(id) => (Some(id.to_string()), None),
        About::Operation(id) => (None, Some(id.get())),
    };
    json!({
        "number": delivery.id.get(),
        "requestId": request_id,
        "operation": operation,
        "type": summary.event,
        "state": delivery.state.as_str(),
        "attempts": delivery.attempts,
        "recordedAt": to_rfc3339(delivery.recorded_at),
        "lastError": delivery.last_error,
    })
}

fn line(delivery: &Delivery) -> String {
    let Summary { event, about } = Summary::of(delivery);
    let about = match about {
        About::Session(id) => id.to_string(),
        About::Operation(id) => id.to_string(),
    };
    let recorded = to_rfc3339(delivery.recorded_at).unwrap_or_default();
    let (id, attempts) = (delivery.id, delivery.attempts);
    let error = delivery.last_error.as_deref().unwrap_or("");
    let line = format!("{id}  {about}  {event}  {attempts} attempts  {recorded}  {error}");
    line.trim_end().to_owned()
}

async fn retry(
    store: &Database,
    number: Option<i64>,
    format: Format,
) -> Result<ExitCode, StoreError> {
    let now = SystemClock::new().now();
    match number {
        Some(number) => {
            if store
                .retry_delivery(DeliveryId::from_i64(number), now)
                .await?
            {
                let text = format!("webhook {number} will be retried");
                return Ok(format.print(&text, &json!({"retried": 1})));
            }
            let advice = "`pantoken webhooks list` lists all dead webhooks";
            Ok(fail(
                FAILURE,
                &format!("there is no dead webhook with the number {number}: {advice}"),
            ))
        }
        None => {
            let mut count = 0;
            loop {
                let page = store
                    .list_deliveries(DeliveryState::Dead, None, PAGE_SIZE)
                    .await?;
                if page.is_empty() {
                    let text = format!("{count} webhooks will be retried");
                    return Ok(format.print(&text, &json!({"retried": count})));
                }
                for delivery in page {
                    count += u32::from(store.retry_delivery(delivery.id, now).await?);
                }
            }
        }
    }
}
