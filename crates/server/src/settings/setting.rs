//! Every setting, once.

/// One setting. Its flag is `--listen`, its variable `PANTOKEN_LISTEN`, its key in `pantoken.toml`
/// `listen`, all from the one name.
#[derive(Debug)]
pub(crate) struct Setting {
    /// The key in `pantoken.toml`.
    pub(crate) key: &'static str,
    pub(crate) example: &'static str,
    /// A secret may be in a file of its own: `…_FILE`. It has no flag, but for the database's URL,
    /// which need not hold a password.
    pub(crate) secret: bool,
}

pub(crate) const AGENT_ID: Setting = plain("agent_id", "agent-01");
pub(crate) const AGENT_SECRET_KEY: Setting =
    secret("agent_secret_key", "the key that the provider gave you");
pub(crate) const FORM_HOST: Setting = plain("form_host", "https://a2c-test.qiwi.kz");
pub(crate) const DATABASE_URL: Setting = secret("database_url", "sqlite://pantoken.db");
pub(crate) const STORE_KEY: Setting = secret("store_key", "what `openssl rand -hex 32` prints");
pub(crate) const STORE_KEY_OLD: Setting = secret(
    "store_key_old",
    "the store keys of before, with commas between them",
);
pub(crate) const RETENTION_DAYS: Setting = plain("retention_days", "90");
pub(crate) const LISTEN: Setting = plain("listen", "127.0.0.1:3019");
pub(crate) const METRICS_LISTEN: Setting = plain("metrics_listen", "127.0.0.1:3029");
pub(crate) const PUBLIC_URL: Setting = plain("public_url", "https://pay.shop.kz");
pub(crate) const API_KEY: Setting = secret("api_key", "32 random letters and digits");
pub(crate) const ALLOWED_ORIGINS: Setting =
    plain("allowed_origins", "https://shop.kz,http://localhost:3019");
pub(crate) const PUBLIC_SESSIONS: Setting = plain("public_sessions", "true");
pub(crate) const PUBLIC_SESSIONS_PER_ADDRESS: Setting = plain("public_sessions_per_address", "30");
pub(crate) const PUBLIC_SESSIONS_PER_ORIGIN: Setting = plain("public_sessions_per_origin", "600");
pub(crate) const TRUSTED_PROXIES: Setting = plain("trusted_proxies", "127.0.0.1,10.0.0.0/8");
pub(crate) const RETURN_URLS: Setting = plain("return_urls", "https://shop.kz/paid");
pub(crate) const SESSION_SECONDS: Setting = plain("session_seconds", "1800");
pub(crate) const PAGES: Setting = plain("pages", "./dist");
pub(crate) const WEBHOOK_URL: Setting = plain("webhook_url", "https://shop.kz/webhooks/pantoken");
pub(crate) const WEBHOOK_SECRET: Setting = secret("webhook_secret", "32 random letters and digits");
pub(crate) const WEBHOOK_ALLOW_PRIVATE: Setting = plain("webhook_allow_private", "true");
pub(crate) const LOG_FORMAT: Setting = plain("log_format", "text");

pub(crate) const ALL: [&Setting; 23] = [
    &AGENT_ID,
    &AGENT_SECRET_KEY,
    &FORM_HOST,
    &DATABASE_URL,
    &STORE_KEY,
    &STORE_KEY_OLD,
    &RETENTION_DAYS,
    &LISTEN,
    &METRICS_LISTEN,
    &PUBLIC_URL,
    &API_KEY,
    &ALLOWED_ORIGINS,
    &PUBLIC_SESSIONS,
    &PUBLIC_SESSIONS_PER_ADDRESS,
    &PUBLIC_SESSIONS_PER_ORIGIN,
    &TRUSTED_PROXIES,
    &RETURN_URLS,
    &SESSION_SECONDS,
    &PAGES,
    &WEBHOOK_URL,
    &WEBHOOK_SECRET,
    &WEBHOOK_ALLOW_PRIVATE,
    &LOG_FORMAT,
];

const fn plain(key: &'static str, example: &'static str) -> Setting {
    Setting {
        key,
        example,
        secret: false,
    }
}

const fn secret(key: &'static str, example: &'static str) -> Setting {
    Setting {
        key,
        example,
        secret: true,
    }
}

impl Setting {
    pub(crate) fn variable(&self) -> String {
        format!("PANTOKEN_{}", self.key.to_ascii_uppercase())
    }

    pub(crate) fn flag(&self) -> String {
        format!("--{}", self.key.replace('_', "-"))
    }

    /// The name of the setting that says which file holds the secret.
    pub(crate) fn file_variable(&self) -> String {
        format!("{}_FILE", self.variable())
    }

    pub(crate) fn file_key(&self) -> String {
        format!("{}_file", self.key)
    }
}
