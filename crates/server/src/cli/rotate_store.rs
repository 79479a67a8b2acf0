use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use pantoken_store::{Database, DatabaseUrl, KeyRotation, StoreError, StoreKeys, StoreOptions};

use super::database_arguments::DatabaseArguments;
use super::{FAILURE, USAGE, block_on, fail, print};
use crate::settings::require_store_keys;

/// How many sessions one transaction looks at: few, so that nobody waits long for it.
const BATCH: u32 = 500;
/// In batches.
const PROGRESS_EVERY: u64 = 100;

const EXAMPLES: &str = "\
Seals every panToken under PANTOKEN_STORE_KEY: those under a key of PANTOKEN_STORE_KEY_OLD, and those
in clear. Servers may run meanwhile, all of them with both settings. It can be stopped at any time and
begun again. When it is done, the old keys are not needed any more.
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
            Ok((seen, sealed)) => print(&format!(
                "{sealed} panTokens were sealed, of {seen} sessions; all are under the current key"
            )),
            Err(error) => fail(FAILURE, &error),
        }
    })
}

/// How many sessions there are, and how many panTokens were sealed.
async fn rotate(database: &DatabaseUrl, keys: StoreKeys) -> Result<(u64, u64), StoreError> {
    let options = StoreOptions {
        keys: Some(keys),
        outbox: false,
    };
    let store = Database::open(database, options).await?;
    let (mut last, mut seen, mut sealed) = (None, 0, 0);
    for batch in 1.. {
        let page = store.reseal(last, BATCH).await?;
        (seen, sealed) = (seen + page.seen, sealed + page.sealed);
        last = page.last;
        if last.is_none() {
            break;
        }
        if batch % PROGRESS_EVERY == 0 {
            // Without a stderr nobody watches.
            let _ = writeln!(
                std::io::stderr(),
                "pantoken: {seen} sessions, {sealed} sealed"
            );
        }
    }
    store.forget_other_keys().await?;
    store.close().await;
    Ok((seen, sealed))
}
