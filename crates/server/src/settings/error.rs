use std::fmt;

/// One setting that is missing or wrong. What was given is not repeated: it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}{}: {rule}{}", from_text(.from.as_ref()), example_text(.example.as_ref()))]
pub struct SettingError {
    /// The setting, by its environment variable or its flag.
    pub name: String,
    /// Where its value came from, if there is one.
    pub from: Option<String>,
    /// What it should be.
    pub rule: String,
    /// A value that would do.
    pub example: Option<String>,
}

fn from_text(from: Option<&String>) -> String {
    from.map_or_else(String::new, |from| format!(" (from {from})"))
}

fn example_text(example: Option<&String>) -> String {
    example.map_or_else(String::new, |example| format!("; for example: {example}"))
}

/// All settings that are missing or wrong, one to a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct SettingsError(pub Vec<SettingError>);

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}
