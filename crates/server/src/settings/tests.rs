use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use pantoken_qiwi_pay::AviaSignature;

use super::*;
use crate::http::senders::Senders;

const SECRET: &str = "22f3b3cc2ae84451";
const API_KEY: &str = "0123456789abcdef";

/// Settings from texts, with what every server needs in the environment.
#[derive(Default)]
struct Given {
    flags: BTreeMap<&'static str, &'static str>,
    variables: BTreeMap<&'static str, &'static str>,
    files: BTreeMap<&'static str, &'static str>,
    config: Option<&'static str>,
}

impl Given {
    fn enough() -> Self {
        let mut given = Self::default();
        given.variables.extend([
            ("PANTOKEN_FORM_HOST", "https://a2c-test.qiwi.kz"),
            ("PANTOKEN_AGENT_ID", "agent-01"),
            ("PANTOKEN_AGENT_SECRET_KEY", SECRET),
            ("PANTOKEN_API_KEY", API_KEY),
        ]);
        given
    }

    fn variable(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.insert(name, value);
        self
    }

    fn flag(mut self, key: &'static str, value: &'static str) -> Self {
        self.flags.insert(key, value);
        self
    }

    fn file(mut self, path: &'static str, text: &'static str) -> Self {
        self.files.insert(path, text);
        self
    }

    fn read(&self) -> Result<Settings, SettingsError> {
        let get = |map: &BTreeMap<&str, &str>, name: &str| map.get(name).map(|&text| text.into());
        Settings::read(&Sources {
            flag: &|key| get(&self.flags, key),
            variable: &|name| get(&self.variables, name),
            config: self.config.map(Into::into),
            read_file: &|path: &Path| {
                let text = get(&self.files, path.to_str().unwrap());
                text.ok_or(io::ErrorKind::NotFound.into())
            },
        })
    }

    #[track_caller]
    fn error(&self) -> String {
        let text = self.read().unwrap_err().to_string();
        for secret in [SECRET, API_KEY] {
            assert!(!text.contains(secret), "{text}");
        }
        text
    }
}

#[test]
fn what_is_left_out_has_a_default() {
    let settings = Given::enough().read().unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:3019");
    assert_eq!(settings.database.to_string(), "sqlite://pantoken.db");
    assert!(settings.store_keys.is_none() && settings.retention_days.is_none());
    assert_eq!(settings.api.session_seconds, 1800);
    assert_eq!(settings.log_format, LogFormat::Text);
    assert!(!settings.api.public_sessions);
    assert_eq!(settings.api.public_url, PublicUrl::localhost(3019));
    assert_eq!(
        (settings.api.pages.clone(), settings.metrics_listen),
        (None, None)
    );
    assert!(!settings.api.metrics);
    assert_eq!(settings.api.limits, Limits::default());
    assert_eq!(settings.api.limits.idle_time.as_secs(), 75);
    assert_eq!(settings.api.trusted_proxies, TrustedProxies::default());
}

#[test]
fn a_switch_may_be_a_digit_and_localhost_is_its_address() {
    let settings = |switch| {
        Given::enough()
            .variable("PANTOKEN_LISTEN", "localhost:3029")
            .variable("PANTOKEN_ALLOWED_ORIGINS", "https://shop.kz")
            .variable("PANTOKEN_PUBLIC_SESSIONS", switch)
            .read()
            .unwrap()
    };
    assert_eq!(settings("1").listen.to_string(), "127.0.0.1:3029");
    for (switch, is_on) in [("1", true), ("0", false), ("true", true), ("false", false)] {
        assert_eq!(settings(switch).api.public_sessions, is_on, "{switch}");
    }
}

#[test]
fn metrics_and_limits_of_connections_are_as_told() {
    let settings = Given::enough()
        .variable("PANTOKEN_METRICS", "true")
        .variable("PANTOKEN_IDLE_SECONDS", "620")
        .variable("PANTOKEN_CONNECTIONS_PER_ADDRESS", "20")
        .read()
        .unwrap();
    assert!(settings.api.metrics);
    assert_eq!(settings.api.limits.idle_time.as_secs(), 620);
    assert_eq!(settings.api.limits.connections_per_address, 20);
}

#[test]
fn an_app_shell_may_call_the_api() {
    let origins = "https://shop.kz,capacitor://localhost,ionic://localhost";
    let given = Given::enough().variable("PANTOKEN_ALLOWED_ORIGINS", origins);
    assert_eq!(given.read().unwrap().api.allowed_origins.len(), 3);
}

#[test]
fn public_sessions_are_limited_as_told() {
    let settings = Given::enough()
        .variable("PANTOKEN_PUBLIC_SESSIONS_PER_ADDRESS", "5")
        .variable("PANTOKEN_PUBLIC_SESSIONS_PER_ORIGIN", "50")
        .variable("PANTOKEN_TRUSTED_PROXIES", "10.0.0.0/8")
        .variable("PANTOKEN_METRICS_LISTEN", "127.0.0.1:3029")
        .read()
        .unwrap();
    let limits = settings.api.public_session_limits;
    assert_eq!((limits.per_address.get(), limits.per_origin.get()), (5, 50));
    let proxies = TrustedProxies::parse("10.0.0.0/8").unwrap();
    assert_eq!(settings.api.trusted_proxies, proxies);
    assert_eq!(settings.metrics_listen.unwrap().port(), 3029);
    assert!(!settings.api.metrics);
    for (name, value) in [
        ("PANTOKEN_PUBLIC_SESSIONS_PER_ADDRESS", "0"),
        ("PANTOKEN_PUBLIC_SESSIONS_PER_ORIGIN", "-1"),
        ("PANTOKEN_TRUSTED_PROXIES", "proxy.shop.kz"),
    ] {
        let error = Given::enough().variable(name, value).error();
        assert!(error.starts_with(name), "{error}");
    }
}

#[test]
fn a_flag_goes_before_the_environment_and_that_before_the_file() {
    let given = || {
        Given::enough().file(
            "pantoken.toml",
            "session_seconds = 100\nlisten = '127.0.0.1:1'",
        )
    };
    assert_eq!(given().read().unwrap().api.session_seconds, 100);
    let given = || given().variable("PANTOKEN_SESSION_SECONDS", "200");
    assert_eq!(given().read().unwrap().api.session_seconds, 200);
    let settings = given().flag("session_seconds", "300").read().unwrap();
    assert_eq!(settings.api.session_seconds, 300);
    assert_eq!(settings.listen.port(), 1);
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let given = Given::enough().variable("PANTOKEN_LISTEN", "");
    assert_eq!(given.read().unwrap().listen.port(), 3019);
}

#[test]
fn a_file_holds_lists_numbers_and_switches() {
    let text = "allowed_origins = ['https://shop.kz', 'http://localhost:3019']\npublic_sessions = true\n\
                return_urls = ['https://shop.kz/paid']\nlog_format = 'json'\npages = 'dist'";
    let settings = Given::enough().file("pantoken.toml", text).read().unwrap();
    assert_eq!(settings.api.allowed_origins.len(), 2);
    assert!(settings.api.public_sessions);
    assert_eq!(
        settings.api.return_urls,
        ReturnUrls::parse("https://shop.kz/paid").unwrap()
    );
    assert_eq!(settings.log_format, LogFormat::Json);
    assert_eq!(settings.api.pages, Some("dist".into()));
}

#[test]
fn an_unknown_key_of_the_file_is_named() {
    let error = Given::enough()
        .file("pantoken.toml", "listenn = 'x'\nport = 1")
        .error();
    assert!(
        error.contains("pantoken.toml: listenn: unknown setting"),
        "{error}"
    );
    assert!(error.contains("pantoken.toml: port: "), "{error}");
}

#[test]
fn a_file_that_is_no_toml_is_told_by_its_line_and_not_repeated() {
    let error = Given::enough()
        .file(
            "pantoken.toml",
            "listen = '127.0.0.1:1'\napi_key = 0123456789abcdef",
        )
        .error();
    assert_eq!(error, "pantoken.toml: line 2 is not valid TOML");
}

#[test]
fn a_file_that_was_asked_for_must_be_there() {
    let mut given = Given::enough();
    given.config = Some("other.toml");
    let error = given.error();
    assert!(error.starts_with("other.toml: cannot be read"), "{error}");
    assert!(given.file("other.toml", "").read().is_ok());
}

#[test]
fn a_secret_comes_from_a_file_without_its_line_end() {
    let mut given = Given::enough();
    given.variables.remove("PANTOKEN_API_KEY");
    let given = given
        .variable("PANTOKEN_API_KEY_FILE", "/run/api")
        .file("/run/api", "0123456789abcdef\r\n");
    assert!(given.read().unwrap().api.api_key.unwrap().is(API_KEY));
    let both = given.variable("PANTOKEN_API_KEY", API_KEY);
    assert!(
        both.error()
            .contains("is set, and so is PANTOKEN_API_KEY_FILE")
    );
}

#[test]
fn a_secret_file_may_be_named_in_the_settings_file() {
    let mut given = Given::enough();
    given.variables.remove("PANTOKEN_API_KEY");
    let given = given
        .file("pantoken.toml", "api_key_file = 'key'")
        .file("key", API_KEY);
    assert!(given.read().unwrap().api.api_key.unwrap().is(API_KEY));
}

#[test]
fn a_database_url_with_a_password_may_be_in_a_file() {
    let given = Given::enough()
        .variable("PANTOKEN_DATABASE_URL_FILE", "/run/database")
        .file("/run/database", "postgres://me:secret@db.shop.kz/cards\n");
    let database = given.read().unwrap().database;
    assert_eq!(database.to_string(), "postgres://db.shop.kz:5432/cards");
    let given = given.flag("database_url", "sqlite://other.db");
    assert_eq!(
        given.read().unwrap().database.to_string(),
        "sqlite://other.db"
    );
}

#[test]
fn an_old_store_key_needs_a_current_one() {
    const OLD: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    const NEW: &str = "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    let given = Given::enough().variable("PANTOKEN_STORE_KEY_OLD", OLD);
    let error = given.error();
    assert!(
        error.starts_with("PANTOKEN_STORE_KEY: is required"),
        "{error}"
    );
    let given = given.variable("PANTOKEN_STORE_KEY", NEW);
    let list = Given::enough()
        .variable("PANTOKEN_STORE_KEY", NEW)
        .variable("PANTOKEN_STORE_KEY_OLD", "00,11");
    assert!(list.error().contains("32 random bytes"));
    let settings = given.read().unwrap();
    let printed = format!("{settings:?}");
    assert!(settings.store_keys.is_some());
    assert!(
        !printed.contains(OLD) && !printed.contains(NEW),
        "{printed}"
    );
}

#[test]
fn with_webhooks_a_session_is_kept_for_a_week_at_least() {
    let settings = |days| {
        Given::enough()
            .variable("PANTOKEN_RETENTION_DAYS", days)
            .variable("PANTOKEN_WEBHOOK_SECRET", "0123456789abcdef-hook")
    };
    let days = |given: Given| given.read().unwrap().retention_days;
    assert_eq!(days(settings("1")), Some(1));
    let url = ("PANTOKEN_WEBHOOK_URL", "https://shop.kz/hook");
    assert_eq!(days(settings("7").variable(url.0, url.1)), Some(7));
    let error = settings("6").variable(url.0, url.1).error();
    assert!(
        error.contains("PANTOKEN_RETENTION_DAYS: must be 7 or more with PANTOKEN_WEBHOOK_URL"),
        "{error}"
    );
}

#[test]
fn every_setting_has_its_rule_and_the_error_says_where_it_came_from() {
    let table = [
        (
            "PANTOKEN_FORM_HOST",
            "http://a2c.qiwi.kz",
            "http:// is only allowed on",
        ),
        ("PANTOKEN_AGENT_ID", "agent;01", "';'"),
        ("PANTOKEN_AGENT_SECRET_KEY", "a b", "white space"),
        (
            "PANTOKEN_DATABASE_URL",
            "postgres://u:p@h:x/db",
            "postgres://",
        ),
        ("PANTOKEN_STORE_KEY", "00", "32 random bytes"),
        ("PANTOKEN_RETENTION_DAYS", "40000", "1 to 36500"),
        ("PANTOKEN_DATABASE_URL", "sqlite::memory:", "sqlite://"),
        (
            "PANTOKEN_DATABASE_URL",
            "sqlite://a?mode=ro",
            "nothing more",
        ),
        ("PANTOKEN_LISTEN", "shop.kz:3019", "IP address"),
        (
            "PANTOKEN_PUBLIC_URL",
            "http://shop.kz",
            "http:// is only allowed on",
        ),
        ("PANTOKEN_API_KEY", "0123456789abcde", "16 to 256"),
        (
            "PANTOKEN_ALLOWED_ORIGINS",
            "https://shop.kz/",
            "only a scheme, a host and a port",
        ),
        (
            "PANTOKEN_ALLOWED_ORIGINS",
            "file:///a",
            "which every page can send",
        ),
        ("PANTOKEN_PUBLIC_SESSIONS", "yes", "true or false"),
        ("PANTOKEN_METRICS", "yes", "true or false"),
        ("PANTOKEN_IDLE_SECONDS", "4", "5 to 3600"),
        ("PANTOKEN_CONNECTIONS_PER_ADDRESS", "-1", "1 or more"),
        ("PANTOKEN_RETURN_URLS", "/back", "absolute"),
        ("PANTOKEN_SESSION_SECONDS", "59", "60 to 86400"),
        ("PANTOKEN_SESSION_SECONDS", "86401", "60 to 86400"),
        ("PANTOKEN_REQUEST_ID_SHARD", "16", "from 0 to 15"),
        ("PANTOKEN_PAN_TOKEN_ALPHABET", "-é", "visible ASCII"),
        ("PANTOKEN_LOG_FORMAT", "xml", "text or json"),
    ];
    for (name, value, rule) in table {
        let error = Given::enough().variable(name, value).error();
        assert!(
            error.starts_with(&format!("{name} (from the environment): ")),
            "{error}"
        );
        assert!(
            error.contains(rule) && error.contains("; for example: "),
            "{error}"
        );
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(!error.contains(value), "{error}");
    }
}

#[test]
fn public_sessions_need_an_origin_and_no_key() {
    let mut given = Given::enough();
    given.variables.remove("PANTOKEN_API_KEY");
    let given = given.variable("PANTOKEN_PUBLIC_SESSIONS", "true");
    assert!(
        given
            .error()
            .starts_with("PANTOKEN_ALLOWED_ORIGINS: is required")
    );
    let given = given.variable("PANTOKEN_ALLOWED_ORIGINS", "https://shop.kz");
    assert!(given.read().is_ok());
}

#[test]
fn a_server_that_others_reach_says_where() {
    let given = Given::enough().variable("PANTOKEN_LISTEN", "0.0.0.0:80");
    assert!(
        given
            .error()
            .starts_with("PANTOKEN_PUBLIC_URL: is required")
    );
    assert!(
        given
            .variable("PANTOKEN_PUBLIC_URL", "https://pay.shop.kz")
            .read()
            .is_ok()
    );
}

#[test]
fn no_secret_is_printed() {
    let text = format!("{:?}", Given::enough().read().unwrap());
    assert!(!text.contains(SECRET) && !text.contains(API_KEY), "{text}");
}

fn with_payin() -> Given {
    Given::enough()
        .variable("PANTOKEN_PAYIN_SITE_ID", "site-01")
        .variable("PANTOKEN_PAYIN_API_KEY", "key-of-the-site-01")
        .variable("PANTOKEN_PAYIN_NOTIFICATION_KEY", "notification-key-01")
}

#[test]
fn the_settings_of_payin_belong_together() {
    assert!(Given::enough().read().unwrap().api.payin.is_none());
    let payin = with_payin().read().unwrap().api.payin.unwrap();
    assert!(payin.is_live);
    let text = format!("{payin:?}");
    assert!(
        !text.contains("key-of-the-site-01") && !text.contains("notification-key-01"),
        "{text}"
    );
    for missing in ["SITE_ID", "API_KEY", "NOTIFICATION_KEY"] {
        let missing = format!("PANTOKEN_PAYIN_{missing}");
        let mut given = with_payin();
        given.variables.remove(missing.as_str());
        let text = given.error();
        assert!(text.contains(&format!("{missing}: is required")), "{text}");
    }
    let plain = with_payin().variable("PANTOKEN_PAYIN_BASE_URL", "http://b2b-api.qiwi.com/sites");
    assert!(
        plain
            .error()
            .contains("PANTOKEN_PAYIN_BASE_URL: the base URL must be an https URL")
    );
    for (name, value) in [
        ("PANTOKEN_PAYIN_BASE_URL", "http://localhost:3021/sites"),
        ("PANTOKEN_PAYIN_LIVE", "false"),
    ] {
        let payin = with_payin().variable(name, value).read().unwrap().api.payin;
        assert!(!payin.unwrap().is_live, "{name}");
    }
}

#[test]
fn a2c_may_be_left_out_if_payin_is_configured() {
    let mut given = with_payin();
    for name in ["FORM_HOST", "AGENT_ID", "AGENT_SECRET_KEY"] {
        given.variables.remove(format!("PANTOKEN_{name}").as_str());
    }
    assert!(given.read().unwrap().signer.is_none());
    let half = Given {
        variables: given.variables.clone(),
        ..Given::default()
    };
    let half = half.variable("PANTOKEN_AGENT_ID", "agent-01");
    let text = half.error();
    assert!(text.contains("PANTOKEN_FORM_HOST: is required"), "{text}");
    assert!(
        text.contains("PANTOKEN_AGENT_SECRET_KEY: is required"),
        "{text}"
    );
    let nothing = Given::default().variable("PANTOKEN_API_KEY", API_KEY);
    assert!(nothing.error().contains("PANTOKEN_FORM_HOST: is required"));
}

#[test]
fn a_form_of_payin_is_on_a_listed_origin() {
    let allows = |given: Given, url| given.read().unwrap().api.payin.unwrap().allows_form(url);
    const FORM: &str = "https://payment.qiwi.com/form?invoiceUid=1";
    let listed =
        || with_payin().variable("PANTOKEN_PAYIN_FORM_ORIGINS", "https://payment.qiwi.com");
    assert!(allows(with_payin(), FORM) && allows(listed(), FORM));
    assert!(!allows(listed(), "https://evil.example/form"));
    assert!(!allows(with_payin(), "javascript:alert(1)"));
    let path = with_payin().variable(
        "PANTOKEN_PAYIN_FORM_ORIGINS",
        "https://payment.qiwi.com/form",
    );
    assert!(path.error().contains("PANTOKEN_PAYIN_FORM_ORIGINS"));
}

#[test]
fn a_provider_may_have_a_table_in_the_file() {
    let file = "session_seconds = 600\n[payin]\nsite_id = \"site-01\"\napi_key = \"key-of-the-site-01\"\n\
                notification_key = \"notification-key-01\"\n";
    let settings = Given::enough().file("pantoken.toml", file).read().unwrap();
    assert!(settings.api.payin.is_some());
    let unknown = Given::enough().file("pantoken.toml", "[payin]\nsite = \"site-01\"\n");
    assert!(
        unknown.error().contains("payin_site"),
        "{}",
        unknown.error()
    );
}

#[test]
fn senders_of_notifications_are_networks() {
    let payin = with_payin().read().unwrap().api.payin.unwrap();
    assert_eq!(payin.senders(), None);
    let senders = "79.142.16.0/20, 185.22.67.220";
    let given = with_payin().variable("PANTOKEN_PAYIN_SENDERS", senders);
    let payin = given.read().unwrap().api.payin.unwrap();
    assert_eq!(payin.senders(), Some(&Senders::parse(senders).unwrap()));
    for wrong in [",", "payment.qiwi.com", "79.142.16.0/33"] {
        let wrong = with_payin()
            .variable("PANTOKEN_PAYIN_SENDERS", wrong)
            .error();
        assert!(wrong.contains("PANTOKEN_PAYIN_SENDERS"), "{wrong}");
    }
}

fn with_jetpay() -> Given {
    Given::enough()
        .variable("PANTOKEN_JETPAY_PROJECT_ID", "35")
        .variable("PANTOKEN_JETPAY_SECRET_KEY", "secret-key-of-project-35")
}

#[test]
fn the_settings_of_jetpay_belong_together() {
    assert!(Given::enough().read().unwrap().api.jetpay.is_none());
    let jetpay = with_jetpay().read().unwrap().api.jetpay.unwrap();
    assert!(jetpay.is_live && jetpay.client().is_none() && jetpay.accounts().is_none());
    assert!(!format!("{jetpay:?}").contains("secret-key-of-project-35"));
    for missing in ["PROJECT_ID", "SECRET_KEY"] {
        let missing = format!("PANTOKEN_JETPAY_{missing}");
        let mut given = with_jetpay();
        given.variables.remove(missing.as_str());
        let text = given.error();
        assert!(text.contains(&format!("{missing}: is required")), "{text}");
    }
    for (name, value) in [
        ("PANTOKEN_JETPAY_PROJECT_ID", "0"),
        ("PANTOKEN_JETPAY_PROJECT_ID", "35.0"),
        ("PANTOKEN_JETPAY_PROJECT_ID", "4294967296"),
        ("PANTOKEN_JETPAY_GATE_URL", "http://api.example.com"),
        ("PANTOKEN_JETPAY_SENDERS", "api.example.com"),
    ] {
        let text = with_jetpay().variable(name, value).error();
        assert!(text.contains(name), "{name} {value}: {text}");
    }
    let gate = "PANTOKEN_JETPAY_GATE_URL";
    for (url, is_live) in [
        ("https://api.example.com", true),
        ("http://localhost:3022", false),
    ] {
        let jetpay = with_jetpay().variable(gate, url).read().unwrap().api.jetpay;
        let jetpay = jetpay.unwrap();
        assert_eq!(
            (jetpay.client().is_some(), jetpay.is_live),
            (true, is_live),
            "{url}"
        );
    }
    let test = with_jetpay().variable("PANTOKEN_JETPAY_LIVE", "false");
    assert!(!test.read().unwrap().api.jetpay.unwrap().is_live);
}

#[test]
fn the_question_for_an_account_needs_the_secret_of_webhooks() {
    let url = "PANTOKEN_JETPAY_ACCOUNTS_URL";
    let text = with_jetpay()
        .variable(url, "https://shop.kz/accounts")
        .error();
    assert!(
        text.contains("PANTOKEN_WEBHOOK_SECRET: is required"),
        "{text}"
    );
    let with_secret = || with_jetpay().variable("PANTOKEN_WEBHOOK_SECRET", "0123456789abcdef");
    for address in ["https://shop.kz/accounts", "http://127.0.0.1:8080/accounts"] {
        let settings = with_secret().variable(url, address).read().unwrap();
        assert!(
            settings.api.jetpay.unwrap().accounts().is_some(),
            "{address}"
        );
        assert!(settings.webhook.is_none());
    }
    for address in [
        "shop.kz",
        "http://shop.kz/accounts",
        "http://10.0.0.1/accounts",
    ] {
        let text = with_secret().variable(url, address).error();
        assert!(text.contains(url), "{address}: {text}");
    }
    let private = with_secret().variable("PANTOKEN_WEBHOOK_ALLOW_PRIVATE", "true");
    assert!(
        private
            .variable(url, "http://10.0.0.1/accounts")
            .read()
            .is_ok()
    );
}

#[test]
fn a2c_may_be_left_out_if_jetpay_is_configured() {
    let mut given = with_jetpay();
    for name in ["FORM_HOST", "AGENT_ID", "AGENT_SECRET_KEY"] {
        given.variables.remove(format!("PANTOKEN_{name}").as_str());
    }
    assert!(given.read().unwrap().signer.is_none());
}

#[test]
fn a_table_of_the_file_may_hold_the_settings_of_jetpay() {
    let file = "[jetpay]\nproject_id = \"35\"\nsecret_key = \"secret-key-of-project-35\"\n";
    let settings = Given::enough().file("pantoken.toml", file).read().unwrap();
    assert!(settings.api.jetpay.is_some());
}

/// `PANTOKEN_UPDATE_GOLDEN=1` writes the table.
#[test]
fn the_guide_has_the_table_of_all_settings() {
    const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/server.md");
    const START: &str = "| environment variable | meaning | default |\n|---|---|---|\n";
    let guide = std::fs::read_to_string(GUIDE).unwrap();
    let (before, rest) = guide.split_once(START).unwrap();
    let (_, after) = rest.split_once("\n\n").unwrap();
    let rows: String = setting::ALL.iter().map(|setting| row(setting)).collect();
    let expected = format!("{before}{START}{rows}\n{after}");
    if std::env::var_os("PANTOKEN_UPDATE_GOLDEN").is_some() {
        std::fs::write(GUIDE, &expected).unwrap();
    }
    assert_eq!(std::fs::read_to_string(GUIDE).unwrap(), expected);
}

const TEMPLATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/pantoken.toml");

/// `PANTOKEN_UPDATE_GOLDEN=1` writes the file.
#[test]
fn the_settings_file_to_start_from_explains_every_setting() {
    let intro = "\
# The settings of `pantoken serve`, as /etc/pantoken/pantoken.toml. Remove the `# ` in front of those that you need.
# docs/server.md explains more. A secret is in a file of its own, which only pantoken's user and root can read; with
# deploy/pantoken.service, the unit names those files, and the lines here stay comments.
";
    let entries: String = setting::ALL.iter().map(|it| template_entry(it)).collect();
    let expected = format!("{intro}{entries}");
    if std::env::var_os("PANTOKEN_UPDATE_GOLDEN").is_some() {
        std::fs::write(TEMPLATE, &expected).unwrap();
    }
    assert_eq!(std::fs::read_to_string(TEMPLATE).unwrap(), expected);
}

#[test]
fn the_settings_file_to_start_from_is_read_with_and_without_its_comments() {
    const SECRETS: &str = "/etc/pantoken/secrets";
    let template = std::fs::read_to_string(TEMPLATE).unwrap();
    let key = "0123456789abcdef".repeat(4);
    let read = |settings: &str| {
        Settings::read(&Sources {
            flag: &|_| None,
            variable: &|name| {
                let is_asked = name == "PANTOKEN_AGENT_SECRET_KEY_FILE";
                is_asked.then(|| format!("{SECRETS}/agent-secret-key"))
            },
            config: Some("pantoken.toml".into()),
            read_file: &|path: &Path| match path.parent().and_then(Path::to_str) {
                Some("") => Ok(settings.to_owned()),
                // It must not be an API key.
                Some(SECRETS) if path.ends_with("admin-key") => Ok(key.to_uppercase()),
                Some(SECRETS) => Ok(key.clone()),
                _ => Ok(CLIENT_PEM.to_owned()),
            },
        })
    };
    read(&template).unwrap();
    let uncommented = |line: &str| {
        let setting = line.strip_prefix("# ").unwrap_or(line);
        let is_setting = setting.split(' ').nth(1) == Some("=");
        if is_setting { setting } else { line }.to_owned()
    };
    let all: Vec<_> = template.lines().map(uncommented).collect();
    let given = all
        .iter()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    assert_eq!(given.count(), setting::ALL.len());
    read(&all.join("\n")).unwrap();
}

/// What the setting is, what holds without it, and a line that sets it.
fn template_entry(setting: &setting::Setting) -> String {
    use setting::{Default, Kind};
    let without = match setting.default {
        Default::Required => "required".to_owned(),
        Default::Absent(meaning) => format!("without it: {meaning}"),
        Default::Text(_) | Default::Number(_) => {
            format!("without it: {}", setting.default.text().unwrap_or_default())
        }
    };
    let is_bare = matches!(
        setting.kind,
        Kind::Switch | Kind::Text("NUMBER" | "SECONDS" | "DAYS")
    );
    let line = match setting.kind {
        Kind::Secret => {
            let name = setting.key.replace('_', "-");
            format!("{} = \"/etc/pantoken/secrets/{name}\"", setting.file_key())
        }
        _ if is_bare => format!("{} = {}", setting.key, setting.example),
        _ => format!("{} = \"{}\"", setting.key, setting.example),
    };
    let is_given = matches!(
        (setting.default, setting.kind),
        (Default::Required, Kind::Text(_))
    );
    let comment = if is_given { "" } else { "# " };
    let explained = wrap(&format!("{} ({without}).", setting.help));
    format!("\n{explained}{comment}{line}\n")
}

/// Breaks a text into comment lines of at most 110 characters.
fn wrap(text: &str) -> String {
    let mut lines = vec!["#".to_owned()];
    for word in text.split(' ') {
        if lines
            .last()
            .is_some_and(|line| line.chars().count() + word.chars().count() >= 110)
        {
            lines.push("#".to_owned());
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.join("\n") + "\n"
}

fn row(setting: &setting::Setting) -> String {
    let mut names = format!("`{}`", setting.variable());
    if setting.is_secret() {
        names += &format!(" or `{}`", setting.file_variable());
    }
    let default = match setting.default.text() {
        Some(text) => format!("`{text}`"),
        None => setting.default.to_string(),
    };
    format!("| {names} | {} | {default} |\n", setting.help)
}

#[test]
fn every_setting_is_described_in_one_sentence() {
    for setting in setting::ALL {
        let help = setting.help;
        assert!(
            !help.contains(['|', '\n', '.']) || help.contains("://"),
            "{help}"
        );
        assert!(help.starts_with(char::is_uppercase), "{help}");
    }
}

fn with_qiwi_pay() -> Given {
    Given::enough()
        .variable("PANTOKEN_QIWI_PAY_MERCHANT_SITE", "555")
        .variable("PANTOKEN_QIWI_PAY_SECRET_KEY", "secret-key-of-the-site")
}

const CLIENT_PEM: &str = include_str!("../../../providers/qiwi-pay/tests/golden/client.pem");

#[test]
fn the_site_and_the_key_of_qiwi_pay_belong_together() {
    assert!(Given::enough().read().unwrap().api.qiwi_pay.is_none());
    let qiwi_pay = with_qiwi_pay().read().unwrap().api.qiwi_pay.unwrap();
    assert!(qiwi_pay.is_live && qiwi_pay.client.is_none());
    assert_eq!(qiwi_pay.form_url, "https://pay.qiwi.com/paypage/initial");
    let text = format!("{qiwi_pay:?}");
    assert!(!text.contains("secret-key"), "{text}");
    for missing in ["MERCHANT_SITE", "SECRET_KEY"] {
        let missing = format!("PANTOKEN_QIWI_PAY_{missing}");
        let mut given = with_qiwi_pay();
        given.variables.remove(missing.as_str());
        assert!(given.error().contains(&missing), "{missing}");
    }
    let wrong = with_qiwi_pay().variable("PANTOKEN_QIWI_PAY_MERCHANT_SITE", "site");
    assert!(wrong.error().contains("PANTOKEN_QIWI_PAY_MERCHANT_SITE"));
    for name in ["PANTOKEN_QIWI_PAY_API_URL", "PANTOKEN_QIWI_PAY_FORM_URL"] {
        let plain = with_qiwi_pay().variable(name, "http://pay.qiwi.com/");
        assert!(plain.error().contains(name), "{name}");
    }
}

#[test]
fn the_api_of_qiwi_pay_needs_a_client_certificate_except_on_loopback() {
    const FILE: &str = "PANTOKEN_QIWI_PAY_CLIENT_CERTIFICATE_FILE";
    let with_file = |pem: &'static str| {
        with_qiwi_pay()
            .variable(FILE, "client.pem")
            .file("client.pem", pem)
    };
    let qiwi_pay = with_file(CLIENT_PEM).read().unwrap().api.qiwi_pay.unwrap();
    assert!(qiwi_pay.client.is_some());
    let text = format!("{qiwi_pay:?}");
    assert!(!text.contains("PRIVATE KEY"), "{text}");
    let refused = with_file("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n").error();
    assert!(refused.contains(FILE), "{refused}");
    let sandbox = "http://127.0.0.1:3023/merchant/direct";
    let sandbox = with_qiwi_pay().variable("PANTOKEN_QIWI_PAY_API_URL", sandbox);
    let qiwi_pay = sandbox.read().unwrap().api.qiwi_pay.unwrap();
    assert!(qiwi_pay.client.is_some() && !qiwi_pay.is_live);
}

#[test]
fn whether_qiwi_pay_signs_tickets_is_signed_or_unsigned() {
    const NAME: &str = "PANTOKEN_QIWI_PAY_INDUSTRY_DATA";
    let read = |given: Given| given.read().unwrap().api.qiwi_pay.unwrap().industry_data;
    assert_eq!(read(with_qiwi_pay()), None);
    for (text, signature) in [
        ("signed", AviaSignature::CompactJson),
        ("unsigned", AviaSignature::Omitted),
    ] {
        assert_eq!(read(with_qiwi_pay().variable(NAME, text)), Some(signature));
    }
    assert!(
        with_qiwi_pay()
            .variable(NAME, "true")
            .error()
            .contains(NAME)
    );
}

#[test]
fn a2c_may_be_left_out_if_qiwi_pay_is_configured() {
    let mut given = with_qiwi_pay();
    for name in [
        "PANTOKEN_FORM_HOST",
        "PANTOKEN_AGENT_ID",
        "PANTOKEN_AGENT_SECRET_KEY",
    ] {
        given.variables.remove(name);
    }
    assert!(given.read().unwrap().signer.is_none());
}

#[test]
fn the_pages_for_operators_need_a_key_of_their_own_and_an_address() {
    let admin_key = "abcdefghijklmnop";
    let given = Given::enough().variable("PANTOKEN_ADMIN_KEY", admin_key);
    let error = given.error();
    assert!(error.contains("PANTOKEN_METRICS_LISTEN"), "{error}");
    let listening = |given: Given| given.variable("PANTOKEN_METRICS_LISTEN", "127.0.0.1:3029");
    let settings = listening(given).read().unwrap();
    assert!(settings.api.admin_key.unwrap().is(admin_key));
    let settings = listening(Given::enough()).read().unwrap();
    assert!(settings.api.admin_key.is_none());
    let short = listening(Given::enough().variable("PANTOKEN_ADMIN_KEY", "abcdefghijklmno"));
    assert!(short.error().contains("16 to 256 visible ASCII characters"));
    let same = listening(Given::enough().variable("PANTOKEN_ADMIN_KEY", API_KEY));
    assert!(
        same.error()
            .contains("must not be the same as PANTOKEN_API_KEY")
    );
    let file = Given::enough()
        .variable("PANTOKEN_ADMIN_KEY_FILE", "/run/secrets/admin")
        .file("/run/secrets/admin", "abcdefghijklmnop\n");
    let settings = listening(file).read().unwrap();
    assert!(settings.api.admin_key.unwrap().is(admin_key));
}
