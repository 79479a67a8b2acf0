use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use pantoken_store::{
    Database, DatabaseUrl, KeyRotation, Reencrypted, SessionId, StoreError, StoreKeys, StoreOptions,
};

use super::database_arguments::DatabaseArguments;
use super::{FAILURE, USAGE, block_on, fail, print};
use crate::settings::require_store_keys;

/// How many sessions one transaction looks at: few, so that nobody waits long for it.
const BATCH: u32 = 100;
/// In batches.
const PROGRESS_EVERY: u64 = 500;
/// Each finds what came while the one before it ran; a server that goes on sealing under another key
/// would make them endless.
const MAX_PASSES: u32 = 10;

const EXAMPLES: &str = "\
Seals every panToken under PANTOKEN_STORE_KEY: those under a key of PANTOKEN_STORE_KEY_OLD, and those
in clear. Servers may run meanwhile, all of them with both settings. It can be stopped at any time and
begun again. When it ends with 0, the old keys are not needed any more. A panToken that cannot be
opened stays as it is, and its request id is told.
Exit code: 0 all are sealed, 1 some are not, 2 wrong usage or no key.

Example:
  PANTOKEN_STORE_KEY_FILE=/run/secrets/new PANTOKEN_STORE_KEY_OLD_FILE=/run/secrets/old \\
    pantoken key rotate-store";

/// Seals every panToken under the current store key
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    database: DatabaseArguments,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let (database, keys) = match arguments.database.read(require_store_keys) {
        Ok(settings) => settings,
        Err(error) => return fail(USAGE, &error),
    };
    block_on(async {
        match rotate(&database, keys).await {
            Ok(rotated) => rotated.tell(),
            Err(error) => fail(FAILURE, &error),
        }
    })
}

/// What was done, and what is left to do.
struct Rotated {
    sealed: u64,
    /// Of the last pass.
    seen: u64,
    unreadable: Vec<SessionId>,
    others: u64,
}

impl Rotated {
    fn tell(&self) -> ExitCode {
        let (sealed, seen) = (self.sealed, self.seen);
        let done = format!("{sealed} panTokens were sealed, of {seen} sessions");
        if !self.unreadable.is_empty() {
            let ids: Vec<_> = self.unreadable.iter().map(ToString::to_string).collect();
            let ids = ids.join(" ");
            let advice = "their key was not given, or they were changed: keep the old keys";
            return fail(
                FAILURE,
                &format!("{done}; those of these requests cannot be opened, {advice}: {ids}"),
            );
        }
        if self.others > 0 {
            let others = self.others;
            return fail(
                FAILURE,
                &format!(
                    "{done}; {others} came under another key since: restart every server with the \
                     new key in PANTOKEN_STORE_KEY and the old one in PANTOKEN_STORE_KEY_OLD, then \
                     run this again"
                ),
            );
        }
        print(&format!("{done}; all are under the current key"))
    }
}

/// Passes over all sessions until one finds nothing to seal: a server that still has the old key
/// seals under it behind a pass.
async fn rotate(database: &DatabaseUrl, keys: StoreKeys) -> Result<Rotated, StoreError> {
    let options = StoreOptions {
        keys: Some(keys),
        ..StoreOptions::default()
    };
    let store = Database::open(database, options).await?;
    let mut sealed = 0;
    let mut last = pass(&store).await?;
    for _ in 1..MAX_PASSES {
        if last.encrypted == 0 {
            break;
        }
        sealed += last.encrypted;
        last = pass(&store).await?;
    }
    let rotated = Rotated {
        sealed: sealed + last.encrypted,
        seen: last.seen,
        unreadable: last.unreadable,
        others: store.forget_other_keys().await?,
    };
    store.close().await;
    Ok(rotated)
}

/// Looks at every session once.
async fn pass(store: &Database) -> Result<Reencrypted, StoreError> {
    let mut whole = store.reencrypt(None, BATCH).await?;
    for batch in 1.. {
        if whole.last.is_none() {
            break;
        }
        let page = store.reencrypt(whole.last, BATCH).await?;
        whole.last = page.last;
        whole.seen += page.seen;
        whole.encrypted += page.encrypted;
        whole.unreadable.extend(page.unreadable);
        if batch % PROGRESS_EVERY == 0 {
            let (seen, sealed) = (whole.seen, whole.encrypted);
            // Without a stderr nobody watches.
            let _ = writeln!(
                std::io::stderr(),
                "pantoken: {seen} sessions, {sealed} sealed"
            );
        }
    }
    Ok(whole)
}
