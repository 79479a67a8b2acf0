use std::process::ExitCode;

use clap::Args;
use pantoken_store::Database;

use super::database_arguments::DatabaseArguments;
use super::{FAILURE, USAGE, block_on, fail, print};

const EXAMPLES: &str = "\
`pantoken serve` does the same at its start. Call it before where the server itself may not change
tables. It may run while servers do, and several times at once.
Exit code: 0 the tables are of this version, 1 they cannot be, 2 wrong usage.

Example:
  PANTOKEN_DATABASE_URL=postgres://owner@db.shop.kz/pantoken pantoken migrate";

/// Brings the database's tables to this version
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    database: DatabaseArguments,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let database = match arguments.database.read(|_| Some(())) {
        Ok((database, ())) => database,
        Err(error) => return fail(USAGE, &error),
    };
    block_on(async {
        match Database::migrate(&database).await {
            Ok(()) => print(&format!("{database}: the tables are of this version")),
            Err(error) => fail(FAILURE, &error),
        }
    })
}
