//! Looks at everything that the server needs, before customers do.

use std::time::{Duration, UNIX_EPOCH};

use pantoken_store::{Database, SessionStore};
use url::Url;

use crate::http::api_key::ApiKey;
use crate::http::client;
use crate::http::pages::needed_directives;
use crate::server::{has_api_key, open_store};
use crate::settings::Settings;
use crate::webhooks::WebhookTarget;
use pantoken_core::Clock;

const ANSWER_TIME: Duration = Duration::from_secs(5);
/// A clock that differs more is not kept right by anybody.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(60);

/// What was found.
#[derive(Debug)]
pub(crate) enum Finding {
    /// As it should be.
    Good(String),
    /// It works, and may not be what you want.
    Warning(String),
    /// The server does not work like this.
    Bad(String),
}

use Finding::{Bad, Good, Warning};

/// Looks at what the settings say, and tells each finding as it comes.
pub(crate) async fn examine(settings: &Settings, clock: &dyn Clock, tell: &mut dyn FnMut(Finding)) {
    tell(Good("configuration: every setting can be read".to_owned()));
    settings_worth_a_thought(settings)
        .into_iter()
        .for_each(&mut *tell);
    store(settings).await.into_iter().for_each(&mut *tell);
    form_host(settings, clock).await.into_iter().for_each(tell);
}

/// The policy that the agent's page needs, one directive to a line.
pub(crate) fn page_policy(settings: &Settings) -> String {
    let url = Url::parse(settings.api.public_url.as_str());
    let server = url.map(|url| url.origin().ascii_serialization());
    let server = format!("'self' {}", server.unwrap_or_default());
    let directives = needed_directives(&server, settings.signer.host().origin());
    directives.replace("; ", ";\n")
}

fn settings_worth_a_thought(settings: &Settings) -> Vec<Finding> {
    let api = &settings.api;
    let mut findings = Vec::new();
    let mut warn = |text: &str| findings.push(Warning(text.to_owned()));
    if api.api_key.as_ref().is_some_and(ApiKey::is_guessable) {
        warn("PANTOKEN_API_KEY: it can be found by trying; use 16 characters or more");
    }
    if settings.store_keys.is_none() {
        warn("PANTOKEN_STORE_KEY: without it panTokens are kept in clear");
    }
    if api.public_sessions {
        warn(
            "PANTOKEN_PUBLIC_SESSIONS: whoever can open a page on an allowed origin, or pretends to, \
             creates sessions; only their number is limited",
        );
        if api.trusted_proxies == Default::default() {
            warn(
                "PANTOKEN_TRUSTED_PROXIES: none; behind a proxy all customers would share one \
                 address's limit",
            );
        }
    }
    if api.public_url.as_str().starts_with("http://") {
        warn("PANTOKEN_PUBLIC_URL: plain http works for browsers on this machine alone");
    }
    if settings
        .webhook
        .as_ref()
        .is_some_and(WebhookTarget::is_plain)
    {
        warn("PANTOKEN_WEBHOOK_URL: plain http shows panTokens to that whole network");
    }
    if api.pages.as_ref().is_some_and(|folder| !folder.is_dir()) {
        findings.push(Bad("PANTOKEN_PAGES: this is not a folder".to_owned()));
    }
    findings
}

async fn store(settings: &Settings) -> Vec<Finding> {
    let database = &settings.database;
    let store = match open_store(settings).await {
        Ok(store) => store,
        Err(error) => return vec![Bad(format!("PANTOKEN_DATABASE_URL: {error}"))],
    };
    let findings = match store.check().await {
        Err(error) => vec![Bad(format!("PANTOKEN_DATABASE_URL: {error}"))],
        Ok(()) => {
            let good =
                format!("store: {database} opens, has this version's tables, and takes writes");
            let mut findings = vec![Good(good)];
            findings.extend(callers(settings, &store).await);
            findings
        }
    };
    store.close().await;
    findings
}

async fn callers(settings: &Settings, store: &Database) -> Option<Finding> {
    if settings.api.api_key.is_some() || settings.api.public_sessions {
        return None;
    }
    match has_api_key(store).await {
        Ok(true) => None,
        Ok(false) => Some(Bad(
            "API key: none, nobody could create a session; make one with \
                               `pantoken key add NAME`"
                .to_owned(),
        )),
        Err(error) => Some(Bad(format!("PANTOKEN_DATABASE_URL: {error}"))),
    }
}

/// Whether the form host answers, and what its clock says.
async fn form_host(settings: &Settings, clock: &dyn Clock) -> Vec<Finding> {
    let host = settings.signer.host();
    let answer = match client::builder(ANSWER_TIME).build() {
        Ok(client) => client.get(format!("{host}/form")).send().await,
        Err(error) => Err(error),
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            let reason = client::reason(error);
            return vec![
                Warning(format!(
                    "form host: {host} does not answer here ({reason}); it is the customers' browsers \
                     that have to reach it, so open it in one"
                )),
                Warning("clock: it could not be compared with the form host's".to_owned()),
            ];
        }
    };
    let date = answer
        .headers()
        .get("date")
        .and_then(|date| date.to_str().ok());
    vec![
        Good(format!("form host: {host} answers")),
        compare_clocks(date, clock.now()),
    ]
}

/// `now` in Unix milliseconds.
fn compare_clocks(date: Option<&str>, now: i64) -> Finding {
    let there = date.and_then(|date| httpdate::parse_http_date(date).ok());
    let there = there.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let Some(there) = there else {
        return Warning("clock: the form host does not say what time it is".to_owned());
    };
    let here = Duration::from_millis(u64::try_from(now).unwrap_or_default());
    let difference = here.abs_diff(there);
    if difference > CLOCK_TOLERANCE {
        let seconds = difference.as_secs();
        return Warning(format!(
            "clock: it differs from the form host's by {seconds} s; let NTP set this machine's"
        ));
    }
    Good("clock: it agrees with the form host's".to_owned())
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
            assert!(matches!(compare(date), Good(_)), "{date}");
        }
        let Warning(text) = compare("Sun, 01 Jun 2025 13:00:00 GMT") else {
            panic!("an hour is no agreement");
        };
        assert!(text.contains("3600 s"), "{text}");
        for date in [None, Some("now"), Some("")] {
            assert!(matches!(compare_clocks(date, NOW), Warning(_)));
        }
    }
}
