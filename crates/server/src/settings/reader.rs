use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::config_file;
use super::error::{SettingError, SettingsError};
use super::setting::Setting;

const DEFAULT_FILE: &str = "pantoken.toml";

/// Where settings come from, all of it passed in.
pub struct Sources<'a> {
    /// The value of a flag, by the setting's key (`listen` for `--listen`).
    pub flag: &'a dyn Fn(&str) -> Option<String>,
    /// The value of an environment variable; an empty one counts as not set.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// The file of `--config`; without it `pantoken.toml`, if there is one.
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

/// Reads settings one by one and keeps all that is wrong with them.
pub(crate) struct Reader<'a> {
    sources: &'a Sources<'a>,
    file: PathBuf,
    file_values: BTreeMap<String, String>,
    errors: Vec<SettingError>,
}

/// A value and where it came from.
struct Given {
    text: Zeroizing<String>,
    from: String,
}

impl<'a> Reader<'a> {
    /// Reads the file, if there is one.
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

    /// Reads a setting that may be left out.
    pub(crate) fn optional<T, E: fmt::Display>(
        &mut self,
        setting: &Setting,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let given = match self.find(setting) {
            Ok(given) => given?,
            Err(error) => {
                self.errors.push(error);
                return None;
            }
        };
        match parse(&given.text) {
            Ok(value) => Some(value),
            Err(error) => {
                self.note(setting, Some(given.from), &error.to_string());
                None
            }
        }
    }

    /// Reads a setting that must be there.
    pub(crate) fn required<T, E: fmt::Display>(
        &mut self,
        setting: &Setting,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        if !self.is_given(setting) {
            self.refuse(setting, "is required");
        }
        self.optional(setting, parse)
    }

    /// Whether the setting is there, right or wrong.
    pub(crate) fn is_given(&self, setting: &Setting) -> bool {
        !matches!(self.find(setting), Ok(None))
    }

    /// Notes that the setting breaks a rule.
    pub(crate) fn refuse(&mut self, setting: &Setting, rule: &str) {
        self.note(setting, None, rule);
    }

    /// Reads a flag that is no setting: it has no variable and no key.
    pub(crate) fn flag<T, E: fmt::Display>(
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

    /// The value, unless anything was wrong anywhere.
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
            return Ok(Some(given(text, setting.flag())));
        }
        if setting.secret {
            return self.find_secret(setting);
        }
        let variable = self.variable(&setting.variable());
        Ok(variable.or_else(|| self.file_value(setting.key)))
    }

    /// A secret, or the file that holds it; the environment goes before `pantoken.toml` here too.
    fn find_secret(&self, setting: &Setting) -> Result<Option<Given>, SettingError> {
        let places = [
            (
                self.variable(&setting.variable()),
                self.variable(&setting.file_variable()),
            ),
            (
                self.file_value(setting.key),
                self.file_value(&setting.file_key()),
            ),
        ];
        for place in places {
            match place {
                (None, None) => {}
                (Some(value), None) => return Ok(Some(value)),
                (None, Some(file)) => return self.read_secret(setting, &file).map(Some),
                (Some(_), Some(_)) => return Err(both(setting)),
            }
        }
        Ok(None)
    }

    fn read_secret(&self, setting: &Setting, file: &Given) -> Result<Given, SettingError> {
        let text = (self.sources.read_file)(Path::new(file.text.as_str())).map_err(|error| {
            SettingError {
                name: setting.file_variable(),
                from: Some(file.from.clone()),
                rule: format!("names a file that cannot be read: {error}"),
                example: None,
            }
        })?;
        let text = Zeroizing::new(text);
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        Ok(given(line.to_owned(), setting.file_variable()))
    }

    fn variable(&self, name: &str) -> Option<Given> {
        let text = (self.sources.variable)(name).filter(|text| !text.is_empty())?;
        Some(given(text, "the environment".to_owned()))
    }

    fn file_value(&self, key: &str) -> Option<Given> {
        let text = self.file_values.get(key)?;
        Some(given(text.clone(), self.file.display().to_string()))
    }
}

fn given(text: String, from: String) -> Given {
    Given {
        text: Zeroizing::new(text),
        from,
    }
}

fn both(setting: &Setting) -> SettingError {
    SettingError {
        name: setting.variable(),
        from: None,
        rule: format!(
            "is set, and {} too: set one of the two",
            setting.file_variable()
        ),
        example: None,
    }
}
