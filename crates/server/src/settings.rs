//! The server's settings. Flags override `PANTOKEN_*` environment variables, which override
//! `pantoken.toml`. The table of all settings is in `setting.rs`.

mod api_options;
mod config_file;
mod error;
mod jetpay;
mod parse;
mod payin;
mod qiwi_pay;
mod reader;
mod secret_text;
pub(crate) mod setting;

use std::net::SocketAddr;

use pantoken_a2c::{AgentId, FormHost};
use pantoken_a2c_signing::{AgentSecret, Signer};
use pantoken_store::{DatabaseUrl, StoreKey, StoreKeys};

use crate::a2c::pan_token_alphabet::PanTokenAlphabet;
use crate::a2c::request_id::RequestIdShard;
use crate::admin::key::AdminKey;
use crate::http::allowed_origin::AllowedOrigin;
use crate::http::api_key::ApiKey;
use crate::http::client::{Outgoing, OutgoingProxy};
use crate::http::client_address::TrustedProxies;
use crate::http::limits::Limits;
use crate::http::public_url::PublicUrl;
use crate::http::rate_limit::PublicSessionLimits;
use crate::http::return_url::ReturnUrls;
use crate::webhooks::{WebhookSecret, WebhookTarget};

pub use api_options::ApiOptions;
pub use error::{SettingError, SettingsError};
pub use parse::LogFormat;
pub use reader::Sources;
pub(crate) use reader::{DEFAULT_FILE, Reader};

/// The fewest days that sessions are kept with webhooks.
const MIN_WEBHOOK_DAYS: u32 = 7;

/// The settings of `pantoken serve`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Signs form URLs of a2c for one agent at one form host. `None` if only another provider is configured.
    pub signer: Option<Signer>,
    /// The database of the sessions.
    pub database: DatabaseUrl,
    /// The keys that encrypt panTokens in the database.
    pub store_keys: Option<StoreKeys>,
    /// How many days after its expiry a session is deleted. Without it, sessions are kept forever.
    pub retention_days: Option<u32>,
    /// The address to listen on. Port 0 takes any free port.
    pub listen: SocketAddr,
    /// Another address that serves `/metrics`, and `/admin` if there is a key for it.
    pub metrics_listen: Option<SocketAddr>,
    /// The settings of the HTTP API. Without a public URL it is `http://localhost` and the port.
    pub api: ApiOptions,
    /// The receiver of webhooks.
    pub webhook: Option<WebhookTarget>,
    /// How the server reaches others.
    pub outgoing: Outgoing,
    /// The format of log lines.
    pub log_format: LogFormat,
}

impl Settings {
    /// Reads all settings.
    ///
    /// # Errors
    /// Returns [`SettingsError`], which lists every setting that is missing or invalid.
    pub fn read(sources: &Sources<'_>) -> Result<Self, SettingsError> {
        let mut reader = Reader::open(sources)?;
        let database = read_database(&mut reader);
        let store_keys = read_store_keys(&mut reader);
        let retention_days = read_retention_days(&mut reader);
        let listen = reader.read(&setting::LISTEN, parse::listen);
        let metrics_listen = reader.read(&setting::METRICS_LISTEN, parse::listen);
        let outgoing = read_outgoing(&mut reader);
        let payin = payin::read(&mut reader, &outgoing);
        let signing = WebhookSigning::read(&mut reader);
        let jetpay = jetpay::read(&mut reader, &outgoing, &signing);
        let qiwi_pay = qiwi_pay::read(&mut reader, &outgoing);
        let signer = read_signer_if_needed(&mut reader);
        let api = read_api(&mut reader, listen).map(|api| ApiOptions {
            payin,
            jetpay,
            qiwi_pay,
            ..api
        });
        let webhook = read_webhook(&mut reader, signing);
        let webhook = webhook.map(|target| target.with_outgoing(outgoing.clone()));
        let log_format = reader.read(&setting::LOG_FORMAT, LogFormat::parse);
        let settings = || {
            Some(Self {
                signer: signer?,
                database: database?,
                store_keys,
                retention_days,
                listen: listen?,
                metrics_listen,
                api: api?,
                webhook,
                outgoing,
                log_format: log_format?,
            })
        };
        let settings = settings();
        reader.finish(settings)
    }
}

fn read_api(reader: &mut Reader<'_>, listen: Option<SocketAddr>) -> Option<ApiOptions> {
    let public_url = read_public_url(reader, listen);
    let api_key = reader.read(&setting::API_KEY, ApiKey::parse);
    let public_sessions = reader.read(&setting::PUBLIC_SESSIONS, parse::switch);
    let allowed_origins = read_allowed_origins(reader, public_sessions == Some(true));
    let public_session_limits = read_public_session_limits(reader);
    let trusted_proxies = reader.read(&setting::TRUSTED_PROXIES, TrustedProxies::parse);
    let return_urls = reader.read(&setting::RETURN_URLS, ReturnUrls::parse);
    let session_seconds = reader.read(&setting::SESSION_SECONDS, parse::session_seconds);
    let request_id_shard = reader.read(&setting::REQUEST_ID_SHARD, RequestIdShard::parse);
    let pan_token_alphabet = reader.read(&setting::PAN_TOKEN_ALPHABET, PanTokenAlphabet::parse);
    let pages = reader.read(&setting::PAGES, parse::folder);
    let metrics = reader.read(&setting::METRICS, parse::switch);
    let admin_key = read_admin_key(reader, api_key.as_ref());
    let limits = read_limits(reader);
    Some(ApiOptions {
        public_url: public_url?,
        api_key,
        allowed_origins,
        public_sessions: public_sessions?,
        public_session_limits: public_session_limits?,
        trusted_proxies: trusted_proxies.unwrap_or_default(),
        return_urls: return_urls.unwrap_or_default(),
        session_seconds: session_seconds?,
        payin: None,
        jetpay: None,
        qiwi_pay: None,
        request_id_shard,
        pan_token_alphabet: pan_token_alphabet?,
        pan_token_check: None,
        pages,
        metrics: metrics?,
        admin_key,
        limits: limits?,
    })
}

/// Reads the key of the pages for operators. Whoever has an API key should not see every page.
fn read_admin_key(reader: &mut Reader<'_>, api_key: Option<&ApiKey>) -> Option<AdminKey> {
    let key = reader.read(&setting::ADMIN_KEY, AdminKey::parse)?;
    if !reader.is_given(&setting::METRICS_LISTEN) {
        let rule = "is required with PANTOKEN_ADMIN_KEY, because the pages for operators are served there alone";
        reader.refuse(&setting::METRICS_LISTEN, rule);
    }
    if api_key.is_some_and(|api_key| key.is(api_key.expose())) {
        let rule = "must not be the same as PANTOKEN_API_KEY";
        reader.refuse(&setting::ADMIN_KEY, rule);
    }
    Some(key)
}

fn read_limits(reader: &mut Reader<'_>) -> Option<Limits> {
    let idle_time = reader.read(&setting::IDLE_SECONDS, parse::idle_time);
    let per_address = reader.read(&setting::CONNECTIONS_PER_ADDRESS, parse::connections);
    Some(Limits {
        idle_time: idle_time?,
        connections_per_address: per_address?,
        ..Limits::default()
    })
}

/// Reads after how many days sessions are deleted. With webhooks, whoever receives them needs some days to
/// notice that they fail.
fn read_retention_days(reader: &mut Reader<'_>) -> Option<u32> {
    let days = reader.read(&setting::RETENTION_DAYS, parse::retention_days);
    if reader.is_given(&setting::WEBHOOK_URL) && days.is_some_and(|days| days < MIN_WEBHOOK_DAYS) {
        let rule = "must be 7 or more with PANTOKEN_WEBHOOK_URL, so that there is time to retry a webhook \
                    that was given up before its panToken is deleted";
        reader.refuse(&setting::RETENTION_DAYS, rule);
    }
    days
}

fn read_outgoing(reader: &mut Reader<'_>) -> Outgoing {
    let outgoing = reader.read_file(&setting::CA_FILE, |pem| Outgoing::default().with_roots(pem));
    let outgoing = outgoing.unwrap_or_default();
    match reader.read(&setting::OUTGOING_PROXY, OutgoingProxy::parse) {
        Some(proxy) => outgoing.with_proxy(proxy),
        None => outgoing,
    }
}

/// What signs webhooks and questions to the agent's back end, and where they may go.
struct WebhookSigning {
    allow_private: Option<bool>,
    secret: Option<WebhookSecret>,
    old_secret: Option<WebhookSecret>,
}

impl WebhookSigning {
    fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            allow_private: reader.read(&setting::WEBHOOK_ALLOW_PRIVATE, parse::switch),
            secret: reader.read(&setting::WEBHOOK_SECRET, WebhookSecret::parse),
            old_secret: reader.read(&setting::WEBHOOK_SECRET_OLD, WebhookSecret::parse),
        }
    }
}

fn read_webhook(reader: &mut Reader<'_>, signing: WebhookSigning) -> Option<WebhookTarget> {
    if !reader.is_given(&setting::WEBHOOK_URL) {
        return None;
    }
    if !reader.is_given(&setting::WEBHOOK_SECRET) {
        let rule = "is required with PANTOKEN_WEBHOOK_URL";
        reader.refuse(&setting::WEBHOOK_SECRET, rule);
    }
    let (allow_private, secret) = signing.allow_private.zip(signing.secret)?;
    let target = reader.read(&setting::WEBHOOK_URL, |url| {
        WebhookTarget::new(url, secret, allow_private)
    })?;
    Some(match signing.old_secret {
        Some(old_secret) => target.with_old_secret(old_secret),
        None => target,
    })
}

/// Reads how webhooks are signed and sent, for a receiver that an argument names. It may be on a private network.
pub(crate) fn read_webhook_to(
    reader: &mut Reader<'_>,
    argument: &str,
    url: &str,
) -> Option<WebhookTarget> {
    let outgoing = read_outgoing(reader);
    let secret = reader.read(&setting::WEBHOOK_SECRET, WebhookSecret::parse);
    if !reader.is_given(&setting::WEBHOOK_SECRET) {
        reader.refuse(&setting::WEBHOOK_SECRET, "is required to sign the webhook");
    }
    let secret = secret?;
    let target = reader.argument(argument, url, |url| WebhookTarget::new(url, secret, true))?;
    Some(target.with_outgoing(outgoing))
}

fn read_public_url(reader: &mut Reader<'_>, listen: Option<SocketAddr>) -> Option<PublicUrl> {
    if reader.is_given(&setting::PUBLIC_URL) {
        return reader.read(&setting::PUBLIC_URL, PublicUrl::parse);
    }
    let listen = listen?;
    if !listen.ip().is_loopback() {
        let rule = "is required unless PANTOKEN_LISTEN is a loopback address";
        reader.refuse(&setting::PUBLIC_URL, rule);
    }
    Some(PublicUrl::localhost(listen.port()))
}

fn read_allowed_origins(reader: &mut Reader<'_>, are_required: bool) -> Vec<AllowedOrigin> {
    if are_required && !reader.is_given(&setting::ALLOWED_ORIGINS) {
        let rule = "is required if PANTOKEN_PUBLIC_SESSIONS is true";
        reader.refuse(&setting::ALLOWED_ORIGINS, rule);
    }
    let origins = reader.read(&setting::ALLOWED_ORIGINS, parse::origins);
    origins.unwrap_or_default()
}

fn read_public_session_limits(reader: &mut Reader<'_>) -> Option<PublicSessionLimits> {
    let per_address = reader.read(
        &setting::PUBLIC_SESSIONS_PER_ADDRESS,
        parse::sessions_per_minute,
    );
    let per_origin = reader.read(
        &setting::PUBLIC_SESSIONS_PER_ORIGIN,
        parse::sessions_per_minute,
    );
    Some(PublicSessionLimits {
        per_address: per_address?,
        per_origin: per_origin?,
    })
}

/// Reads the URL of the database.
pub(crate) fn read_database(reader: &mut Reader<'_>) -> Option<DatabaseUrl> {
    reader.read(&setting::DATABASE_URL, DatabaseUrl::parse)
}

/// Reads the store's keys. Old ones require a current one.
pub(crate) fn read_store_keys(reader: &mut Reader<'_>) -> Option<StoreKeys> {
    let current = reader.read(&setting::STORE_KEY, StoreKey::parse);
    let old = reader.read(&setting::STORE_KEY_OLD, parse::store_keys);
    if !reader.is_given(&setting::STORE_KEY) && reader.is_given(&setting::STORE_KEY_OLD) {
        let rule = "is required with PANTOKEN_STORE_KEY_OLD";
        reader.refuse(&setting::STORE_KEY, rule);
    }
    Some(StoreKeys::new(current?, old.unwrap_or_default()))
}

/// Reads the store's keys for a command that cannot do without.
pub(crate) fn require_store_keys(reader: &mut Reader<'_>) -> Option<StoreKeys> {
    if !reader.is_given(&setting::STORE_KEY) {
        reader.refuse(&setting::STORE_KEY, "is required");
    }
    read_store_keys(reader)
}

/// Reads the settings of a2c, unless none of them is given and another provider is. Returns `None` if one of them
/// is wrong.
fn read_signer_if_needed(reader: &mut Reader<'_>) -> Option<Option<Signer>> {
    let a2c = [
        &setting::FORM_HOST,
        &setting::AGENT_ID,
        &setting::AGENT_SECRET_KEY,
    ];
    let is_given = a2c.iter().any(|setting| reader.is_given(setting));
    let is_another_given = [payin::is_given, jetpay::is_given, qiwi_pay::is_given]
        .iter()
        .any(|is_given| is_given(reader));
    if !is_given && is_another_given {
        return Some(None);
    }
    read_signer(reader).map(Some)
}

/// Reads the three settings that signing takes, so that an error lists each that is missing.
pub(crate) fn read_signer(reader: &mut Reader<'_>) -> Option<Signer> {
    let host = reader.read(&setting::FORM_HOST, FormHost::parse);
    let agent_id = reader.read(&setting::AGENT_ID, AgentId::parse);
    let secret = read_secret(reader);
    Some(Signer::new(host?, agent_id?, secret?))
}

/// Reads the agent's secret key.
pub(crate) fn read_secret(reader: &mut Reader<'_>) -> Option<AgentSecret> {
    reader.read(&setting::AGENT_SECRET_KEY, AgentSecret::parse)
}

#[cfg(test)]
mod tests;
