use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use pantoken_core::{Secret, SecretOrFileError, secret_or_file};
use url::Url;

use super::config_file;
use super::error::{SettingError, SettingsError};
use super::secret_text;
use super::setting::{Default, Kind, Setting};

pub(crate) const DEFAULT_FILE: &str = "pantoken.toml";

/// Where settings come from. Everything is passed in.
pub struct Sources<'a> {
    /// Returns the value of a flag, by the setting's key (`session_seconds` for `--session-seconds`).
    pub flag: &'a dyn Fn(&str) -> Option<String>,
    /// Returns the value of an environment variable. An empty one counts as not set.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// The file that `--config` names. Without it, `pantoken.toml` is read if it exists.
    pub config: Option<PathBuf>,
    /// Reads a file.
    pub read_file: &'a dyn Fn(&Path) -> io::Result<String>,
}

impl fmt::Debug for Sources<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// Reads settings one by one and collects everything that is wrong with them.
pub(crate) struct Reader<'a> {
    sources: &'a Sources<'a>,
    file: PathBuf,
    file_values: BTreeMap<String, String>,
    errors: Vec<SettingError>,
}

/// A value, and where it was found.
struct Given {
    text: Secret,
    from: String,
}

impl<'a> Reader<'a> {
    /// Reads the settings file, if there is one.
    pub(crate) fn open(sources: &'a Sources<'a>) -> Result<Self, SettingsError> {
        let file = sources
            .config
            .clone()
            .unwrap_or_else(|| DEFAULT_FILE.into());
        let text = match (sources.read_file)(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && sources.config.is_none() => {
                String::new()
            }
            Err(error) => {
                let rule = format!("cannot be read: {error}");
                let refusal = config_file::refusal(&file, None, &rule);
                return Err(SettingsError(vec![refusal]));
            }
        };
        let file_values = config_file::parse(&file, &text).map_err(SettingsError)?;
        Ok(Self {
            sources,
            file,
            file_values,
            errors: Vec::new(),
        })
    }

    /// Reads a setting, or its default. Returns `None` if there is neither, or if it is invalid.
    pub(crate) fn read<T, E: fmt::Display>(
        &mut self,
        setting: &Setting,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let given = match self.find(setting) {
            Ok(Some(given)) => given,
            Ok(None) => {
                if matches!(setting.default, Default::Required) {
                    self.refuse(setting, "is required");
                }
                return setting.default.text().and_then(|text| parse(&text).ok());
            }
            Err(error) => {
                self.errors.push(error);
                return None;
            }
        };
        match parse(given.text.expose()) {
            Ok(value) => Some(value),
            Err(error) => {
                self.note(setting, Some(given.from), &error.to_string());
                None
            }
        }
    }

    /// Reads the file that a setting names.
    pub(crate) fn read_file<T, E: fmt::Display>(
        &mut self,
        setting: &Setting,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let read_file = self.sources.read_file;
        self.read(setting, |path| {
            let text = read_file(Path::new(path));
            let text =
                text.map_err(|error| format!("names a file that cannot be read: {error}"))?;
            parse(&text).map_err(|error| format!("names a file that {error}"))
        })
    }

    /// Returns whether the setting was given, valid or not.
    pub(crate) fn is_given(&self, setting: &Setting) -> bool {
        !matches!(self.find(setting), Ok(None))
    }

    /// Records that the setting breaks a rule.
    pub(crate) fn refuse(&mut self, setting: &Setting, rule: &str) {
        self.note(setting, None, rule);
    }

    /// Parses an argument of a command, which is no setting.
    pub(crate) fn argument<T, E: fmt::Display>(
        &mut self,
        name: &str,
        text: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        parse(text)
            .map_err(|error| {
                self.errors.push(SettingError {
                    name: name.to_owned(),
                    from: None,
                    rule: error.to_string(),
                    example: None,
                });
            })
            .ok()
    }

    /// Returns the value, unless anything was wrong anywhere.
    pub(crate) fn finish<T>(self, value: Option<T>) -> Result<T, SettingsError> {
        match value {
            Some(value) if self.errors.is_empty() => Ok(value),
            _ => Err(SettingsError(self.errors)),
        }
    }

    fn note(&mut self, setting: &Setting, from: Option<String>, rule: &str) {
        self.errors.push(SettingError {
            name: setting.variable(),
            from,
            rule: rule.to_owned(),
            example: Some(setting.example.to_owned()),
        });
    }

    fn find(&self, setting: &Setting) -> Result<Option<Given>, SettingError> {
        if let Some(text) = (self.sources.flag)(setting.key) {
            check_flag(setting, &text)?;
            return Ok(Some(Given {
                text: Secret::new(&text),
                from: format!("--{}", setting.flag()),
            }));
        }
        let variable = |name: &str| (self.sources.variable)(name).filter(|text| !text.is_empty());
        let file_value = |key: &str| self.file_values.get(key).cloned();
        let config_file = self.file.display().to_string();
        if setting.is_secret() {
            let value = variable(&setting.variable());
            let file = variable(&setting.file_variable());
            if let Some(given) = self.secret(
                setting,
                value.as_deref(),
                file.as_deref(),
                "the environment",
            )? {
                return Ok(Some(given));
            }
            let (value, file) = (file_value(setting.key), file_value(&setting.file_key()));
            return self.secret(setting, value.as_deref(), file.as_deref(), &config_file);
        }
        let given = |text: String, from: &str| Given {
            text: Secret::new(&text),
            from: from.to_owned(),
        };
        let of_variable = variable(&setting.variable()).map(|it| given(it, "the environment"));
        Ok(of_variable.or_else(|| Some(given(file_value(setting.key)?, &config_file))))
    }

    /// Takes a secret from the environment or the settings file, which both may name a file instead.
    fn secret(
        &self,
        setting: &Setting,
        value: Option<&str>,
        file: Option<&str>,
        from: &str,
    ) -> Result<Option<Given>, SettingError> {
        let found = secret_or_file(value, file.map(Path::new), self.sources.read_file);
        let file_variable = setting.file_variable();
        match found {
            Ok(None) => Ok(None),
            Ok(Some(text)) => {
                let from = if file.is_some() { &file_variable } else { from };
                let from = from.to_owned();
                match secret_text::check(text.expose()) {
                    Ok(()) => Ok(Some(Given { text, from })),
                    Err(rule) => Err(refusal(setting, from, rule)),
                }
            }
            Err(error) => Err(SettingError {
                rule: match &error {
                    SecretOrFileError::Both => {
                        format!("is set, and so is {file_variable}: remove one of them")
                    }
                    _ => format!("names a file: {error}"),
                },
                name: match &error {
                    SecretOrFileError::Both => setting.variable(),
                    _ => file_variable,
                },
                from: file.map(|_| from.to_owned()),
                example: None,
            }),
        }
    }
}

/// Refuses a flag with a password: every user of the machine can list the arguments of its processes.
fn check_flag(setting: &Setting, text: &str) -> Result<(), SettingError> {
    if !matches!(setting.kind, Kind::SecretText(_)) || !has_password(text) {
        return Ok(());
    }
    let rule = format!(
        "contains a password, which every user of this machine could read in the list of processes; use {} or {}",
        setting.variable(),
        setting.file_variable()
    );
    Err(refusal(setting, format!("--{}", setting.flag()), &rule))
}

fn has_password(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password")
    })
}

fn refusal(setting: &Setting, from: String, rule: &str) -> SettingError {
    SettingError {
        name: setting.variable(),
        from: Some(from),
        rule: rule.to_owned(),
        example: None,
    }
}
