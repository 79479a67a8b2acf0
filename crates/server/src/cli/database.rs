//! What the commands on the database share.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use pantoken_store::{Database, DatabaseUrl, StoreError, StoreKeys, StoreOptions};

use super::setting_flags::{DatabaseSettings, SettingFlags};
use super::terminal::{USAGE, block_on, fail};
use crate::settings::{Reader, SettingsError, read_database};

pub(super) type DatabaseFlags = SettingFlags<DatabaseSettings>;

/// Reads the database's URL, and the other settings that the command needs.
pub(super) fn read_with<T>(
    flags: &DatabaseFlags,
    read: impl FnOnce(&mut Reader<'_>) -> Option<T>,
) -> Result<(DatabaseUrl, T), SettingsError> {
    flags.read(|sources| {
        let mut reader = Reader::open(sources)?;
        let database = read_database(&mut reader);
        let rest = read(&mut reader);
        reader.finish(database.zip(rest))
    })
}

/// Reads the database's URL.
pub(super) fn read(flags: &DatabaseFlags) -> Result<DatabaseUrl, SettingsError> {
    let (database, ()) = read_with(flags, |_| Some(()))?;
    Ok(database)
}

/// Returns an error if there is no such SQLite file, because only `serve`, `dev` and `migrate` create one: a command
/// in another folder would work on a new and empty database. Says on stderr which database is opened.
pub(super) fn require_existing(database: &DatabaseUrl) -> Result<(), String> {
    let Some(file) = missing_file(database) else {
        let opened = match database {
            DatabaseUrl::Sqlite(file) => absolute(file),
            _ => database.to_string(),
        };
        // Nobody watches without a stderr.
        let _ = writeln!(std::io::stderr(), "pantoken: the database is {opened}");
        return Ok(());
    };
    Err(format!(
        "there is no database at {file}; set PANTOKEN_DATABASE_URL to the server's, or create one with `pantoken \
         migrate`"
    ))
}

/// Returns the whole path of a SQLite file that does not exist.
pub(crate) fn missing_file(database: &DatabaseUrl) -> Option<String> {
    match database {
        DatabaseUrl::Sqlite(file) if !file.exists() => Some(absolute(file)),
        _ => None,
    }
}

fn absolute(file: &Path) -> String {
    let path = std::path::absolute(file);
    path.as_deref().unwrap_or(file).display().to_string()
}

/// Opens the database with the store's keys, if they are set, and runs a command on it. Fails if its
/// panTokens are encrypted with another key.
pub(super) fn with_store_and_keys(
    database: &DatabaseUrl,
    keys: Option<StoreKeys>,
    work: impl AsyncFnOnce(Database) -> ExitCode,
) -> ExitCode {
    if let Err(error) = require_existing(database) {
        return fail(USAGE, &error);
    }
    block_on(async {
        let options = StoreOptions {
            keys,
            ..StoreOptions::default()
        };
        match Database::open(database, options).await {
            Ok(store) => {
                let code = work(store.clone()).await;
                store.close().await;
                code
            }
            Err(error @ StoreError::UnknownKey { .. }) => {
                let advice = "set PANTOKEN_STORE_KEY to it, because it signs API keys";
                fail(USAGE, &format!("{error}: {advice}"))
            }
            Err(error) => fail(USAGE, &error),
        }
    })
}

/// Opens the database without the store's keys and runs a command on it.
pub(super) fn with_store(
    database: &DatabaseUrl,
    work: impl AsyncFnOnce(Database) -> ExitCode,
) -> ExitCode {
    if let Err(error) = require_existing(database) {
        return fail(USAGE, &error);
    }
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
