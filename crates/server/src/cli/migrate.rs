use std::process::ExitCode;

use clap::Args;
use pantoken_store::Database;
use serde_json::json;

use super::database::{DatabaseFlags, read};
use super::terminal::{FAILURE, Format, USAGE, block_on, fail};

const HELP: &str = "\
`pantoken serve` does the same when it starts. Run this command first if the server's own database user
may not change tables. It can run while servers do, and several times at once.
Exit code: 0 if the tables are up to date, 1 if they cannot be brought up to date, 2 for wrong usage.

Example:
  PANTOKEN_DATABASE_URL=postgres://owner@db.shop.kz/pantoken pantoken migrate";

/// Brings the database's tables up to date
#[derive(Args, Debug)]
#[command(after_help = HELP)]
pub(super) struct Arguments {
    #[command(flatten)]
    flags: DatabaseFlags,
    #[command(flatten)]
    format: Format,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let database = match read(&arguments.flags) {
        Ok(database) => database,
        Err(error) => return fail(USAGE, &error),
    };
    block_on(async {
        match Database::migrate(&database).await {
            Ok(()) => arguments.format.print(
                &format!("{database}: the tables are up to date"),
                &json!({"database": database.to_string(), "isUpToDate": true}),
            ),
            Err(error) => fail(FAILURE, &error),
        }
    })
}
