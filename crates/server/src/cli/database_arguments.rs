use clap::Args;
use pantoken_store::DatabaseUrl;

use super::{ConfigArguments, sources};
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
