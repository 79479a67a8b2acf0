use std::process::ExitCode;

use clap::Subcommand;
use pantoken_store::{Delivery, DeliveryId, DeliveryState, Outbox, SessionResult, StoreError};

use super::database_arguments::{DatabaseArguments, with_store};
use super::{FAILURE, USAGE, fail, print};
use crate::http::wire_time::to_rfc3339;
use pantoken_core::{Clock, SystemClock};

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
        database: DatabaseArguments,
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
        database: DatabaseArguments,
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
    state.ok_or("is one of pending, delivered, dead")
}

pub(super) fn run(command: &Command) -> ExitCode {
    let (Command::List { database, .. } | Command::Retry { database, .. }) = command;
    let database = match database.read(|_| Some(())) {
        Ok((database, ())) => database,
        Err(error) => return fail(USAGE, &error),
    };
    with_store(&database, async |store| {
        let done = match command {
            Command::List { state, .. } => list(&store, *state).await,
            Command::Retry { number, .. } => retry(&store, *number).await,
        };
        done.unwrap_or_else(|error| fail(FAILURE, &error))
    })
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
        // Only a panToken is sealed, and here it is not opened.
        Ok(SessionResult::Saved { .. }) | Err(StoreError::UnknownKey { .. }) => "session.saved",
        Ok(SessionResult::Failed { .. }) => "session.failed",
        Err(_) => "unreadable",
    };
    let recorded = to_rfc3339(delivery.recorded_at).unwrap_or_default();
    let (id, request, attempts) = (delivery.id, delivery.session_id, delivery.attempts);
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
