//! The flags of a command, made from the table of settings.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, value_parser};

use super::settings_file;
use crate::settings::setting::{self, Default, Kind, Setting};
use crate::settings::{DEFAULT_FILE, Sources};

const CONFIG: &str = "config";

/// Which settings a command takes as flags.
pub(super) trait FlagSet {
    const SETTINGS: &'static [&'static Setting];
}

/// All that have a flag: for commands that run the server, or check how it would run.
#[derive(Debug)]
pub(super) struct AllSettings;

impl FlagSet for AllSettings {
    const SETTINGS: &'static [&'static Setting] = setting::ALL;
}

/// For commands that open the database.
#[derive(Debug)]
pub(super) struct DatabaseSettings;

impl FlagSet for DatabaseSettings {
    const SETTINGS: &'static [&'static Setting] = &[&setting::DATABASE_URL];
}

/// For commands that sign.
#[derive(Debug)]
pub(super) struct SigningSettings;

impl FlagSet for SigningSettings {
    const SETTINGS: &'static [&'static Setting] = &[&setting::FORM_HOST, &setting::AGENT_ID];
}

/// For commands that read settings and have no flag for any.
#[derive(Debug)]
pub(super) struct NoSettings;

impl FlagSet for NoSettings {
    const SETTINGS: &'static [&'static Setting] = &[];
}

/// The values of the flags, and of `--config`.
#[derive(Debug)]
pub(super) struct SettingFlags<S> {
    config: Option<PathBuf>,
    values: BTreeMap<&'static str, String>,
    settings: PhantomData<S>,
}

impl<S> SettingFlags<S> {
    /// Reads settings from these flags, the process's environment and files.
    pub(super) fn read<T>(&self, read: impl FnOnce(&Sources<'_>) -> T) -> T {
        let default = Path::new(DEFAULT_FILE);
        let settings_file = self.config.as_deref().unwrap_or(default);
        read(&Sources {
            flag: &|key| self.values.get(key).cloned(),
            variable: &|name| Some(std::env::var_os(name)?.to_string_lossy().into_owned()),
            config: self.config.clone(),
            read_file: &|path: &Path| match path == settings_file {
                true => settings_file::read(path),
                false => std::fs::read_to_string(path),
            },
        })
    }
}

impl<S: FlagSet> Args for SettingFlags<S> {
    fn augment_args(command: Command) -> Command {
        let config = Arg::new(CONFIG)
            .long(CONFIG)
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .help("The settings file [default: pantoken.toml, if it exists]");
        let flags = S::SETTINGS.iter().filter_map(|setting| flag(setting));
        command.arg(config).args(flags)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// Returns the flag of a setting, unless it is a secret.
fn flag(setting: &Setting) -> Option<Arg> {
    let help = match setting.default {
        Default::Required => setting.help.to_owned(),
        default => format!("{} [default: {default}]", setting.help),
    };
    let flag = Arg::new(setting.key).long(setting.flag()).help(help);
    match setting.kind {
        Kind::Text(name) | Kind::SecretText(name) => Some(flag.value_name(name)),
        Kind::Switch => {
            let flag = flag.value_name("true|false").num_args(0..=1);
            Some(flag.default_missing_value("true"))
        }
        Kind::Secret => None,
    }
}

impl<S: FlagSet> FromArgMatches for SettingFlags<S> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = S::SETTINGS.iter().filter_map(|setting| {
            let value = matches.try_get_one::<String>(setting.key).ok()??;
            Some((setting.key, value.clone()))
        });
        Ok(Self {
            config: matches.get_one(CONFIG).cloned(),
            values: given.collect(),
            settings: PhantomData,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Lists the variables of secrets, one per line.
pub(super) fn secrets_help() -> String {
    let secrets = setting::ALL.iter().filter(|setting| setting.is_secret());
    let lines = secrets.map(|setting| {
        let (variable, file) = (setting.variable(), setting.file_variable());
        format!("  {variable} or {file}\n")
    });
    lines.collect()
}
