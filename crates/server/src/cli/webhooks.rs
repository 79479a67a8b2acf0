use std::process::ExitCode;

use clap::{Args, Subcommand};
use pantoken_store::{Delivery, DeliveryId, DeliveryState, Outbox, SqliteStore, StoreError};

use super::{ConfigArguments, FAILURE, USAGE, block_on, fail, print, sources};
use crate::clock::{Clock, SystemClock};
use crate::settings::{Reader, SettingsError, Sources, read_database};
use crate::wire_time::to_rfc3339;

const EXAMPLES: &str = "\
Webhooks are sent by `pantoken serve`, while PANTOKEN_WEBHOOK_URL is set. One that is refused for four
days is given up, and is dead.

Examples:
  pantoken webhooks list
  pantoken webhooks list --state pending
  pantoken webhooks retry 17
  pantoken webhooks retry --all

These commands need PANTOKEN_DATABASE_URL alone, and none of the secrets that
PANTOKEN_AGENT_SECRET_KEY_FILE and its like name.";
const PAGE: u32 = 500;

/// Lists webhooks, and tries those again that were given up
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(super) enum Command {
    /// Lists webhooks: number, request id, event, attempts, when recorded, why the last attempt failed
    List {
        /// pending, delivered or dead
        #[arg(long, default_value = "dead", value_parser = state)]
        state: DeliveryState,
        #[command(flatten)]
        place: Place,
    },
    /// Lets a server try dead webhooks again, from now on and with all attempts
    Retry {
        /// The number that `pantoken webhooks list` shows
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        number: Option<i64>,
        /// Every dead webhook
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Args, Debug)]
pub(super) struct Place {
    #[command(flatten)]
    config: ConfigArguments,
    /// The database [default: sqlite://pantoken.db]
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
}

fn state(text: &str) -> Result<DeliveryState, &'static str> {
    let states = [
        DeliveryState::Pending,
        DeliveryState::Delivered,
        DeliveryState::Dead,
    ];
    let mut states = states.into_iter();
    let state = states.find(|state| state.as_str() == text);
    state.ok_or("is one of pending, delivered, dead")
}

pub(super) fn run(command: &Command) -> ExitCode {
    let (Command::List { place, .. } | Command::Retry { place, .. }) = command;
    let flag = |key: &str| place.database_url.clone().filter(|_| key == "database_url");
    let file = match read(&sources(&place.config, &flag)) {
        Ok(file) => file,
        Err(error) => return fail(USAGE, &error),
    };
    block_on(async {
        let store = match SqliteStore::open(&file).await {
            Ok(store) => store,
            Err(error) => return fail(USAGE, &error),
        };
        let done = match command {
            Command::List { state, .. } => list(&store, *state).await,
            Command::Retry { number, .. } => retry(&store, *number).await,
        };
        store.close().await;
        done.unwrap_or_else(|error| fail(FAILURE, &error))
    })
}

fn read(sources: &Sources<'_>) -> Result<std::path::PathBuf, SettingsError> {
    let mut reader = Reader::open(sources)?;
    let file = read_database(&mut reader);
    reader.finish(Some(file))
}

async fn list(store: &impl Outbox, state: DeliveryState) -> Result<ExitCode, StoreError> {
    let mut after = None;
    loop {
        let page = store.list_deliveries(state, after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(ExitCode::SUCCESS);
        };
        after = Some(last.id);
        for delivery in &page {
            print(&line(delivery));
        }
    }
}

fn line(delivery: &Delivery) -> String {
    let event = match &delivery.result {
        Ok(pantoken_protocol::FormResult::Saved(_)) => "session.saved",
        Ok(pantoken_protocol::FormResult::Failed { .. }) => "session.failed",
        Err(_) => "unreadable",
    };
    let recorded = to_rfc3339(delivery.recorded_at).unwrap_or_default();
    let (id, request, attempts) = (delivery.id, delivery.request_id, delivery.attempts);
    let error = delivery.last_error.as_deref().unwrap_or("");
    let line = format!("{id}  {request}  {event}  {attempts} attempts  {recorded}  {error}");
    line.trim_end().to_owned()
}

async fn retry(store: &impl Outbox, number: Option<i64>) -> Result<ExitCode, StoreError> {
    let now = SystemClock::new().now();
    match number {
        Some(number) => {
            if store
                .retry_delivery(DeliveryId::from_i64(number), now)
                .await?
            {
                return Ok(print(&format!("webhook {number} is tried again")));
            }
            let advice = "`pantoken webhooks list` shows those that there are";
            Ok(fail(
                FAILURE,
                &format!("no dead webhook has the number {number}: {advice}"),
            ))
        }
        None => {
            let mut count = 0;
            loop {
                let page = store
                    .list_deliveries(DeliveryState::Dead, None, PAGE)
                    .await?;
                if page.is_empty() {
                    return Ok(print(&format!("{count} webhooks are tried again")));
                }
                for delivery in page {
                    count += u32::from(store.retry_delivery(delivery.id, now).await?);
                }
            }
        }
    }
}
