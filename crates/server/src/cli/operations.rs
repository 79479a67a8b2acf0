use std::process::ExitCode;

use clap::Subcommand;
use pantoken_core::{Clock, SystemClock, contains_card_number};
use pantoken_store::{
    Database, Fact, InboxEntry, OperationCreation, OperationFilter, OperationId, OperationStore,
    StoreError, StoredOperation,
};
use serde_json::{Value, json};

use super::database::{DatabaseFlags, read_with, with_store_and_keys};
use super::terminal::{FAILURE, Format, USAGE, fail, print};
use crate::http::wire_time::to_rfc3339;
use crate::operations;
use crate::qiwi_pay::settlement::{self, Outcome};
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
  pantoken operations settle 17 --as captured --reason 'ticket 4711: the payer owes nothing'

These commands need PANTOKEN_DATABASE_URL and, if it is set for the server, PANTOKEN_STORE_KEY.";

const PAGE_SIZE: u32 = 500;

const SETTLE_HELP: &str = "\
It is for payments of qiwi-pay that the server will not decide about: PAID_TWICE, AMOUNT_MISMATCH, CONTRADICTION,
UNKNOWN_PAYMENT and TRANSACTION_OF_ANOTHER_ORDER. Look at the payment first, with `show` and at the provider. No money
moves: give back what is too much by a refund, or at the provider.

The next server that looks takes the decision over and sends the event of the new state, unless your back end was told
of it before. The decision is about the transactions that are known now; if another one arrives, the payment needs
attention again. A payment that has taken money stays as it is.

Examples:
  pantoken operations settle 17 --as captured --reason 'paid 9.99 of 10.00, which is enough: ticket 4711'
  pantoken operations settle 18 --as declined --reason 'given back at the provider on 2 June'";

/// The longest text of a reason.
const MAX_REASON: usize = 150;

/// Lists operations, shows one, makes the server ask about one now, and records what a person decides
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
    /// Decides about a payment that needs a person's decision, and closes it
    #[command(after_help = SETTLE_HELP)]
    Settle {
        /// The number from `pantoken operations list`
        number: i64,
        /// What the payment counts as
        #[arg(long = "as", value_name = "STATE")]
        outcome: Outcome,
        /// Why, for whoever reads it later. `pantoken operations show` prints it
        #[arg(long, value_name = "TEXT", value_parser = reason)]
        reason: String,
        #[command(flatten)]
        format: Format,
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
    let (Command::List { flags, .. }
    | Command::Show { flags, .. }
    | Command::Settle { flags, .. }
    | Command::Retry { flags, .. }) = command;
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
            Command::Settle {
                number,
                outcome,
                reason,
                format,
                ..
            } => settle(&store, *number, *outcome, reason, *format).await,
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

/// Records what a person decides, and makes the payment due. The server that takes it over checks it again.
async fn settle(
    store: &Database,
    number: i64,
    outcome: Outcome,
    reason: &str,
    format: Format,
) -> Result<ExitCode, StoreError> {
    let id = OperationId::from_i64(number);
    let Some(operation) = store.get_operation(id).await? else {
        return Ok(missing(number));
    };
    let now = SystemClock::new().now();
    let settlement = match settlement::propose(&operation, outcome, now) {
        Ok(settlement) => settlement,
        Err(error) => return Ok(fail(FAILURE, &format!("operation {number}: {error}"))),
    };
    let state = settlement.progress.state.clone();
    if let OperationCreation::Conflict = store.create_operation(settlement).await? {
        let error = format!("operation {number} was settled as something else before");
        return Ok(fail(FAILURE, &error));
    }
    let fact = Fact {
        source: "operator".to_owned(),
        text: format!("settled as {state}: {reason}"),
    };
    store
        .hint_operation(operation.kind, operation.key, fact, now)
        .await?;
    Ok(format.print(
        &format!("operation {number} will be {state}, as soon as a server looks at it"),
        &json!({"number": number, "willBe": state}),
    ))
}

fn reason(text: &str) -> Result<String, &'static str> {
    let length = text.chars().take(MAX_REASON + 1).count();
    let fits = (1..=MAX_REASON).contains(&length) && !text.chars().any(char::is_control);
    (fits && !contains_card_number(text))
        .then(|| text.to_owned())
        .ok_or("must be 1 to 150 characters long, with no control characters and no card number")
}

async fn retry(store: &Database, number: i64, format: Format) -> Result<ExitCode, StoreError> {
    let id = OperationId::from_i64(number);
    if !operations::retry(store, id, SystemClock::new().now()).await? {
        return Ok(missing(number));
    }
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
