use std::process::ExitCode;

use clap::Args;
use pantoken_store::{Database, DatabaseUrl};

use super::{ConfigArguments, USAGE, block_on, fail, sources};
use crate::settings::{Reader, SettingsError, read_database};

/// Which database a command works on.
#[derive(Args, Debug)]
pub(super) struct DatabaseArguments {
    #[command(flatten)]
    config: ConfigArguments,
    /// The database: sqlite:// and a file, or postgres://… [default: sqlite://pantoken.db]
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
}

impl DatabaseArguments {
    /// The database, and what else the command reads of the settings.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&mut Reader<'_>) -> Option<T>,
    ) -> Result<(DatabaseUrl, T), SettingsError> {
        let flag = |key: &str| self.database_url.clone().filter(|_| key == "database_url");
        let sources = sources(&self.config, &flag);
        let mut reader = Reader::open(&sources)?;
        let database = read_database(&mut reader);
        let rest = read(&mut reader);
        reader.finish(rest.map(|rest| (database, rest)))
    }
}

/// Works on the database, which needs no key of the store.
pub(super) fn with_store(
    database: &DatabaseUrl,
    work: impl AsyncFnOnce(Database) -> ExitCode,
) -> ExitCode {
    block_on(async {
        match Database::open_without_keys(database).await {
            Ok(store) => {
                let code = work(store.clone()).await;
                store.close().await;
                code
            }
            Err(error) => fail(USAGE, &error),
        }
    })
}
