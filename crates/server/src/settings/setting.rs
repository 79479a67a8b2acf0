//! The table of all settings. Flags, variables, keys of `pantoken.toml`, `--help` and the table in
//! `docs/server.md` are made from it.

use std::fmt;

use crate::a2c::pan_token_alphabet::PanTokenAlphabet;
use crate::http::limits::{DEFAULT_CONNECTIONS_PER_ADDRESS, DEFAULT_IDLE_SECONDS};

use super::api_options::{
    DEFAULT_PUBLIC_SESSIONS_PER_ADDRESS, DEFAULT_PUBLIC_SESSIONS_PER_ORIGIN,
    DEFAULT_SESSION_SECONDS,
};

/// One setting. Its flag is `--listen`, its variable `PANTOKEN_LISTEN` and its key in `pantoken.toml`
/// `listen`, all made from one name.
#[derive(Debug)]
pub(crate) struct Setting {
    /// The key in `pantoken.toml`.
    pub(crate) key: &'static str,
    pub(crate) kind: Kind,
    pub(crate) help: &'static str,
    pub(crate) default: Default,
    pub(crate) example: &'static str,
}

/// How a setting may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// With a flag whose value `--help` shows under this name.
    Text(&'static str),
    /// With a flag that may stand alone: `--public-sessions` means `true`.
    Switch,
    /// Without a flag, which every user of the machine could read. The value may be in a file of its
    /// own.
    Secret,
    /// A secret only if it contains a password, as a database URL may: it can be in a file, and has a
    /// flag too.
    SecretText(&'static str),
}

/// What holds when a setting is not given.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Default {
    /// The server does not start.
    Required,
    /// The same as if this text had been given.
    Text(&'static str),
    /// The same as if this number had been given.
    Number(u32),
    /// There is no value, which means this.
    Absent(&'static str),
}

pub(crate) const AGENT_ID: Setting = Setting {
    key: "agent_id",
    kind: Kind::Text("ID"),
    help: "Your agent id at the provider",
    default: Default::Required,
    example: "agent-01",
};
pub(crate) const AGENT_SECRET_KEY: Setting = Setting {
    key: "agent_secret_key",
    kind: Kind::Secret,
    help: "Your secret key at the provider",
    default: Default::Required,
    example: "the key that the provider gave you",
};
pub(crate) const FORM_HOST: Setting = Setting {
    key: "form_host",
    kind: Kind::Text("URL"),
    help: "The provider's host of the card form, such as https://a2c.qiwi.kz",
    default: Default::Required,
    example: "https://a2c-test.qiwi.kz",
};
pub(crate) const API_KEY: Setting = Setting {
    key: "api_key",
    kind: Kind::Secret,
    help: "An API key for your back end, 16 to 256 visible ASCII characters",
    default: Default::Absent("only keys of `pantoken key add` are accepted"),
    example: "32 random letters and digits",
};
pub(crate) const PUBLIC_SESSIONS: Setting = Setting {
    key: "public_sessions",
    kind: Kind::Switch,
    help: "Lets browsers on allowed origins create sessions without an API key",
    default: Default::Text("false"),
    example: "true",
};
pub(crate) const ALLOWED_ORIGINS: Setting = Setting {
    key: "allowed_origins",
    kind: Kind::Text("ORIGINS"),
    help: "The origins of the pages that may call the API from a browser, separated by commas; an app shell has \
           one such as capacitor://localhost",
    default: Default::Absent("none"),
    example: "https://shop.kz,http://localhost:3019",
};
pub(crate) const PUBLIC_SESSIONS_PER_ADDRESS: Setting = Setting {
    key: "public_sessions_per_address",
    kind: Kind::Text("NUMBER"),
    help: "Public sessions per minute, and at once, from one IPv4 address or one IPv6 /64 network",
    default: Default::Number(DEFAULT_PUBLIC_SESSIONS_PER_ADDRESS.get()),
    example: "30",
};
pub(crate) const PUBLIC_SESSIONS_PER_ORIGIN: Setting = Setting {
    key: "public_sessions_per_origin",
    kind: Kind::Text("NUMBER"),
    help: "Public sessions per minute, and at once, from the pages of one origin",
    default: Default::Number(DEFAULT_PUBLIC_SESSIONS_PER_ORIGIN.get()),
    example: "600",
};
pub(crate) const TRUSTED_PROXIES: Setting = Setting {
    key: "trusted_proxies",
    kind: Kind::Text("NETWORKS"),
    help: "The addresses and networks of your proxies, separated by commas; their X-Forwarded-For or \
           Forwarded header is believed",
    default: Default::Absent("none"),
    example: "127.0.0.1,10.0.0.0/8",
};
pub(crate) const RETURN_URLS: Setting = Setting {
    key: "return_urls",
    kind: Kind::Text("URLS"),
    help: "Where the redirect flow may end: origins with or without a path, separated by commas",
    default: Default::Absent("none"),
    example: "https://shop.kz/paid",
};
pub(crate) const PUBLIC_URL: Setting = Setting {
    key: "public_url",
    kind: Kind::Text("URL"),
    help: "The URL at which browsers reach this server",
    default: Default::Absent(
        "http://localhost and the port; required unless it listens on loopback",
    ),
    example: "https://pay.shop.kz",
};
pub(crate) const LISTEN: Setting = Setting {
    key: "listen",
    kind: Kind::Text("ADDRESS:PORT"),
    help: "The address to listen on, an IP address or localhost; port 0 takes any free port",
    default: Default::Text("127.0.0.1:3019"),
    example: "127.0.0.1:3019",
};
pub(crate) const IDLE_SECONDS: Setting = Setting {
    key: "idle_seconds",
    kind: Kind::Text("SECONDS"),
    help: "After how many seconds an idle connection is closed, 5 to 3600; make it longer than your proxy \
           keeps idle connections",
    default: Default::Number(DEFAULT_IDLE_SECONDS),
    example: "75",
};
pub(crate) const CONNECTIONS_PER_ADDRESS: Setting = Setting {
    key: "connections_per_address",
    kind: Kind::Text("NUMBER"),
    help: "Connections at one time from one IPv4 address or one IPv6 /64 network, 1 or more; trusted \
           proxies have no such limit",
    default: Default::Number(DEFAULT_CONNECTIONS_PER_ADDRESS),
    example: "300",
};
pub(crate) const METRICS: Setting = Setting {
    key: "metrics",
    kind: Kind::Switch,
    help: "Serves /metrics at the API's own address too, to everyone who can reach it",
    default: Default::Text("false"),
    example: "true",
};
pub(crate) const METRICS_LISTEN: Setting = Setting {
    key: "metrics_listen",
    kind: Kind::Text("ADDRESS:PORT"),
    help: "The address that serves /metrics to Prometheus, and /admin to operators; keep it away from the public",
    default: Default::Absent("nowhere"),
    example: "127.0.0.1:3029",
};
pub(crate) const ADMIN_KEY: Setting = Setting {
    key: "admin_key",
    kind: Kind::Secret,
    help: "The key of the pages for operators at /admin of PANTOKEN_METRICS_LISTEN, 16 to 256 visible ASCII characters",
    default: Default::Absent("there are no such pages"),
    example: "what `openssl rand -hex 32` prints",
};
pub(crate) const DATABASE_URL: Setting = Setting {
    key: "database_url",
    kind: Kind::SecretText("URL"),
    help: "The database: sqlite:// and a file, or postgres://…",
    default: Default::Text("sqlite://pantoken.db"),
    example: "sqlite://pantoken.db",
};
pub(crate) const STORE_KEY: Setting = Setting {
    key: "store_key",
    kind: Kind::Secret,
    help: "The key that encrypts panTokens and payment tokens in the database: 32 random bytes in hexadecimal or base64",
    default: Default::Absent("they are stored unencrypted"),
    example: "what `openssl rand -hex 32` prints",
};
pub(crate) const STORE_KEY_OLD: Setting = Setting {
    key: "store_key_old",
    kind: Kind::Secret,
    help: "Older keys that panTokens may still be encrypted with, separated by commas",
    default: Default::Absent("none"),
    example: "the previous store keys, separated by commas",
};
pub(crate) const RETENTION_DAYS: Setting = Setting {
    key: "retention_days",
    kind: Kind::Text("DAYS"),
    help: "Deletes sessions this many days after they expire and their webhooks ended, 1 to 36500; at \
           least 7 with a webhook URL",
    default: Default::Absent("sessions are never deleted"),
    example: "90",
};
pub(crate) const SESSION_SECONDS: Setting = Setting {
    key: "session_seconds",
    kind: Kind::Text("SECONDS"),
    help: "How long a session waits for its first result, 60 to 86400 seconds",
    default: Default::Number(DEFAULT_SESSION_SECONDS),
    example: "3600",
};
pub(crate) const PAYIN_SITE_ID: Setting = Setting {
    key: "payin_site_id",
    kind: Kind::Text("ID"),
    help: "Your site id at payin, which verifies cards and charges tokens",
    default: Default::Absent("payin's calls are answered with 404"),
    example: "site-01",
};
pub(crate) const PAYIN_API_KEY: Setting = Setting {
    key: "payin_api_key",
    kind: Kind::Secret,
    help: "The key of payin's API",
    default: Default::Absent("required with a site id of payin"),
    example: "the key that the provider gave you",
};
pub(crate) const PAYIN_NOTIFICATION_KEY: Setting = Setting {
    key: "payin_notification_key",
    kind: Kind::Secret,
    help: "The key with which payin signs notifications",
    default: Default::Absent("required with a site id of payin"),
    example: "the notification key that the provider gave you",
};
pub(crate) const PAYIN_BASE_URL: Setting = Setting {
    key: "payin_base_url",
    kind: Kind::Text("URL"),
    help: "The address of payin's API up to /sites; http on loopback only",
    default: Default::Text("https://b2b-api.qiwi.com/partner/payin/v1/sites"),
    example: "http://127.0.0.1:3021/partner/payin/v1/sites",
};
pub(crate) const PAYIN_FORM_ORIGINS: Setting = Setting {
    key: "payin_form_origins",
    kind: Kind::Text("ORIGINS"),
    help: "The origins of payin's forms, separated by commas; a form elsewhere is not shown",
    default: Default::Absent("those that the provider names"),
    example: "https://payment.qiwi.com,https://oplata.qiwi.com",
};
pub(crate) const PAYIN_LIVE: Setting = Setting {
    key: "payin_live",
    kind: Kind::Switch,
    help: "Whether payin's site moves real money, which webhooks repeat; never on loopback",
    default: Default::Text("true"),
    example: "false",
};
pub(crate) const PAYIN_SENDERS: Setting = Setting {
    key: "payin_senders",
    kind: Kind::Text("NETWORKS"),
    help: "The addresses and networks from which payin's notifications are accepted, separated by commas; behind a \
           proxy, set PANTOKEN_TRUSTED_PROXIES too",
    default: Default::Absent("any address"),
    example: "79.142.16.0/20,195.189.100.0/22",
};
pub(crate) const JETPAY_PROJECT_ID: Setting = Setting {
    key: "jetpay_project_id",
    kind: Kind::Text("NUMBER"),
    help: "Your project id at JetPay, which takes deposits at kiosks and pays out",
    default: Default::Absent("JetPay's calls are answered with 404"),
    example: "35",
};
pub(crate) const JETPAY_SECRET_KEY: Setting = Setting {
    key: "jetpay_secret_key",
    kind: Kind::Secret,
    help: "The secret key of the project at JetPay, which signs in both directions",
    default: Default::Absent("required with a project id of JetPay"),
    example: "the key that the provider gave you",
};
pub(crate) const JETPAY_GATE_URL: Setting = Setting {
    key: "jetpay_gate_url",
    kind: Kind::Text("URL"),
    help: "The address of JetPay's Gate, which pays out; http on loopback only",
    default: Default::Absent("payouts are answered with 404"),
    example: "http://127.0.0.1:3022",
};
pub(crate) const JETPAY_ACCOUNTS_URL: Setting = Setting {
    key: "jetpay_accounts_url",
    kind: Kind::Text("URL"),
    help: "Where your back end says whether a customer has an account; signed with PANTOKEN_WEBHOOK_SECRET; on a \
           private network as PANTOKEN_WEBHOOK_ALLOW_PRIVATE says, http on loopback always",
    default: Default::Absent("JetPay's questions are answered with 404"),
    example: "https://shop.kz/jetpay/accounts",
};
pub(crate) const JETPAY_SENDERS: Setting = Setting {
    key: "jetpay_senders",
    kind: Kind::Text("NETWORKS"),
    help: "The addresses and networks from which JetPay's questions and callbacks are accepted, separated by commas; \
           behind a proxy, set PANTOKEN_TRUSTED_PROXIES too",
    default: Default::Absent("any address"),
    example: "192.0.2.0/24",
};
pub(crate) const JETPAY_LIVE: Setting = Setting {
    key: "jetpay_live",
    kind: Kind::Switch,
    help: "Whether JetPay's project moves real money, which webhooks repeat; never on loopback",
    default: Default::Text("true"),
    example: "false",
};
pub(crate) const QIWI_PAY_MERCHANT_SITE: Setting = Setting {
    key: "qiwi_pay_merchant_site",
    kind: Kind::Text("NUMBER"),
    help: "Your site's number at qiwi-pay, which takes payments by form and token",
    default: Default::Absent("qiwi-pay's calls are answered with 404"),
    example: "555",
};
pub(crate) const QIWI_PAY_SECRET_KEY: Setting = Setting {
    key: "qiwi_pay_secret_key",
    kind: Kind::Secret,
    help: "The key that signs qiwi-pay's forms, calls and notifications",
    default: Default::Absent("required with a site of qiwi-pay"),
    example: "the key that the provider gave you",
};
pub(crate) const QIWI_PAY_CLIENT_CERTIFICATE_FILE: Setting = Setting {
    key: "qiwi_pay_client_certificate_file",
    kind: Kind::Text("FILE"),
    help: "A PEM file with the client certificate that QIWI issued and its private key, which qiwi-pay's API needs",
    default: Default::Absent(
        "qiwi-pay's forms and notifications work, and calls of its API are answered with 404",
    ),
    example: "/etc/pantoken/qiwi-pay.pem",
};
pub(crate) const QIWI_PAY_API_URL: Setting = Setting {
    key: "qiwi_pay_api_url",
    kind: Kind::Text("URL"),
    help: "The whole address of qiwi-pay's API; http on loopback only, where no client certificate is needed",
    default: Default::Text("https://acquiring.qiwi.com/merchant/direct"),
    example: "http://127.0.0.1:3023/merchant/direct",
};
pub(crate) const QIWI_PAY_FORM_URL: Setting = Setting {
    key: "qiwi_pay_form_url",
    kind: Kind::Text("URL"),
    help: "The whole address of qiwi-pay's payment form; http on loopback only",
    default: Default::Text("https://pay.qiwi.com/paypage/initial"),
    example: "http://127.0.0.1:3023/paypage/initial",
};
pub(crate) const QIWI_PAY_SENDERS: Setting = Setting {
    key: "qiwi_pay_senders",
    kind: Kind::Text("NETWORKS"),
    help: "The addresses and networks from which qiwi-pay's notifications are accepted, separated by commas; behind a \
           proxy, set PANTOKEN_TRUSTED_PROXIES too",
    default: Default::Absent("any address"),
    example: "79.142.16.0/20,195.189.100.0/22,91.232.230.0/23,91.213.51.0/24",
};
pub(crate) const QIWI_PAY_INDUSTRY_DATA: Setting = Setting {
    key: "qiwi_pay_industry_data",
    kind: Kind::Text("HOW"),
    help: "Whether qiwi-pay signs the data of airline tickets: `signed` or `unsigned`, as the provider's support says",
    default: Default::Absent("calls with `industryData` are refused"),
    example: "unsigned",
};
pub(crate) const QIWI_PAY_LIVE: Setting = Setting {
    key: "qiwi_pay_live",
    kind: Kind::Switch,
    help: "Whether qiwi-pay's site moves real money, which webhooks repeat; never on loopback",
    default: Default::Text("true"),
    example: "false",
};
pub(crate) const REQUEST_ID_SHARD: Setting = Setting {
    key: "request_id_shard",
    kind: Kind::Text("NUMBER"),
    help: "Sets the request ids of this database apart from those of your other databases with the same agent id; \
           give each its own number from 0 to 15",
    default: Default::Absent("none, for an agent with one database"),
    example: "1",
};
pub(crate) const PAN_TOKEN_ALPHABET: Setting = Setting {
    key: "pan_token_alphabet",
    kind: Kind::Text("CHARACTERS"),
    help: "The characters beside letters and digits that a reported panToken may contain; add to them if the \
           provider uses others",
    default: Default::Text(PanTokenAlphabet::DEFAULT),
    example: "-_+/=",
};
pub(crate) const PAGES: Setting = Setting {
    key: "pages",
    kind: Kind::Text("FOLDER"),
    help: "A folder of static files to serve at /",
    default: Default::Absent("none"),
    example: "./dist",
};
pub(crate) const WEBHOOK_URL: Setting = Setting {
    key: "webhook_url",
    kind: Kind::Text("URL"),
    help: "The URL of your back end that receives a webhook for each result",
    default: Default::Absent("no webhooks are sent"),
    example: "https://shop.kz/webhooks/pantoken",
};
pub(crate) const WEBHOOK_SECRET: Setting = Setting {
    key: "webhook_secret",
    kind: Kind::Secret,
    help: "The secret that signs webhooks, 16 to 256 visible ASCII characters",
    default: Default::Absent("required with a webhook URL"),
    example: "32 random letters and digits",
};
pub(crate) const WEBHOOK_SECRET_OLD: Setting = Setting {
    key: "webhook_secret_old",
    kind: Kind::Secret,
    help: "The previous webhook secret, while receivers change to the new one: webhooks have two signatures",
    default: Default::Absent("none"),
    example: "the previous webhook secret",
};
pub(crate) const WEBHOOK_ALLOW_PRIVATE: Setting = Setting {
    key: "webhook_allow_private",
    kind: Kind::Switch,
    help: "Allows a webhook URL on a private network, and plain http there",
    default: Default::Text("false"),
    example: "true",
};
pub(crate) const CA_FILE: Setting = Setting {
    key: "ca_file",
    kind: Kind::Text("FILE"),
    help: "A PEM file of root certificates that outgoing calls trust beside the system's",
    default: Default::Absent("the system's alone"),
    example: "/etc/pantoken/ca.pem",
};
pub(crate) const OUTGOING_PROXY: Setting = Setting {
    key: "outgoing_proxy",
    kind: Kind::SecretText("URL"),
    help: "The web proxy that outgoing calls go through: to providers, webhooks, and the checks of `pantoken doctor`",
    default: Default::Absent("none"),
    example: "http://proxy.shop.kz:3128",
};
pub(crate) const LOG_FORMAT: Setting = Setting {
    key: "log_format",
    kind: Kind::Text("text|json"),
    help: "The format of the log, which goes to stderr",
    default: Default::Text("text"),
    example: "json",
};

/// Every setting, in the order of `--help` and of the guide.
pub(crate) const ALL: &[&Setting] = &[
    &AGENT_ID,
    &AGENT_SECRET_KEY,
    &FORM_HOST,
    &API_KEY,
    &PUBLIC_SESSIONS,
    &ALLOWED_ORIGINS,
    &PUBLIC_SESSIONS_PER_ADDRESS,
    &PUBLIC_SESSIONS_PER_ORIGIN,
    &TRUSTED_PROXIES,
    &RETURN_URLS,
    &PUBLIC_URL,
    &LISTEN,
    &IDLE_SECONDS,
    &CONNECTIONS_PER_ADDRESS,
    &METRICS,
    &METRICS_LISTEN,
    &ADMIN_KEY,
    &DATABASE_URL,
    &STORE_KEY,
    &STORE_KEY_OLD,
    &RETENTION_DAYS,
    &SESSION_SECONDS,
    &PAYIN_SITE_ID,
    &PAYIN_API_KEY,
    &PAYIN_NOTIFICATION_KEY,
    &PAYIN_BASE_URL,
    &PAYIN_FORM_ORIGINS,
    &PAYIN_LIVE,
    &PAYIN_SENDERS,
    &JETPAY_PROJECT_ID,
    &JETPAY_SECRET_KEY,
    &JETPAY_GATE_URL,
    &JETPAY_ACCOUNTS_URL,
    &JETPAY_SENDERS,
    &JETPAY_LIVE,
    &QIWI_PAY_MERCHANT_SITE,
    &QIWI_PAY_SECRET_KEY,
    &QIWI_PAY_CLIENT_CERTIFICATE_FILE,
    &QIWI_PAY_API_URL,
    &QIWI_PAY_FORM_URL,
    &QIWI_PAY_SENDERS,
    &QIWI_PAY_INDUSTRY_DATA,
    &QIWI_PAY_LIVE,
    &REQUEST_ID_SHARD,
    &PAN_TOKEN_ALPHABET,
    &PAGES,
    &WEBHOOK_URL,
    &WEBHOOK_SECRET,
    &WEBHOOK_SECRET_OLD,
    &WEBHOOK_ALLOW_PRIVATE,
    &CA_FILE,
    &OUTGOING_PROXY,
    &LOG_FORMAT,
];

impl Setting {
    pub(crate) fn variable(&self) -> String {
        format!("PANTOKEN_{}", self.key.to_ascii_uppercase())
    }

    /// The name of the flag, without `--`.
    pub(crate) fn flag(&self) -> String {
        self.key.replace('_', "-")
    }

    pub(crate) fn is_secret(&self) -> bool {
        matches!(self.kind, Kind::Secret | Kind::SecretText(_))
    }

    /// The variable that names the file in which the secret is.
    pub(crate) fn file_variable(&self) -> String {
        format!("{}_FILE", self.variable())
    }

    /// The key of `pantoken.toml` that names the file in which the secret is.
    pub(crate) fn file_key(&self) -> String {
        format!("{}_file", self.key)
    }
}

impl Default {
    /// The text to read in place of the one that was not given.
    pub(crate) fn text(self) -> Option<String> {
        match self {
            Self::Required | Self::Absent(_) => None,
            Self::Text(_) | Self::Number(_) => Some(self.to_string()),
        }
    }
}

impl fmt::Display for Default {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Required => f.write_str("required"),
            Self::Text(text) | Self::Absent(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
        }
    }
}
