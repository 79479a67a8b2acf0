use std::process::ExitCode;

use clap::{Args, Subcommand};
use pantoken_core::{Clock, SystemClock, SystemRandom};
use pantoken_store::{ApiKeyName, ApiKeyRecord, ApiKeyStore, Database};

use super::database::{DatabaseFlags, read, read_with, with_store};
use super::rotate_store;
use super::terminal::{FAILURE, USAGE, fail, print};
use crate::http::api_key::ApiKey;
use crate::http::wire_time::to_rfc3339;

const HELP: &str = "\
Your back end sends a key as `Authorization: Bearer KEY`. The database stores only its digest, so a key
is shown once, when it is created. A running server accepts a new key, and refuses a revoked one, from
the next request on.

Examples:
  pantoken key add shop-1
  pantoken key list
  pantoken key revoke shop-1

The database must exist: `pantoken serve` and `pantoken migrate` create it.
These commands need PANTOKEN_DATABASE_URL only, and no secrets such as PANTOKEN_AGENT_SECRET_KEY_FILE.";

/// Creates, lists and revokes API keys for your back ends, and rotates the store's key
#[derive(Debug, Subcommand)]
#[command(after_help = HELP)]
pub(super) enum Command {
    /// Creates a key and prints it once
    Add(Named),
    /// Lists the keys: name, time of creation and of revocation
    List(DatabaseFlags),
    /// Revokes a key
    Revoke(Named),
    RotateStore(rotate_store::Arguments),
}

#[derive(Args, Debug)]
pub(super) struct Named {
    /// A name for the key: 1 to 64 letters, digits, '-', '_' or '.'
    name: String,
    #[command(flatten)]
    flags: DatabaseFlags,
}

pub(super) fn run(command: &Command) -> ExitCode {
    match command {
        Command::Add(named) => with_name(named, async |store, name| add(&store, name).await),
        Command::List(flags) => match read(flags) {
            Ok(database) => with_store(&database, async |store| list(&store).await),
            Err(error) => fail(USAGE, &error),
        },
        Command::Revoke(named) => with_name(named, async |store, name| revoke(&store, name).await),
        Command::RotateStore(arguments) => rotate_store::run(arguments),
    }
}

fn with_name(named: &Named, work: impl AsyncFnOnce(Database, ApiKeyName) -> ExitCode) -> ExitCode {
    let read = read_with(&named.flags, |reader| {
        reader.argument("NAME", &named.name, ApiKeyName::parse)
    });
    match read {
        Ok((database, name)) => with_store(&database, async |store| work(store, name).await),
        Err(error) => fail(USAGE, &error),
    }
}

async fn add(store: &Database, name: ApiKeyName) -> ExitCode {
    let key = match ApiKey::generate(&SystemRandom) {
        Ok(key) => key,
        Err(error) => return fail(FAILURE, &error),
    };
    let now = SystemClock::new().now();
    match store.insert_api_key(name.clone(), key.digest(), now).await {
        Ok(true) => print(key.expose()),
        Ok(false) => {
            let advice = "names cannot be reused, even after a key is revoked: choose another";
            fail(FAILURE, &format!("the name {name} is taken; {advice}"))
        }
        Err(error) => fail(FAILURE, &error),
    }
}

async fn revoke(store: &Database, name: ApiKeyName) -> ExitCode {
    let now = SystemClock::new().now();
    match store.revoke_api_key(name.clone(), now).await {
        Ok(true) => print(&format!("{name} is revoked")),
        Ok(false) => {
            let advice = "`pantoken key list` lists all keys";
            fail(
                FAILURE,
                &format!("there is no active key named {name}: {advice}"),
            )
        }
        Err(error) => fail(FAILURE, &error),
    }
}

async fn list(store: &Database) -> ExitCode {
    match store.list_api_keys().await {
        Ok(keys) => {
            let lines: Vec<_> = keys.iter().map(line).collect();
            print(&lines.join("\n"))
        }
        Err(error) => fail(FAILURE, &error),
    }
}

fn line(key: &ApiKeyRecord) -> String {
    let time = |time| to_rfc3339(time).unwrap_or_default();
    let revoked = key.revoked_at.map(|at| format!("  revoked {}", time(at)));
    let revoked = revoked.unwrap_or_default();
    format!("{}  created {}{revoked}", key.name, time(key.created_at))
}
