use std::fmt;

/// A setting that is missing or invalid. Its value is not repeated, because it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}{}: {rule}{}", from_text(.from.as_ref()), example_text(.example.as_ref()))]
pub struct SettingError {
    /// The setting, by its environment variable or its flag.
    pub name: String,
    /// Where its value was found, if there is one.
    pub from: Option<String>,
    /// The rule that it breaks.
    pub rule: String,
    /// A valid value.
    pub example: Option<String>,
}

fn from_text(from: Option<&String>) -> String {
    from.map_or_else(String::new, |from| format!(" (from {from})"))
}

fn example_text(example: Option<&String>) -> String {
    example.map_or_else(String::new, |example| format!("; for example: {example}"))
}

/// All settings that are missing or invalid, one per line.
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
