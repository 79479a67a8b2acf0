use std::env::{self, VarError};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use pantoken_a2c_signing::{AgentSecret, AgentSecretError};
use pantoken_core::{SecretOrFileError, secret_or_file};
use pantoken_sandbox::a2c::Settings;

const KEY: &str = "PANTOKEN_AGENT_SECRET_KEY";
const KEY_FILE: &str = "PANTOKEN_AGENT_SECRET_KEY_FILE";
/// The largest file that is read, in bytes. No secret is as long.
const MAX_FILE: u64 = 4096;

/// Why there is no agent's secret. The secret itself is not repeated.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretError {
    #[error("{0} is not UTF-8 text")]
    NotText(&'static str),
    #[error("{KEY} and {KEY_FILE}: {0}")]
    Source(#[from] SecretOrFileError),
    #[error("{0}: {1}")]
    Secret(&'static str, AgentSecretError),
}

/// Reads the secret from the environment or from a file that it names. Without either, it is the
/// provider's published test key.
pub(crate) fn read() -> Result<AgentSecret, SecretError> {
    let (value, file) = (variable(KEY)?, variable(KEY_FILE)?);
    let source = if file.is_some() { KEY_FILE } else { KEY };
    let secret = secret_or_file(value.as_deref(), file.as_deref().map(Path::new), read_file)?;
    let text = secret
        .as_ref()
        .map_or(Settings::TEST_SECRET_KEY, |secret| secret.expose());
    AgentSecret::parse(text).map_err(|error| SecretError::Secret(source, error))
}

fn variable(name: &'static str) -> Result<Option<String>, SecretError> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(SecretError::NotText(name)),
    }
}

fn read_file(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(MAX_FILE).read_to_string(&mut text)?;
    Ok(text)
}
