use std::process::ExitCode;

use clap::{Args, Subcommand, value_parser};
use pantoken_a2c::{ErrorCode, RequestId};
use pantoken_core::{Clock, SystemClock};
use pantoken_store::{Database, SessionFilter, SessionState, StoreError};

use super::database::{DatabaseFlags, read, with_store};
use super::terminal::{FAILURE, USAGE, fail, print};
use crate::a2c::list_sessions::{
    DEFAULT_LIMIT, ListedSession, MAX_LIMIT, find_listed, parse_state, read_page,
};
use crate::a2c::stored;
use crate::http::customer::Customer;

const HELP: &str = "\
panTokens are never printed. Your back end reads them with GET /v1/sessions/{requestId}.

Examples:
  pantoken sessions list --state failed
  pantoken sessions list --customer 'order 7' --json
  pantoken sessions show 7136560807448576

These commands need PANTOKEN_DATABASE_URL only, and no secrets such as PANTOKEN_AGENT_SECRET_KEY_FILE.";

/// Lists sessions, and shows one
#[derive(Debug, Subcommand)]
#[command(after_help = HELP)]
pub(super) enum Command {
    /// Lists sessions, the newest first: request id, state, flow, time of creation, customer, error
    List(List),
    /// Shows a session, without its panToken
    Show {
        /// The request id
        #[arg(value_parser = RequestId::parse)]
        request_id: RequestId,
        /// Prints JSON with the fields of the HTTP API
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        flags: DatabaseFlags,
    },
}

#[derive(Args, Debug)]
pub(super) struct List {
    /// Only those of this customer
    #[arg(long, value_parser = Customer::parse)]
    customer: Option<Customer>,
    /// Only those in this state: created, saved, failed or expired
    #[arg(long, value_parser = parse_state)]
    state: Option<SessionState>,
    /// At most this many, up to 100
    #[arg(long, default_value_t = DEFAULT_LIMIT, value_parser = value_parser!(u32).range(1..=i64::from(MAX_LIMIT)))]
    limit: u32,
    /// Continues after this request id
    #[arg(long, value_name = "REQUEST_ID", value_parser = RequestId::parse)]
    after: Option<RequestId>,
    /// Prints JSON with the fields of the HTTP API
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    flags: DatabaseFlags,
}

pub(super) fn run(command: &Command) -> ExitCode {
    let (Command::List(List { flags, .. }) | Command::Show { flags, .. }) = command;
    let database = match read(flags) {
        Ok(database) => database,
        Err(error) => return fail(USAGE, &error),
    };
    with_store(&database, async |store| {
        let done = match command {
            Command::List(wanted) => list(&store, wanted).await,
            Command::Show {
                request_id, json, ..
            } => show(&store, *request_id, *json).await,
        };
        done.unwrap_or_else(|error| fail(FAILURE, &error))
    })
}

async fn list(store: &Database, wanted: &List) -> Result<ExitCode, StoreError> {
    let filter = SessionFilter {
        customer: wanted.customer.as_ref().map(|it| it.as_str().to_owned()),
        state: wanted.state,
        before: wanted.after.map(stored::session_id),
        created_by: None,
        limit: wanted.limit,
        now: SystemClock::new().now(),
    };
    let page = read_page(store, filter).await?;
    if wanted.json {
        return Ok(print_json(&page));
    }
    for session in &page.sessions {
        print(&line(session));
    }
    Ok(ExitCode::SUCCESS)
}

async fn show(store: &Database, id: RequestId, json: bool) -> Result<ExitCode, StoreError> {
    let found = find_listed(store, id, SystemClock::new().now()).await?;
    Ok(match found {
        Some(session) if json => print_json(&session),
        Some(session) => print(&line(&session)),
        None => {
            let advice = "`pantoken sessions list` lists all sessions";
            fail(FAILURE, &format!("there is no session {id}: {advice}"))
        }
    })
}

fn print_json(value: &impl serde::Serialize) -> ExitCode {
    match serde_json::to_string(value) {
        Ok(text) => print(&text),
        Err(error) => fail(FAILURE, &error),
    }
}

fn line(session: &ListedSession) -> String {
    let created_at = session.created_at.as_deref().unwrap_or_default();
    let (id, state, flow) = (session.request_id, session.state, session.flow.as_str());
    let customer = session.customer.as_deref().unwrap_or_default();
    let error = session.error_code.as_ref().map(ErrorCode::as_str);
    let error = error.unwrap_or_default();
    let line = format!("{id}  {state}  {flow}  {created_at}  {customer}  {error}");
    line.trim_end().to_owned()
}
