use std::env::{self, VarError};
use std::fs::File;
use std::io::{self, Read};

use pantoken_sandbox::Settings;
use pantoken_signing::{AgentSecret, AgentSecretError};

const KEY: &str = "PANTOKEN_AGENT_SECRET_KEY";
const KEY_FILE: &str = "PANTOKEN_AGENT_SECRET_KEY_FILE";
/// More than any secret has; what is longer is another file.
const MAX_FILE: u64 = 4096;

/// Why there is no agent's secret; the secret itself is not repeated.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretError {
    #[error("{KEY} and {KEY_FILE} are both set: unset one of them")]
    Both,
    #[error("{0} is not UTF-8 text")]
    NotText(&'static str),
    #[error("the file that {KEY_FILE} names cannot be read: {0}")]
    File(io::Error),
    #[error("{0}: {1}")]
    Secret(&'static str, AgentSecretError),
}

/// The secret from the environment or a file that it names; else the published test key.
pub(crate) fn read() -> Result<AgentSecret, SecretError> {
    match (variable(KEY)?, variable(KEY_FILE)?) {
        (Some(_), Some(_)) => Err(SecretError::Both),
        (Some(secret), None) => parse(KEY, &secret),
        (None, Some(path)) => parse(
            KEY_FILE,
            // Editors end a file with a line break.
            read_file(&path)?.trim_end_matches(['\r', '\n']),
        ),
        (None, None) => parse(KEY, Settings::TEST_SECRET_KEY),
    }
}

fn variable(name: &'static str) -> Result<Option<String>, SecretError> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(SecretError::NotText(name)),
    }
}

fn read_file(path: &str) -> Result<String, SecretError> {
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(MAX_FILE).read_to_string(&mut text))
        .map_err(SecretError::File)?;
    Ok(text)
}

fn parse(source: &'static str, text: &str) -> Result<AgentSecret, SecretError> {
    AgentSecret::parse(text).map_err(|error| SecretError::Secret(source, error))
}
