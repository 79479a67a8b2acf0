//! The settings of JetPay, which belong together.

use pantoken_core::client::BaseUrl;
use pantoken_jetpay::{ProjectId, SecretKey};

use super::setting::{self, Setting};
use super::{Reader, WebhookSigning, parse};
use crate::http::client::Outgoing;
use crate::http::senders::Senders;
use crate::jetpay::JetpayOptions;
use crate::webhooks::WebhookTarget;

/// Under this length a secret can be guessed.
const SHORT_SECRET: usize = 16;

const TOGETHER: [&Setting; 2] = [&setting::JETPAY_PROJECT_ID, &setting::JETPAY_SECRET_KEY];

/// Returns whether JetPay is to be configured.
pub(super) fn is_given(reader: &Reader<'_>) -> bool {
    TOGETHER.iter().any(|setting| reader.is_given(setting))
}

/// Reads the settings of JetPay, if its project or its secret key is given.
pub(super) fn read(
    reader: &mut Reader<'_>,
    outgoing: &Outgoing,
    signing: &WebhookSigning,
) -> Option<JetpayOptions> {
    let given = TOGETHER.map(|setting| reader.is_given(setting));
    let gate = reader.read(&setting::JETPAY_GATE_URL, BaseUrl::parse);
    let is_live = reader.read(&setting::JETPAY_LIVE, parse::switch);
    let senders = reader.read(&setting::JETPAY_SENDERS, Senders::parse);
    if !given.contains(&true) {
        return None;
    }
    for (setting, is_given) in TOGETHER.into_iter().zip(given) {
        if !is_given {
            let rule =
                "is required, because PANTOKEN_JETPAY_PROJECT_ID and _SECRET_KEY belong together";
            reader.refuse(setting, rule);
        }
    }
    let project_id = reader.read(&setting::JETPAY_PROJECT_ID, ProjectId::parse);
    let key = reader.read(&setting::JETPAY_SECRET_KEY, SecretKey::parse);
    let accounts = read_accounts(reader, signing);
    let (project_id, key) = (project_id?, key?);
    if key.expose().len() < SHORT_SECRET {
        let name = setting::JETPAY_SECRET_KEY.variable();
        tracing::warn!("{name} is so short that it could be guessed");
    }
    let is_live = is_live? && !gate.as_ref().is_some_and(BaseUrl::is_loopback);
    let options = JetpayOptions::new(project_id, key, is_live).with_senders(senders);
    let options = match gate {
        Some(gate) => options
            .with_gate(gate, outgoing)
            .map_err(|error| error.to_string()),
        None => Ok(options),
    };
    let options = options
        .map_err(|error| reader.refuse(&setting::JETPAY_GATE_URL, &error))
        .ok()?;
    match accounts {
        Some(target) => options
            .with_accounts_url(target.with_outgoing(outgoing.clone()))
            .map_err(|error| reader.refuse(&setting::JETPAY_ACCOUNTS_URL, &error.to_string()))
            .ok(),
        None => Some(options),
    }
}

/// Reads where the accounts are looked up. The questions are signed like webhooks.
fn read_accounts(reader: &mut Reader<'_>, signing: &WebhookSigning) -> Option<WebhookTarget> {
    if !reader.is_given(&setting::JETPAY_ACCOUNTS_URL) {
        return None;
    }
    if !reader.is_given(&setting::WEBHOOK_SECRET) {
        let rule = "is required with PANTOKEN_JETPAY_ACCOUNTS_URL, because it signs the questions";
        reader.refuse(&setting::WEBHOOK_SECRET, rule);
    }
    let allow_private = signing.allow_private?;
    let secret = signing.secret.clone()?;
    let target = reader.read(&setting::JETPAY_ACCOUNTS_URL, |url| {
        let is_loopback = BaseUrl::parse(url).is_ok_and(|url| url.is_loopback());
        WebhookTarget::new(url, secret, allow_private || is_loopback)
    })?;
    Some(match signing.old_secret.clone() {
        Some(old_secret) => target.with_old_secret(old_secret),
        None => target,
    })
}
