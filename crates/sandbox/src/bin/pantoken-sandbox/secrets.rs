use std::env::{self, VarError};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use pantoken_a2c_signing::{AgentSecret, AgentSecretError};
use pantoken_core::{Secret, SecretOrFileError, secret_or_file};
use pantoken_jetpay::{SecretKey, SecretKeyError};
use pantoken_payin::{ApiKey, NotificationKey, SecretError as KeyError};
use pantoken_qiwi_master::{Token, TokenError};
use pantoken_sandbox::{a2c, jetpay, payin, qiwi_master, qiwi_pay};

/// The largest file that is read, in bytes. No secret is as long.
const MAX_FILE: u64 = 4096;

/// The secrets of all providers.
pub(crate) struct Secrets {
    pub(crate) agent_secret: AgentSecret,
    pub(crate) payin_api_key: ApiKey,
    pub(crate) payin_notification_key: NotificationKey,
    pub(crate) jetpay_secret_key: SecretKey,
    pub(crate) qiwi_pay_secret_key: pantoken_qiwi_pay::SecretKey,
    pub(crate) qiwi_master_token: Token,
}

/// Why a secret is missing. The secret itself is not repeated.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretError {
    #[error("{0} is not UTF-8 text")]
    NotText(&'static str),
    #[error("{0} and {1}: {2}")]
    Source(&'static str, &'static str, SecretOrFileError),
    #[error("{0}: {1}")]
    AgentSecret(&'static str, AgentSecretError),
    #[error("{0}: {1}")]
    Key(&'static str, KeyError),
    #[error("{0}: {1}")]
    SecretKey(&'static str, SecretKeyError),
    #[error("{0}: {1}")]
    QiwiPay(&'static str, pantoken_qiwi_pay::SecretError),
    #[error("{0}: {1}")]
    Token(&'static str, TokenError),
}

/// Reads each secret from the environment or from a file that it names. Without either, it is the test key
/// that the provider or the sandbox publishes.
pub(crate) fn read() -> Result<Secrets, SecretError> {
    let agent = Names(
        "PANTOKEN_AGENT_SECRET_KEY",
        "PANTOKEN_AGENT_SECRET_KEY_FILE",
    );
    let api = Names("PANTOKEN_PAYIN_API_KEY", "PANTOKEN_PAYIN_API_KEY_FILE");
    let notification = Names(
        "PANTOKEN_PAYIN_NOTIFICATION_KEY",
        "PANTOKEN_PAYIN_NOTIFICATION_KEY_FILE",
    );
    let (agent_secret, name) = agent.read(a2c::Settings::TEST_SECRET_KEY)?;
    let agent_secret = AgentSecret::parse(agent_secret.expose());
    let agent_secret = agent_secret.map_err(|error| SecretError::AgentSecret(name, error))?;
    let (api_key, name) = api.read(payin::Settings::TEST_API_KEY)?;
    let payin_api_key = ApiKey::parse(api_key.expose());
    let payin_api_key = payin_api_key.map_err(|error| SecretError::Key(name, error))?;
    let (key, key_name) = notification.read(payin::Settings::TEST_NOTIFICATION_KEY)?;
    let payin_notification_key = NotificationKey::parse(key.expose());
    let secret_key = Names(
        "PANTOKEN_JETPAY_SECRET_KEY",
        "PANTOKEN_JETPAY_SECRET_KEY_FILE",
    );
    let (secret_key, name) = secret_key.read(jetpay::Settings::TEST_SECRET_KEY)?;
    let jetpay_secret_key = SecretKey::parse(secret_key.expose());
    let jetpay_secret_key =
        jetpay_secret_key.map_err(|error| SecretError::SecretKey(name, error))?;
    let qiwi_pay = Names(
        "PANTOKEN_QIWI_PAY_SECRET_KEY",
        "PANTOKEN_QIWI_PAY_SECRET_KEY_FILE",
    );
    let (qiwi_pay, name) = qiwi_pay.read(qiwi_pay::Settings::TEST_SECRET_KEY)?;
    let qiwi_pay_secret_key = pantoken_qiwi_pay::SecretKey::parse(qiwi_pay.expose());
    let qiwi_pay_secret_key =
        qiwi_pay_secret_key.map_err(|error| SecretError::QiwiPay(name, error))?;
    let token = Names(
        "PANTOKEN_QIWI_MASTER_TOKEN",
        "PANTOKEN_QIWI_MASTER_TOKEN_FILE",
    );
    let (token, name) = token.read(qiwi_master::Settings::TEST_TOKEN)?;
    let qiwi_master_token = Token::parse(token.expose());
    Ok(Secrets {
        agent_secret,
        payin_api_key,
        payin_notification_key: payin_notification_key
            .map_err(|error| SecretError::Key(key_name, error))?,
        jetpay_secret_key,
        qiwi_pay_secret_key,
        qiwi_master_token: qiwi_master_token.map_err(|error| SecretError::Token(name, error))?,
    })
}

/// The variable with a secret, and the one with the name of its file.
struct Names(&'static str, &'static str);

impl Names {
    /// Returns the secret, and the variable that it comes from.
    fn read(&self, default: &str) -> Result<(Secret, &'static str), SecretError> {
        let (value, file) = (variable(self.0)?, variable(self.1)?);
        let source = if file.is_some() { self.1 } else { self.0 };
        let secret = secret_or_file(value.as_deref(), file.as_deref().map(Path::new), read_file)
            .map_err(|error| SecretError::Source(self.0, self.1, error))?;
        Ok((secret.unwrap_or_else(|| Secret::new(default)), source))
    }
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
