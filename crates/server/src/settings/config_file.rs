//! Reads `pantoken.toml`: the settings by their keys, as strings, numbers, booleans or lists of strings.

use std::collections::BTreeMap;
use std::path::Path;

use toml::Value;

use super::error::SettingError;
use super::setting;

/// Returns the values by key. Errors name keys and lines, never values.
pub(super) fn parse(
    path: &Path,
    text: &str,
) -> Result<BTreeMap<String, String>, Vec<SettingError>> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.unwrap_or_default().matches('\n').count() + 1;
        vec![refusal(
            path,
            None,
            &format!("line {line} is not valid TOML"),
        )]
    })?;
    let mut values = BTreeMap::new();
    let mut errors = Vec::new();
    for (key, value) in flatten(table) {
        if !is_known(&key) {
            errors.push(refusal(path, Some(&key), "unknown setting"));
        } else if let Some(text) = to_text(value) {
            values.insert(key, text);
        } else {
            let rule = "must be a string, a whole number, true or false, or a list of strings";
            errors.push(refusal(path, Some(&key), rule));
        }
    }
    if errors.is_empty() {
        Ok(values)
    } else {
        Err(errors)
    }
}

/// Returns the settings of a provider's table under their whole names: `site_id` in `[payin]` is
/// `payin_site_id`.
fn flatten(table: toml::Table) -> Vec<(String, Value)> {
    let mut entries = Vec::new();
    for (key, value) in table {
        match value {
            Value::Table(provider) => {
                let whole = |(name, value)| (format!("{key}_{name}"), value);
                entries.extend(provider.into_iter().map(whole));
            }
            value => entries.push((key, value)),
        }
    }
    entries
}

fn is_known(key: &str) -> bool {
    setting::ALL
        .iter()
        .any(|setting| setting.key == key || (setting.is_secret() && setting.file_key() == key))
}

fn to_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Integer(number) => Some(number.to_string()),
        Value::Boolean(value) => Some(value.to_string()),
        Value::Array(entries) => {
            let texts: Option<Vec<_>> = entries
                .iter()
                .map(|entry| entry.as_str().filter(|text| !text.contains(',')))
                .collect();
            texts.map(|texts| texts.join(","))
        }
        _ => None,
    }
}

pub(super) fn refusal(path: &Path, key: Option<&str>, rule: &str) -> SettingError {
    let path = path.display();
    SettingError {
        name: key.map_or_else(|| path.to_string(), |key| format!("{path}: {key}")),
        from: None,
        rule: rule.to_owned(),
        example: None,
    }
}
