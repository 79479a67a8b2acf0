//! Checks everything that the server needs, before customers do.

use std::convert::identity;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use pantoken_core::{Clock, SystemRandom};
use pantoken_jetpay::PaymentId;
use pantoken_payin::RequestUid;
use pantoken_store::{Database, SessionStore};
use reqwest::Client;
use url::Url;

use crate::cli::database::missing_file;
use crate::http::client::reason;
use crate::http::page_forms::PageForms;
use crate::server::{StoredApiKeys, UNPROTECTED_DATABASE, open_store};
use crate::settings::Settings;
use crate::webhooks::WebhookTarget;

pub(super) const RESPONSE_TIMEOUT: Duration = Duration::from_secs(5);
/// A larger difference means that no time service keeps the clock right.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(60);

/// The id of a card check that nobody makes.
const NOBODYS_CHECK: &str = "pantoken-doctor";

/// A customer that nobody has.
const NOBODYS_ACCOUNT: &str = "pantoken-doctor";

/// The result of one check.
#[derive(Debug)]
pub(crate) enum Finding {
    /// It is as it should be.
    Ok(String),
    /// It works, but may not be what you want.
    Warning(String),
    /// The server does not work like this.
    Error(String),
}

use Finding::Warning;

/// Runs all checks, and reports each finding as soon as it is known.
pub(crate) async fn check(settings: &Settings, clock: &dyn Clock, report: &mut dyn FnMut(Finding)) {
    report(Finding::Ok(
        "configuration: all settings are valid".to_owned(),
    ));
    warnings(settings).into_iter().for_each(&mut *report);
    check_store(settings)
        .await
        .into_iter()
        .for_each(&mut *report);
    check_form_host(settings, clock)
        .await
        .into_iter()
        .for_each(&mut *report);
    check_payin(settings)
        .await
        .into_iter()
        .for_each(&mut *report);
    check_jetpay(settings, clock)
        .await
        .into_iter()
        .for_each(report);
}

/// Returns what the Content-Security-Policy of the agent's page needs, one directive per line.
pub(crate) fn page_policy(settings: &Settings) -> String {
    let url = Url::parse(settings.api.public_url.as_str());
    let server = url.map(|url| url.origin().ascii_serialization());
    let server = format!("'self' {}", server.unwrap_or_default());
    let api = &settings.api;
    let forms = PageForms::of(
        settings.signer.as_ref(),
        api.payin.as_ref(),
        api.qiwi_pay.as_ref(),
    );
    let directives = forms.needed_directives(&server);
    // A page that frames the agent's could put another form in place of the real one.
    format!("{directives}; frame-ancestors 'none'").replace("; ", ";\n")
}

fn warnings(settings: &Settings) -> Vec<Finding> {
    let api = &settings.api;
    let mut findings = Vec::new();
    let mut warn = |text: &str| findings.push(Warning(text.to_owned()));
    if !settings.database.is_protected() {
        warn(&format!("PANTOKEN_DATABASE_URL: {UNPROTECTED_DATABASE}"));
    }
    if settings.store_keys.is_none() {
        warn("PANTOKEN_STORE_KEY: not set, so panTokens and payment tokens are stored unencrypted");
    }
    if api.public_sessions {
        warn(
            "PANTOKEN_PUBLIC_SESSIONS: anyone can create sessions, because a program can send any \
             Origin; only the rate is limited",
        );
        if api.trusted_proxies == Default::default() {
            warn(
                "PANTOKEN_TRUSTED_PROXIES: not set; behind a proxy, all customers would share the \
                 rate limit of one address",
            );
        }
    }
    if api.public_url.as_str().starts_with("http://") {
        warn("PANTOKEN_PUBLIC_URL: plain http works only for browsers on this machine");
    }
    if settings
        .webhook
        .as_ref()
        .is_some_and(WebhookTarget::is_plain)
    {
        warn("PANTOKEN_WEBHOOK_URL: plain http lets everyone on that network read panTokens");
    }
    if api.pages.as_ref().is_some_and(|folder| !folder.is_dir()) {
        findings.push(Finding::Error(
            "PANTOKEN_PAGES: this is not a folder".to_owned(),
        ));
    }
    findings
}

async fn check_store(settings: &Settings) -> Vec<Finding> {
    let database = &settings.database;
    if let Some(file) = missing_file(database) {
        return missing_store(settings, &file);
    }
    let store = match open_store(settings).await {
        Ok(store) => store,
        Err(error) => return vec![Finding::Error(format!("PANTOKEN_DATABASE_URL: {error}"))],
    };
    let findings = match store.check().await {
        Err(error) => vec![Finding::Error(format!("PANTOKEN_DATABASE_URL: {error}"))],
        Ok(()) => {
            let ok = format!(
                "store: {database} can be opened and written, and its tables are up to date"
            );
            let mut findings = vec![Finding::Ok(ok)];
            findings.extend(check_api_keys(settings, &store).await);
            findings
        }
    };
    store.close().await;
    findings
}

/// Asks payin for a card check that does not exist. Its answer shows whether the address and the key are right.
async fn check_payin(settings: &Settings) -> Vec<Finding> {
    let Some(payin) = &settings.api.payin else {
        return Vec::new();
    };
    let Ok(nobodys) = RequestUid::parse(NOBODYS_CHECK) else {
        return Vec::new();
    };
    let client = payin.client.with_timeout(RESPONSE_TIMEOUT);
    let answer = client.card_checks().get(&nobodys).await;
    vec![match answer {
        Ok(_) => Finding::Ok("payin: the provider answers".to_owned()),
        Err(error) if error.is_not_found() => {
            Finding::Ok("payin: the provider answers, and accepts the key".to_owned())
        }
        Err(error) if error.answer().is_some_and(|answer| matches!(answer.status, 401 | 403)) => {
            Finding::Error(
                "PANTOKEN_PAYIN_API_KEY: the provider refuses the key for this site: compare both with what it \
                 gave you"
                    .to_owned(),
            )
        }
        Err(error) => Finding::Error(format!("PANTOKEN_PAYIN_BASE_URL: {error}")),
    }]
}

/// Asks the agent's back end for an account that does not exist, and Gate for a payout that does not.
async fn check_jetpay(settings: &Settings, clock: &dyn Clock) -> Vec<Finding> {
    let Some(jetpay) = &settings.api.jetpay else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    if let Some(accounts) = jetpay.accounts() {
        let project = jetpay.project_id;
        let found = accounts.find(project, NOBODYS_ACCOUNT, clock.now(), &SystemRandom);
        findings.push(match found.await {
            Ok(None) => Finding::Ok(
                "jetpay: your back end answers, and knows no account that does not exist".to_owned(),
            ),
            Ok(Some(_)) => Finding::Error(format!(
                "PANTOKEN_JETPAY_ACCOUNTS_URL: your back end says that the customer `{NOBODYS_ACCOUNT}` has an \
                 account: it must answer exists: false for customers that it does not know"
            )),
            Err(error) => Finding::Error(format!("PANTOKEN_JETPAY_ACCOUNTS_URL: {error}")),
        });
    }
    if let Some(client) = jetpay.client()
        && let Ok(nobodys) = PaymentId::parse(NOBODYS_CHECK)
    {
        let client = client.with_timeout(RESPONSE_TIMEOUT);
        findings.push(match client.status(&nobodys).await {
            Ok(_) => Finding::Ok("jetpay: Gate answers, and accepts the key".to_owned()),
            Err(error) => Finding::Error(format!("PANTOKEN_JETPAY_GATE_URL: {error}")),
        });
    }
    findings
}

/// `pantoken serve` creates a missing file, but not its folder.
fn missing_store(settings: &Settings, file: &str) -> Vec<Finding> {
    let folder = Path::new(file).parent();
    if !folder.is_some_and(Path::is_dir) {
        let text = format!("PANTOKEN_DATABASE_URL: the folder of {file} does not exist");
        return vec![Finding::Error(text)];
    }
    let mut findings = vec![Warning(format!(
        "store: {file} does not exist; `pantoken serve` creates it, so check that this is where your database is"
    ))];
    if settings.api.api_key.is_none() && !settings.api.public_sessions {
        findings.push(no_api_key());
    }
    findings
}

fn no_api_key() -> Finding {
    Finding::Error(
        "API key: there is none, so nobody could create a session; create one with `pantoken key add NAME`, after \
         `pantoken migrate` if there is no database yet"
            .to_owned(),
    )
}

async fn check_api_keys(settings: &Settings, store: &Database) -> Vec<Finding> {
    let keys = match StoredApiKeys::read(store).await {
        Ok(keys) => keys,
        Err(error) => return vec![Finding::Error(format!("PANTOKEN_DATABASE_URL: {error}"))],
    };
    let mut findings = Vec::new();
    findings.extend(keys.warning().map(Warning));
    if settings.api.api_key.is_none() && !settings.api.public_sessions && !keys.any {
        findings.push(no_api_key());
    }
    findings
}

/// Checks whether the form host responds, and compares its clock.
async fn check_form_host(settings: &Settings, clock: &dyn Clock) -> Vec<Finding> {
    let Some(signer) = &settings.signer else {
        return Vec::new();
    };
    let host = signer.host();
    let form = format!("{host}/form");
    let response = match form_host_client(settings, &form) {
        Ok(client) => client.get(form).send().await.map_err(reason),
        Err(error) => Err(error),
    };
    let response = match response {
        Ok(response) => response,
        Err(error) => {
            return vec![
                Warning(format!(
                    "form host: {host} does not respond to this machine ({error}); customers' browsers \
                     have to reach it, so open it in one"
                )),
                Warning("clock: it could not be compared with the form host's".to_owned()),
            ];
        }
    };
    let date = response
        .headers()
        .get("date")
        .and_then(|date| date.to_str().ok());
    vec![
        Finding::Ok(format!("form host: {host} responds")),
        compare_clocks(date, clock.now()),
    ]
}

fn form_host_client(settings: &Settings, form: &str) -> Result<Client, String> {
    let url = Url::parse(form).map_err(|error| error.to_string())?;
    let client = settings.outgoing.client(&url, RESPONSE_TIMEOUT, identity);
    client.map_err(|error| error.to_string())
}

/// Compares the `Date` header with the machine's clock, in Unix milliseconds.
fn compare_clocks(date: Option<&str>, now: i64) -> Finding {
    let there = date.and_then(|date| httpdate::parse_http_date(date).ok());
    let there = there.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let Some(there) = there else {
        return Warning("clock: the form host did not send its time".to_owned());
    };
    let here = Duration::from_millis(u64::try_from(now).unwrap_or_default());
    let difference = here.abs_diff(there);
    if difference > CLOCK_TOLERANCE {
        let seconds = difference.as_secs();
        return Warning(format!(
            "clock: it differs from the form host's by {seconds} s; synchronise this machine with NTP"
        ));
    }
    Finding::Ok("clock: it agrees with the form host's".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_agree_within_a_minute() {
        // 2025-06-01T12:00:00Z
        const NOW: i64 = 1_748_779_200_000;
        let compare = |date| compare_clocks(Some(date), NOW);
        for date in [
            "Sun, 01 Jun 2025 12:00:59 GMT",
            "Sun, 01 Jun 2025 11:59:01 GMT",
        ] {
            assert!(matches!(compare(date), Finding::Ok(_)), "{date}");
        }
        let Warning(text) = compare("Sun, 01 Jun 2025 13:00:00 GMT") else {
            panic!("clocks that differ by an hour do not agree");
        };
        assert!(text.contains("3600 s"), "{text}");
        for date in [None, Some("now"), Some("")] {
            assert!(matches!(compare_clocks(date, NOW), Warning(_)));
        }
    }
}
