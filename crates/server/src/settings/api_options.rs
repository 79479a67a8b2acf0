use std::num::NonZeroU32;
use std::path::PathBuf;

use crate::a2c::pan_token_alphabet::PanTokenAlphabet;
use crate::a2c::pan_token_check::PanTokenCheck;
use crate::a2c::request_id::RequestIdShard;
use crate::admin::key::AdminKey;
use crate::http::allowed_origin::AllowedOrigin;
use crate::http::api_key::ApiKey;
use crate::http::client_address::TrustedProxies;
use crate::http::limits::Limits;
use crate::http::public_url::PublicUrl;
use crate::http::rate_limit::PublicSessionLimits;
use crate::http::return_url::ReturnUrls;
use crate::jetpay::JetpayOptions;
use crate::payin::PayinOptions;
use crate::qiwi_pay::QiwiPayOptions;

pub(crate) const DEFAULT_SESSION_SECONDS: u32 = 1800;
pub(crate) const DEFAULT_PUBLIC_SESSIONS_PER_ADDRESS: NonZeroU32 = NonZeroU32::new(30).unwrap();
pub(crate) const DEFAULT_PUBLIC_SESSIONS_PER_ORIGIN: NonZeroU32 = NonZeroU32::new(600).unwrap();

/// The settings of the HTTP API: what [`crate::AppState`] needs of [`crate::Settings`].
#[derive(Clone, Debug)]
pub struct ApiOptions {
    /// The URL at which browsers reach this server.
    pub public_url: PublicUrl,
    /// The agent's own API key, beside those in the store.
    pub api_key: Option<ApiKey>,
    /// The origins of the pages that may call the API from a browser.
    pub allowed_origins: Vec<AllowedOrigin>,
    /// Whether a browser on an allowed origin may create sessions without an API key.
    pub public_sessions: bool,
    /// How many sessions browsers may create without an API key.
    pub public_session_limits: PublicSessionLimits,
    /// The proxies whose `X-Forwarded-For` or `Forwarded` header is believed.
    pub trusted_proxies: TrustedProxies,
    /// Where the redirect flow may end.
    pub return_urls: ReturnUrls,
    /// How long a session waits for its first result, in seconds.
    pub session_seconds: u32,
    /// The site of payin, if there is one.
    pub payin: Option<PayinOptions>,
    /// The project of JetPay, if there is one.
    pub jetpay: Option<JetpayOptions>,
    /// The site of qiwi-pay, if there is one.
    pub qiwi_pay: Option<QiwiPayOptions>,
    /// Sets the request ids of this database apart from those of the agent's other databases.
    pub request_id_shard: Option<RequestIdShard>,
    /// Which characters a reported panToken may contain.
    pub pan_token_alphabet: PanTokenAlphabet,
    /// Checks a panToken before it is recorded.
    pub pan_token_check: Option<PanTokenCheck>,
    /// A folder of static files to serve at `/`.
    pub pages: Option<PathBuf>,
    /// Whether [`crate::router`] answers `/metrics`, to everyone who can call it. Leave it off if the public reaches the router;
    /// [`crate::metrics_router`] answers the same elsewhere.
    pub metrics: bool,
    /// The key of the pages for operators, which [`crate::metrics_router`] serves at `/admin`, and [`crate::router`]
    /// never does. Without it there are none.
    pub admin_key: Option<AdminKey>,
    /// How long requests and responses may take.
    pub limits: Limits,
}

impl ApiOptions {
    /// Returns the default options. They let nobody create a session: set an API key, allow public
    /// sessions, or add a [`crate::Customer`] to each request.
    #[must_use]
    pub fn new(public_url: PublicUrl) -> Self {
        Self {
            public_url,
            api_key: None,
            allowed_origins: Vec::new(),
            public_sessions: false,
            public_session_limits: PublicSessionLimits {
                per_address: DEFAULT_PUBLIC_SESSIONS_PER_ADDRESS,
                per_origin: DEFAULT_PUBLIC_SESSIONS_PER_ORIGIN,
            },
            trusted_proxies: TrustedProxies::default(),
            return_urls: ReturnUrls::default(),
            session_seconds: DEFAULT_SESSION_SECONDS,
            payin: None,
            jetpay: None,
            qiwi_pay: None,
            request_id_shard: None,
            pan_token_alphabet: PanTokenAlphabet::default(),
            pan_token_check: None,
            pages: None,
            metrics: false,
            admin_key: None,
            limits: Limits::default(),
        }
    }
}
