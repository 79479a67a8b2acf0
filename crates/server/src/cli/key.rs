use std::process::ExitCode;

use clap::{Args, Subcommand};
use pantoken_core::{Clock, SystemClock, SystemRandom};
use pantoken_store::{
    ApiKeyName, ApiKeyRecord, ApiKeyScope, ApiKeyScopeError, ApiKeyStore, Database,
};

use serde_json::{Value, json};

use super::database::{DatabaseFlags, read_with, with_store, with_store_and_keys};
use super::rotate_store;
use super::terminal::{FAILURE, Format, USAGE, fail, print};
use crate::http::api_key::ApiKey;
use crate::http::wire_time::to_rfc3339;
use crate::settings::read_store_keys;

const HELP: &str = "\
Your back end sends a key as `Authorization: Bearer KEY`. The database stores only its digest, so a key
is shown once, when it is created. A running server accepts a new key, and refuses a revoked one, from
the next request on.

Examples:
  pantoken key add shop-1
  pantoken key add checkout --scope create
  pantoken key list
  pantoken key revoke shop-1

The database must exist: `pantoken serve` and `pantoken migrate` create it.
These commands need PANTOKEN_DATABASE_URL, and no secrets such as PANTOKEN_AGENT_SECRET_KEY_FILE. If your
servers have a PANTOKEN_STORE_KEY, add keys with it: it signs them, and the servers accept no others.";

/// Creates, lists and revokes API keys for your back ends, and rotates the store's key
#[derive(Debug, Subcommand)]
#[command(after_help = HELP)]
pub(super) enum Command {
    /// Creates a key and prints it once
    Add {
        #[command(flatten)]
        named: Named,
        /// What it may do: `create` creates sessions and signs form URLs, `read-own` also reads the
        /// sessions that it created, `read-all` reads every session
        #[arg(long, default_value = "read-all", value_parser = scope)]
        scope: ApiKeyScope,
    },
    /// Lists the keys: name, time of creation, scope, time of revocation, and `not signed` if
    /// PANTOKEN_STORE_KEY is set and did not sign it
    List {
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        flags: DatabaseFlags,
    },
    /// Revokes a key
    Revoke(Named),
    RotateStore(rotate_store::Arguments),
}

#[derive(Args, Debug)]
pub(super) struct Named {
    /// A name for the key: 1 to 64 letters, digits, '-', '_' or '.'
    name: String,
    #[command(flatten)]
    format: Format,
    #[command(flatten)]
    flags: DatabaseFlags,
}

fn scope(text: &str) -> Result<ApiKeyScope, ApiKeyScopeError> {
    ApiKeyScope::parse(text)
}

pub(super) fn run(command: &Command) -> ExitCode {
    match command {
        Command::Add { named, scope } => {
            let read = read_with(&named.flags, |reader| {
                let name = reader.argument("NAME", &named.name, ApiKeyName::parse);
                Some((name?, read_store_keys(reader)))
            });
            match read {
                Ok((database, (name, keys))) => {
                    with_store_and_keys(&database, keys, async |store| {
                        add(&store, name, *scope, named.format).await
                    })
                }
                Err(error) => fail(USAGE, &error),
            }
        }
        Command::List { json, flags } => {
            let list = async |store: Database| list(&store, *json).await;
            match read_with(flags, |reader| Some(read_store_keys(reader))) {
                Ok((database, None)) => with_store(&database, list),
                Ok((database, keys)) => with_store_and_keys(&database, keys, list),
                Err(error) => fail(USAGE, &error),
            }
        }
        Command::Revoke(named) => with_name(named, async |store, name| {
            revoke(&store, name, named.format).await
        }),
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

async fn add(store: &Database, name: ApiKeyName, scope: ApiKeyScope, format: Format) -> ExitCode {
    let key = match ApiKey::generate(&SystemRandom) {
        Ok(key) => key,
        Err(error) => return fail(FAILURE, &error),
    };
    let now = SystemClock::new().now();
    let added = store.insert_api_key(name.clone(), scope, key.digest(), now);
    match added.await {
        Ok(true) => format.print(
            key.expose(),
            &json!({"name": name.as_str(), "scope": scope.as_str(), "key": key.expose()}),
        ),
        Ok(false) => {
            let advice = "names cannot be reused, even after a key is revoked: choose another";
            fail(FAILURE, &format!("the name {name} is taken; {advice}"))
        }
        Err(error) => fail(FAILURE, &error),
    }
}

async fn revoke(store: &Database, name: ApiKeyName, format: Format) -> ExitCode {
    let now = SystemClock::new().now();
    match store.revoke_api_key(name.clone(), now).await {
        Ok(true) => format.print(
            &format!("{name} is revoked"),
            &json!({"name": name.as_str(), "isRevoked": true}),
        ),
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

async fn list(store: &Database, json: bool) -> ExitCode {
    match store.list_api_keys().await {
        Ok(keys) if json => {
            let keys: Vec<_> = keys.iter().map(describe).collect();
            print(&json!({"keys": keys}).to_string())
        }
        Ok(keys) => {
            let lines: Vec<_> = keys.iter().map(line).collect();
            print(&lines.join("\n"))
        }
        Err(error) => fail(FAILURE, &error),
    }
}

fn describe(key: &ApiKeyRecord) -> Value {
    json!({
        "name": key.name.to_string(),
        "createdAt": to_rfc3339(key.created_at),
        "scope": key.scope.as_str(),
        "revokedAt": key.revoked_at.and_then(to_rfc3339),
        "isSigned": key.is_signed,
    })
}

fn line(key: &ApiKeyRecord) -> String {
    let time = |time| to_rfc3339(time).unwrap_or_default();
    let revoked = key.revoked_at.map(|at| format!("  revoked {}", time(at)));
    let revoked = revoked.unwrap_or_default();
    let unsigned = if key.is_signed { "" } else { "  not signed" };
    let (name, created, scope) = (&key.name, time(key.created_at), key.scope.as_str());
    format!("{name}  created {created}  scope {scope}{revoked}{unsigned}")
}
