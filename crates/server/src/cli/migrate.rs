use std::process::ExitCode;

use clap::Args;
use pantoken_store::{Database, DatabaseUrl};

use super::{ConfigArguments, FAILURE, USAGE, block_on, fail, print, sources};
use crate::settings::{Reader, SettingsError, Sources, read_database};

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
    config: ConfigArguments,
    /// The database: sqlite:// and a file, or postgres://… [default: sqlite://pantoken.db]
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let flag = |key: &str| {
        let url = arguments.database_url.clone();
        url.filter(|_| key == "database_url")
    };
    let database = match read(&sources(&arguments.config, &flag)) {
        Ok(database) => database,
        Err(error) => return fail(USAGE, &error),
    };
    block_on(async {
        match Database::migrate(&database).await {
            Ok(()) => print(&format!("{database}: the tables are of this version")),
            Err(error) => fail(FAILURE, &error),
        }
    })
}

fn read(sources: &Sources<'_>) -> Result<DatabaseUrl, SettingsError> {
    let mut reader = Reader::open(sources)?;
    let database = read_database(&mut reader);
    reader.finish(Some(database))
}
