use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use pantoken_store::{
    Database, DatabaseUrl, KeyRotation, Reencrypted, SessionId, StoreError, StoreKeys, StoreOptions,
};

use super::database::{DatabaseFlags, read_with, require_existing};
use super::terminal::{FAILURE, USAGE, block_on, fail, print};
use crate::settings::require_store_keys;

/// The number of sessions per transaction. It is small, so that servers do not wait long for it.
const BATCH: u32 = 100;
/// The number of batches between two lines of progress.
const PROGRESS_EVERY: u64 = 500;
/// Each pass encrypts what servers wrote during the one before. The limit ends the command if a server
/// keeps using another key.
const MAX_PASSES: u32 = 10;

const HELP: &str = "\
Encrypts every panToken with PANTOKEN_STORE_KEY: those that are encrypted with a key of
PANTOKEN_STORE_KEY_OLD, and those that are unencrypted. Servers may keep running if they have both
settings. You can stop the command at any time and start it again. Once it exits with 0, the old keys are
no longer needed. A panToken that cannot be decrypted is left as it is, and its request id is printed.
Exit code: 0 if all are encrypted, 1 if some are not, 2 for wrong usage or a missing key.

Example:
  PANTOKEN_STORE_KEY_FILE=/run/secrets/new PANTOKEN_STORE_KEY_OLD_FILE=/run/secrets/old \\
    pantoken key rotate-store";

/// Encrypts every panToken with the current store key
#[derive(Args, Debug)]
#[command(after_help = HELP)]
pub(super) struct Arguments {
    #[command(flatten)]
    flags: DatabaseFlags,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let (database, keys) = match read_with(&arguments.flags, require_store_keys) {
        Ok(settings) => settings,
        Err(error) => return fail(USAGE, &error),
    };
    if let Err(error) = require_existing(&database) {
        return fail(USAGE, &error);
    }
    block_on(async {
        match rotate(&database, keys).await {
            Ok(rotated) => rotated.report(),
            Err(error) => fail(FAILURE, &error),
        }
    })
}

struct Rotated {
    /// How many panTokens were encrypted.
    encrypted: u64,
    /// How many sessions the last pass read.
    seen: u64,
    unreadable: Vec<SessionId>,
    /// How many panTokens are encrypted with another key.
    others: u64,
}

impl Rotated {
    fn report(&self) -> ExitCode {
        let (encrypted, seen) = (self.encrypted, self.seen);
        let done = format!("{encrypted} panTokens were encrypted in {seen} sessions");
        if !self.unreadable.is_empty() {
            let ids: Vec<_> = self.unreadable.iter().map(ToString::to_string).collect();
            let ids = ids.join(" ");
            let advice = "their key is missing, or they were changed; keep the old keys";
            return fail(
                FAILURE,
                &format!("{done}; those of these requests cannot be decrypted ({advice}): {ids}"),
            );
        }
        if self.others > 0 {
            let others = self.others;
            return fail(
                FAILURE,
                &format!(
                    "{done}; {others} were encrypted with another key since: restart every server with \
                     the new key in PANTOKEN_STORE_KEY and the old one in PANTOKEN_STORE_KEY_OLD, then \
                     run this again"
                ),
            );
        }
        print(&format!("{done}; all are encrypted with the current key"))
    }
}

/// Passes over all sessions until one finds nothing to encrypt, because a server that still has the old
/// key may have used it behind a pass.
async fn rotate(database: &DatabaseUrl, keys: StoreKeys) -> Result<Rotated, StoreError> {
    let options = StoreOptions {
        keys: Some(keys),
        ..StoreOptions::default()
    };
    let store = Database::open(database, options).await?;
    let mut encrypted = 0;
    let mut last = pass(&store).await?;
    for _ in 1..MAX_PASSES {
        if last.encrypted == 0 {
            break;
        }
        encrypted += last.encrypted;
        last = pass(&store).await?;
    }
    let rotated = Rotated {
        encrypted: encrypted + last.encrypted,
        seen: last.seen,
        unreadable: last.unreadable,
        others: store.forget_other_keys().await?,
    };
    store.close().await;
    Ok(rotated)
}

/// Reads every session once.
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
            let (seen, encrypted) = (whole.seen, whole.encrypted);
            // Nobody watches without a stderr.
            let _ = writeln!(
                std::io::stderr(),
                "pantoken: {seen} sessions read, {encrypted} panTokens encrypted"
            );
        }
    }
    Ok(whole)
}
