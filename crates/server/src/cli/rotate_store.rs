use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use pantoken_store::{
    ApiKeyName, Database, DatabaseUrl, KeyRotation, OperationId, Reencrypted,
    ReencryptedOperations, SessionId, SignedApiKeys, StoreError, StoreKeys, StoreOptions,
};

use serde_json::{Value, json};

use super::database::{DatabaseFlags, read_with, require_existing};
use super::terminal::{FAILURE, Format, USAGE, block_on, fail};
use crate::settings::require_store_keys;

/// The number of sessions per transaction. It is small, so that servers do not wait long for it.
const BATCH: u32 = 100;
/// The number of batches between two lines of progress.
const PROGRESS_EVERY: u64 = 500;
/// Each pass encrypts what servers wrote during the one before. The limit ends the command if a server
/// keeps using another key.
const MAX_PASSES: u32 = 10;

const HELP: &str = "\
Encrypts every panToken and every operation with PANTOKEN_STORE_KEY: those that are encrypted with a key of
PANTOKEN_STORE_KEY_OLD, and those that are unencrypted. Servers may keep running if they have both
settings. You can stop the command at any time and start it again. Once it exits with 0, the old keys are
no longer needed, and servers refuse unencrypted panTokens. A panToken that cannot be decrypted is left as
it is, and its request id is printed.

It also signs the API keys that are not signed with PANTOKEN_STORE_KEY, and prints the names of those that
nothing had signed: revoke the ones that you do not know. Last, it erases from a SQLite file what was there
before, for which writers wait and the disk needs room for the file once more. Postgres keeps it until
`VACUUM FULL sessions`, and backups keep it until you delete them.
Exit code: 0 if all are encrypted, 1 if some are not, 2 for wrong usage or a missing key.

Example:
  PANTOKEN_STORE_KEY_FILE=/run/secrets/new PANTOKEN_STORE_KEY_OLD_FILE=/run/secrets/old \\
    pantoken key rotate-store";

/// Encrypts every panToken with the current store key, and signs the API keys
#[derive(Args, Debug)]
#[command(after_help = HELP)]
pub(super) struct Arguments {
    #[command(flatten)]
    flags: DatabaseFlags,
    #[command(flatten)]
    format: Format,
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
            Ok(rotated) if rotated.is_complete() => {
                erase(&database, &rotated, arguments.format).await
            }
            Ok(rotated) => rotated.report_failure(),
            Err(error) => fail(FAILURE, &error),
        }
    })
}

/// Erases what was encrypted from a SQLite file.
async fn erase(database: &DatabaseUrl, rotated: &Rotated, format: Format) -> ExitCode {
    let done = rotated.summary();
    match Database::erase_deleted(database).await {
        Ok(()) => format.print(
            &format!("{done}; all are encrypted with the current key"),
            &rotated.describe(),
        ),
        Err(error) => fail(
            FAILURE,
            &format!(
                "{done}; all are encrypted with the current key, but the file may still contain what \
                 was there before ({error}): run this again"
            ),
        ),
    }
}

struct Rotated {
    /// How many panTokens were encrypted.
    encrypted: u64,
    /// How many sessions the last pass read.
    seen: u64,
    unreadable: Vec<SessionId>,
    unreadable_operations: Vec<OperationId>,
    /// How many panTokens and operations are encrypted with another key.
    others: u64,
    api_keys: SignedApiKeys,
}

impl Rotated {
    fn summary(&self) -> String {
        let (encrypted, seen) = (self.encrypted, self.seen);
        let summary = format!("{encrypted} panTokens were encrypted in {seen} sessions");
        let signed = &self.api_keys.signed;
        if signed.is_empty() {
            return summary;
        }
        let names = names(signed);
        format!(
            "API keys that are signed now: {names}; revoke those that you do not know\n{summary}"
        )
    }

    fn describe(&self) -> Value {
        let signed = self.api_keys.signed.iter();
        json!({
            "encrypted": self.encrypted,
            "sessions": self.seen,
            "signedApiKeys": signed.map(ApiKeyName::as_str).collect::<Vec<_>>(),
        })
    }

    fn is_complete(&self) -> bool {
        self.unreadable.is_empty()
            && self.unreadable_operations.is_empty()
            && self.others == 0
            && self.api_keys.refused.is_empty()
    }

    fn report_failure(&self) -> ExitCode {
        let done = self.summary();
        if !self.unreadable.is_empty() {
            let ids: Vec<_> = self.unreadable.iter().map(ToString::to_string).collect();
            let ids = ids.join(" ");
            let advice = "their key is missing, or they were changed; keep the old keys";
            return fail(
                FAILURE,
                &format!("{done}; those of these requests cannot be decrypted ({advice}): {ids}"),
            );
        }
        if !self.unreadable_operations.is_empty() {
            let ids = self.unreadable_operations.iter();
            let ids: Vec<_> = ids.map(ToString::to_string).collect();
            let ids = ids.join(" ");
            let advice = "their key is missing, or they were changed; keep the old keys";
            return fail(
                FAILURE,
                &format!("{done}; these operations cannot be decrypted ({advice}): {ids}"),
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
        let refused = names(&self.api_keys.refused);
        fail(
            FAILURE,
            &format!(
                "{done}; these API keys are refused, because somebody changed them or their key is \
                 missing: {refused}; revoke them"
            ),
        )
    }
}

fn names(keys: &[ApiKeyName]) -> String {
    let names: Vec<_> = keys.iter().map(ApiKeyName::as_str).collect();
    names.join(", ")
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
    let mut operations = pass_over_operations(&store).await?;
    for _ in 1..MAX_PASSES {
        if last.encrypted + operations.encrypted == 0 {
            break;
        }
        encrypted += last.encrypted;
        last = pass(&store).await?;
        operations = pass_over_operations(&store).await?;
    }
    let rotated = Rotated {
        encrypted: encrypted + last.encrypted,
        seen: last.seen,
        unreadable: last.unreadable,
        unreadable_operations: operations.unreadable,
        others: store.forget_other_keys().await?,
        api_keys: store.sign_api_keys().await?,
    };
    store.close().await;
    Ok(rotated)
}

/// Reads every operation once.
async fn pass_over_operations(store: &Database) -> Result<ReencryptedOperations, StoreError> {
    let mut whole = store.reencrypt_operations(None, BATCH).await?;
    while whole.last.is_some() {
        let page = store.reencrypt_operations(whole.last, BATCH).await?;
        whole.last = page.last;
        whole.encrypted += page.encrypted;
        whole.unreadable.extend(page.unreadable);
    }
    Ok(whole)
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
