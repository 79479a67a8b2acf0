use std::process::ExitCode;

use clap::Subcommand;
use pantoken_core::{Clock, SystemClock};
use pantoken_store::{
    Database, Fact, InboxEntry, OperationFilter, OperationId, OperationStore, StoreError,
    StoredOperation,
};
use serde_json::{Value, json};

use super::database::{DatabaseFlags, read_with, with_store_and_keys};
use super::terminal::{FAILURE, Format, USAGE, fail, print};
use crate::http::wire_time::to_rfc3339;
use crate::settings::read_store_keys;

const HELP: &str = "\
An operation is what was asked of a provider: a card verification, a payment, a capture, a refund. `pantoken
serve` asks about those that are not final until they are. One that a person should look at has a reason,
such as DEADLINE or CONTRADICTION.

Examples:
  pantoken operations list --attention
  pantoken operations list --kind payin.payment --state pending --json
  pantoken operations show 17
  pantoken operations retry 17

These commands need PANTOKEN_DATABASE_URL and, if it is set for the server, PANTOKEN_STORE_KEY.";

const PAGE_SIZE: u32 = 500;

/// Lists operations, shows one, and makes the server ask about one now
#[derive(Debug, Subcommand)]
#[command(after_help = HELP)]
pub(super) enum Command {
    /// Lists operations, the newest first: number, kind, id, state, reason to look at it, time of the last change
    List {
        /// Only those of this kind, such as payin.payment
        #[arg(long)]
        kind: Option<String>,
        /// Only those in this state, such as pending
        #[arg(long)]
        state: Option<String>,
        /// Only those of this customer
        #[arg(long)]
        customer: Option<String>,
        /// Only those that a person should look at
        #[arg(long)]
        attention: bool,
        /// Prints one JSON object per line
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        flags: DatabaseFlags,
    },
    /// Shows an operation and what was heard of it
    Show {
        /// The number from `pantoken operations list`
        number: i64,
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        flags: DatabaseFlags,
    },
    /// Makes the server ask the provider about an operation now. Nothing is charged twice
    Retry {
        /// The number from `pantoken operations list`
        number: i64,
        #[command(flatten)]
        format: Format,
        #[command(flatten)]
        flags: DatabaseFlags,
    },
}

pub(super) fn run(command: &Command) -> ExitCode {
    let (Command::List { flags, .. } | Command::Show { flags, .. } | Command::Retry { flags, .. }) =
        command;
    let (database, keys) = match read_with(flags, |reader| Some(read_store_keys(reader))) {
        Ok(settings) => settings,
        Err(error) => return fail(USAGE, &error),
    };
    with_store_and_keys(&database, keys, async |store| {
        let done = match command {
            Command::List {
                kind,
                state,
                customer,
                attention,
                json,
                ..
            } => {
                let filter = OperationFilter {
                    kind: kind.clone(),
                    state: state.clone(),
                    customer: customer.clone(),
                    needs_attention: *attention,
                    limit: PAGE_SIZE,
                    ..OperationFilter::default()
                };
                list(&store, filter, *json).await
            }
            Command::Show { number, json, .. } => show(&store, *number, *json).await,
            Command::Retry { number, format, .. } => retry(&store, *number, *format).await,
        };
        done.unwrap_or_else(|error| fail(FAILURE, &error))
    })
}

async fn list(
    store: &Database,
    mut filter: OperationFilter,
    is_json: bool,
) -> Result<ExitCode, StoreError> {
    loop {
        let page = store.list_operations(filter.clone()).await?;
        let Some(last) = page.last() else {
            return Ok(ExitCode::SUCCESS);
        };
        filter.before = Some(last.id);
        for operation in &page {
            print(&match is_json {
                true => to_json(operation).to_string(),
                false => line(operation),
            });
        }
    }
}

fn line(operation: &StoredOperation) -> String {
    let StoredOperation { id, kind, key, .. } = operation;
    let state = &operation.progress.state;
    let attention = operation.progress.attention.as_deref().unwrap_or("-");
    let changed = to_rfc3339(operation.changed_at).unwrap_or_default();
    format!("{id}  {kind}  {key}  {state}  {attention}  {changed}")
}

/// Describes an operation without its data, which contains tokens.
fn to_json(operation: &StoredOperation) -> Value {
    let time = |milliseconds: Option<i64>| milliseconds.and_then(to_rfc3339);
    json!({
        "number": operation.id.get(),
        "kind": operation.kind,
        "id": operation.key,
        "state": operation.progress.state,
        "isFinal": operation.progress.is_final,
        "attention": operation.progress.attention,
        "customer": operation.customer,
        "partOf": operation.parent.map(OperationId::get),
        "createdAt": to_rfc3339(operation.created_at),
        "changedAt": to_rfc3339(operation.changed_at),
        "nextQuestionAt": time(operation.progress.next_attempt_at),
        "deadlineAt": time(operation.deadline_at),
    })
}

async fn show(store: &Database, number: i64, is_json: bool) -> Result<ExitCode, StoreError> {
    let id = OperationId::from_i64(number);
    let Some(operation) = store.get_operation(id).await? else {
        return Ok(missing(number));
    };
    let inbox = store.operation_inbox(id).await?;
    let mut description = to_json(&operation);
    if is_json {
        description["heard"] = inbox.iter().map(entry_to_json).collect();
        return Ok(print(&description.to_string()));
    }
    for (name, value) in description.as_object().into_iter().flatten() {
        match value {
            Value::Null => {}
            Value::String(text) => drop(print(&format!("{name}: {text}"))),
            value => drop(print(&format!("{name}: {value}"))),
        }
    }
    for InboxEntry { fact, received_at } in inbox {
        let received = to_rfc3339(received_at).unwrap_or_default();
        print(&format!("{received}  {}  {}", fact.source, fact.text));
    }
    Ok(ExitCode::SUCCESS)
}

fn entry_to_json(entry: &InboxEntry) -> Value {
    let InboxEntry { fact, received_at } = entry;
    json!({"at": to_rfc3339(*received_at), "source": fact.source, "text": fact.text})
}

async fn retry(store: &Database, number: i64, format: Format) -> Result<ExitCode, StoreError> {
    let id = OperationId::from_i64(number);
    let Some(operation) = store.get_operation(id).await? else {
        return Ok(missing(number));
    };
    let now = SystemClock::new().now();
    let fact = Fact {
        source: "operator".to_owned(),
        text: format!("retried at {}", to_rfc3339(now).unwrap_or_default()),
    };
    store
        .hint_operation(operation.kind, operation.key, fact, now)
        .await?;
    Ok(format.print(
        &format!("operation {number} will be asked about by the next server that looks"),
        &json!({"number": number, "willBeAskedAbout": true}),
    ))
}

fn missing(number: i64) -> ExitCode {
    let advice = "`pantoken operations list` lists them";
    fail(
        FAILURE,
        &format!("there is no operation with the number {number}: {advice}"),
    )
}
