//! The server's settings: flags over `PANTOKEN_*` environment over `pantoken.toml`.
//! Source: docs/server.md, "Settings".

mod config_file;
mod error;
mod parse;
mod reader;
mod setting;

use std::net::SocketAddr;

use pantoken_a2c::{AgentId, FormHost, Origin};
use pantoken_a2c_signing::{AgentSecret, Signer};
use pantoken_store::{DatabaseUrl, StoreKey, StoreKeys};

use crate::a2c::return_url::ReturnUrls;
use crate::app::ApiOptions;
use crate::http::api_key::ApiKey;
use crate::http::client_address::TrustedProxies;
use crate::http::public_url::PublicUrl;
use crate::http::rate_limit::PublicSessionLimits;
use crate::webhooks::{WebhookSecret, WebhookTarget};

pub use error::{SettingError, SettingsError};
pub use parse::LogFormat;
pub(crate) use reader::Reader;
pub use reader::Sources;

/// Everything that `pantoken serve` is told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Signs form URLs for one agent at one form host.
    pub signer: Signer,
    /// Where sessions are kept.
    pub database: DatabaseUrl,
    /// What panTokens are sealed under, if anything.
    pub store_keys: Option<StoreKeys>,
    /// After how many days an expired session is deleted; without it never.
    pub retention_days: Option<u32>,
    /// Where to listen; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Where else to answer `/metrics`; without it at `listen`, where that is a loopback address.
    pub metrics_listen: Option<SocketAddr>,
    /// What the HTTP API is told. Where no public URL is set, it is `http://localhost` and the port.
    pub api: ApiOptions,
    /// Where results are told; without it nowhere.
    pub webhook: Option<WebhookTarget>,
    /// How log lines are written.
    pub log_format: LogFormat,
}

impl Settings {
    /// Reads every setting.
    ///
    /// # Errors
    /// [`SettingsError`] with all settings that are missing or wrong, not the first alone.
    pub fn read(sources: &Sources<'_>) -> Result<Self, SettingsError> {
        let mut reader = Reader::open(sources)?;
        let signer = read_signer(&mut reader);
        let database = read_database(&mut reader);
        let store_keys = read_store_keys(&mut reader);
        let retention_days = reader.optional(&setting::RETENTION_DAYS, parse::retention_days);
        let listen = reader.optional(&setting::LISTEN, parse::listen);
        let listen = listen.unwrap_or(parse::DEFAULT_LISTEN);
        let metrics_listen = reader.optional(&setting::METRICS_LISTEN, parse::listen);
        let metrics = metrics_listen.is_none() && listen.ip().is_loopback();
        let api = read_api(&mut reader, listen, metrics);
        let webhook = read_webhook(&mut reader);
        let log_format = reader.optional(&setting::LOG_FORMAT, LogFormat::parse);
        let (signer, api) = reader.finish(signer.zip(api))?;
        Ok(Self {
            signer,
            database,
            store_keys,
            retention_days,
            listen,
            metrics_listen,
            api,
            webhook,
            log_format: log_format.unwrap_or_default(),
        })
    }
}

fn read_api(reader: &mut Reader<'_>, listen: SocketAddr, metrics: bool) -> Option<ApiOptions> {
    let public_url = read_public_url(reader, listen);
    let callers = Callers::read(reader);
    let return_urls = reader.optional(&setting::RETURN_URLS, ReturnUrls::parse);
    let session_seconds = reader.optional(&setting::SESSION_SECONDS, parse::session_seconds);
    let pages = reader.optional(&setting::PAGES, parse::folder);
    let trusted_proxies = reader.optional(&setting::TRUSTED_PROXIES, TrustedProxies::parse);
    let public_session_limits = read_public_session_limits(reader);
    let defaults = ApiOptions::new(public_url?);
    Some(ApiOptions {
        api_key: callers.api_key,
        allowed_origins: callers.allowed_origins,
        public_sessions: callers.public_sessions,
        return_urls: return_urls.unwrap_or_default(),
        session_seconds: session_seconds.unwrap_or(defaults.session_seconds),
        pages,
        public_session_limits,
        trusted_proxies: trusted_proxies.unwrap_or_default(),
        metrics,
        ..defaults
    })
}

fn read_webhook(reader: &mut Reader<'_>) -> Option<WebhookTarget> {
    let allow_private = reader.optional(&setting::WEBHOOK_ALLOW_PRIVATE, parse::switch);
    let secret = reader.optional(&setting::WEBHOOK_SECRET, WebhookSecret::parse);
    if !reader.is_given(&setting::WEBHOOK_URL) {
        return None;
    }
    if !reader.is_given(&setting::WEBHOOK_SECRET) {
        let rule = "is required with PANTOKEN_WEBHOOK_URL";
        reader.refuse(&setting::WEBHOOK_SECRET, rule);
    }
    let secret = secret?;
    reader.optional(&setting::WEBHOOK_URL, |url| {
        WebhookTarget::new(url, secret, allow_private.unwrap_or_default())
    })
}

fn read_public_url(reader: &mut Reader<'_>, listen: SocketAddr) -> Option<PublicUrl> {
    if reader.is_given(&setting::PUBLIC_URL) {
        return reader.optional(&setting::PUBLIC_URL, PublicUrl::parse);
    }
    if !listen.ip().is_loopback() {
        let rule = "is required when PANTOKEN_LISTEN is not a loopback address";
        reader.refuse(&setting::PUBLIC_URL, rule);
    }
    Some(PublicUrl::localhost(listen.port()))
}

fn read_public_session_limits(reader: &mut Reader<'_>) -> PublicSessionLimits {
    let per_address = &setting::PUBLIC_SESSIONS_PER_ADDRESS;
    let per_address = reader.optional(per_address, parse::sessions_per_minute);
    let per_origin = &setting::PUBLIC_SESSIONS_PER_ORIGIN;
    let per_origin = reader.optional(per_origin, parse::sessions_per_minute);
    let defaults = PublicSessionLimits::default();
    PublicSessionLimits {
        per_address: per_address.unwrap_or(defaults.per_address),
        per_origin: per_origin.unwrap_or(defaults.per_origin),
    }
}

/// Who may create sessions, beside the API keys in the store.
struct Callers {
    api_key: Option<ApiKey>,
    allowed_origins: Vec<Origin>,
    public_sessions: bool,
}

impl Callers {
    fn read(reader: &mut Reader<'_>) -> Self {
        let api_key = reader.optional(&setting::API_KEY, ApiKey::parse);
        let allowed_origins = reader.optional(&setting::ALLOWED_ORIGINS, parse::origins);
        let public_sessions = reader.optional(&setting::PUBLIC_SESSIONS, parse::switch);
        let public_sessions = public_sessions.unwrap_or_default();
        if public_sessions && !reader.is_given(&setting::ALLOWED_ORIGINS) {
            let rule = "is required when PANTOKEN_PUBLIC_SESSIONS is true";
            reader.refuse(&setting::ALLOWED_ORIGINS, rule);
        }
        Self {
            api_key,
            allowed_origins: allowed_origins.unwrap_or_default(),
            public_sessions,
        }
    }
}

/// Where sessions are kept.
pub(crate) fn read_database(reader: &mut Reader<'_>) -> DatabaseUrl {
    let database = reader.optional(&setting::DATABASE_URL, DatabaseUrl::parse);
    database.unwrap_or_else(|| DatabaseUrl::Sqlite(parse::DEFAULT_DATABASE.into()))
}

/// The store's keys; without a current one there are no old ones.
pub(crate) fn read_store_keys(reader: &mut Reader<'_>) -> Option<StoreKeys> {
    let current = reader.optional(&setting::STORE_KEY, StoreKey::parse);
    let old = reader.optional(&setting::STORE_KEY_OLD, parse::store_keys);
    if !reader.is_given(&setting::STORE_KEY) && reader.is_given(&setting::STORE_KEY_OLD) {
        let rule = "is required with PANTOKEN_STORE_KEY_OLD";
        reader.refuse(&setting::STORE_KEY, rule);
    }
    Some(StoreKeys::new(current?, old.unwrap_or_default()))
}

/// The store's keys, of which one must be there.
pub(crate) fn require_store_keys(reader: &mut Reader<'_>) -> Option<StoreKeys> {
    if !reader.is_given(&setting::STORE_KEY) {
        reader.refuse(&setting::STORE_KEY, "is required");
    }
    read_store_keys(reader)
}

/// The three settings of signing, all of them read before any is missed.
pub(crate) fn read_signer(reader: &mut Reader<'_>) -> Option<Signer> {
    let host = reader.required(&setting::FORM_HOST, FormHost::parse);
    let agent_id = reader.required(&setting::AGENT_ID, AgentId::parse);
    let secret = read_secret(reader);
    Some(Signer::new(host?, agent_id?, secret?))
}

/// The agent's secret key alone.
pub(crate) fn read_secret(reader: &mut Reader<'_>) -> Option<AgentSecret> {
    reader.required(&setting::AGENT_SECRET_KEY, AgentSecret::parse)
}

#[cfg(test)]
mod tests;
