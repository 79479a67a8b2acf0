//! The settings of payin, which belong together.

use pantoken_core::Origin;
use pantoken_core::client::BaseUrl;
use pantoken_payin::{ApiKey, NotificationKey, SiteId};

use super::setting::{self, Setting};
use super::{Reader, parse};
use crate::http::client::Outgoing;
use crate::http::senders::Senders;
use crate::payin::PayinOptions;

/// Under this length a secret can be guessed.
const SHORT_SECRET: usize = 16;

const TOGETHER: [&Setting; 3] = [
    &setting::PAYIN_SITE_ID,
    &setting::PAYIN_API_KEY,
    &setting::PAYIN_NOTIFICATION_KEY,
];

/// Returns whether payin is to be configured.
pub(super) fn is_given(reader: &Reader<'_>) -> bool {
    TOGETHER.iter().any(|setting| reader.is_given(setting))
}

/// Reads the settings of payin, if any of them is given.
pub(super) fn read(reader: &mut Reader<'_>, outgoing: &Outgoing) -> Option<PayinOptions> {
    let given = TOGETHER.map(|setting| reader.is_given(setting));
    let base_url = reader.read(&setting::PAYIN_BASE_URL, |url| {
        Ok::<_, std::convert::Infallible>(url.to_owned())
    });
    let form_origins = reader.read(&setting::PAYIN_FORM_ORIGINS, origins);
    let is_live = reader.read(&setting::PAYIN_LIVE, parse::switch);
    let senders = reader.read(&setting::PAYIN_SENDERS, Senders::parse);
    if !given.contains(&true) {
        return None;
    }
    for (setting, is_given) in TOGETHER.into_iter().zip(given) {
        if !is_given {
            let rule = "is required, because PANTOKEN_PAYIN_SITE_ID, _API_KEY and _NOTIFICATION_KEY \
                        belong together";
            reader.refuse(setting, rule);
        }
    }
    let site_id = reader.read(&setting::PAYIN_SITE_ID, SiteId::parse);
    let api_key = reader.read(&setting::PAYIN_API_KEY, ApiKey::parse);
    let notification_key = reader.read(&setting::PAYIN_NOTIFICATION_KEY, NotificationKey::parse);
    let (api_key, notification_key) = (api_key?, notification_key?);
    for (setting, secret) in [
        (&setting::PAYIN_API_KEY, api_key.expose()),
        (&setting::PAYIN_NOTIFICATION_KEY, notification_key.expose()),
    ] {
        if secret.len() < SHORT_SECRET {
            tracing::warn!(
                "{} is so short that it could be guessed",
                setting.variable()
            );
        }
    }
    let base_url = base_url?;
    let is_live = is_live? && !BaseUrl::parse(&base_url).is_ok_and(|url| url.is_loopback());
    let options = PayinOptions::new(
        site_id?,
        api_key,
        notification_key,
        Some(&base_url),
        is_live,
        outgoing,
    );
    match options {
        Ok(options) => Some(
            options
                .with_form_origins(form_origins.unwrap_or_default())
                .with_senders(senders),
        ),
        Err(error) => {
            reader.refuse(&setting::PAYIN_BASE_URL, &error.to_string());
            None
        }
    }
}

fn origins(list: &str) -> Result<Vec<Origin>, &'static str> {
    let entries = list.split(',').map(str::trim);
    let entries = entries.filter(|entry| !entry.is_empty());
    let origins = entries.map(|entry| Origin::parse(entry).ok());
    origins
        .collect::<Option<_>>()
        .ok_or("must be origins such as https://payment.qiwi.com, separated by commas")
}
