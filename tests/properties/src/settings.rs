use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use pantoken_server::{Settings, Sources};

/// Occurs in some values, and must not occur anywhere else.
const MARK: &str = "s3cr3t";
/// The settings that are secret even if they are valid.
const SECRETS: [&str; 5] = [
    "PANTOKEN_AGENT_SECRET_KEY",
    "PANTOKEN_API_KEY",
    "PANTOKEN_WEBHOOK_SECRET",
    "PANTOKEN_WEBHOOK_SECRET_OLD",
    "PANTOKEN_OUTGOING_PROXY",
];

/// Checks that settings of any text are read or refused, and that no value of the environment, of a flag
/// or of a secret's file is repeated.
///
/// A line `PANTOKEN_…=` is a variable, `--…=` a flag and `@…=` a file. The other lines are
/// `pantoken.toml`.
pub fn settings(text: &[u8]) {
    let text = String::from_utf8_lossy(text);
    let given = Given::read(&text);
    let settings = Settings::read(&Sources {
        flag: &|key| given.named(&["--", &key.replace('_', "-")]),
        variable: &|name| given.named(&[name]),
        config: None,
        read_file: &|path: &Path| given.file(path),
    });
    let marked_file = given.file.contains(MARK);
    match settings {
        Err(error) => assert!(marked_file || !error.to_string().contains(MARK), "{error}"),
        Ok(settings) => {
            let printed = format!("{settings:?}");
            assert!(
                !given.has_only_secrets() || !printed.contains(MARK),
                "{printed}"
            );
        }
    }
}

struct Given<'a> {
    values: BTreeMap<&'a str, &'a str>,
    file: String,
}

impl<'a> Given<'a> {
    fn read(text: &'a str) -> Self {
        let (mut values, mut file) = (BTreeMap::new(), String::new());
        for line in text.split('\n') {
            let named = |line: &str| {
                ["PANTOKEN_", "--", "@"]
                    .iter()
                    .any(|start| line.starts_with(start))
            };
            match line.split_once('=') {
                Some((name, value)) if named(line) => {
                    values.insert(name, value);
                }
                _ => file += &format!("{line}\n"),
            }
        }
        Self { values, file }
    }

    fn named(&self, parts: &[&str]) -> Option<String> {
        self.values
            .get(parts.concat().as_str())
            .map(|&text| text.into())
    }

    fn file(&self, path: &Path) -> io::Result<String> {
        match path.to_str() {
            Some("pantoken.toml") => Ok(self.file.clone()),
            name => name
                .and_then(|name| self.named(&["@", name]))
                .ok_or(io::ErrorKind::NotFound.into()),
        }
    }

    /// Returns whether the mark occurs only in secrets.
    fn has_only_secrets(&self) -> bool {
        let marked = self.values.iter().filter(|(_, value)| value.contains(MARK));
        let mut names = marked.map(|(name, _)| name);
        !self.file.contains(MARK) && names.all(|name| SECRETS.contains(name))
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn settings_of_any_text_are_read_or_refused_and_never_repeated() {
        crate::corpus::try_all("settings", super::settings, 2_000);
    }
}
