//! The settings of qiwi-pay. Its site and key belong together.

use std::convert::Infallible;

use pantoken_core::Secret;
use pantoken_core::client::BaseUrl;
use pantoken_qiwi_pay::{AviaSignature, MerchantSite, SecretKey, Site};

use super::setting::{self, Setting};
use super::{Reader, parse};
use crate::http::client::Outgoing;
use crate::http::senders::Senders;
use crate::qiwi_pay::QiwiPayOptions;

/// Under this length a secret can be guessed.
const SHORT_SECRET: usize = 16;

const TOGETHER: [&Setting; 2] = [
    &setting::QIWI_PAY_MERCHANT_SITE,
    &setting::QIWI_PAY_SECRET_KEY,
];

/// Returns whether qiwi-pay is to be configured.
pub(super) fn is_given(reader: &Reader<'_>) -> bool {
    TOGETHER.iter().any(|setting| reader.is_given(setting))
}

/// Reads the settings of qiwi-pay, if its site or its key is given.
pub(super) fn read(reader: &mut Reader<'_>, outgoing: &Outgoing) -> Option<QiwiPayOptions> {
    let given = TOGETHER.map(|setting| reader.is_given(setting));
    let api_url = reader.read(&setting::QIWI_PAY_API_URL, BaseUrl::parse);
    let form_url = reader.read(&setting::QIWI_PAY_FORM_URL, BaseUrl::parse);
    let certificate = reader.read_file(&setting::QIWI_PAY_CLIENT_CERTIFICATE_FILE, |pem| {
        Ok::<_, Infallible>(Secret::new(pem))
    });
    let senders = reader.read(&setting::QIWI_PAY_SENDERS, Senders::parse);
    let industry_data = reader.read(&setting::QIWI_PAY_INDUSTRY_DATA, avia_signature);
    let is_live = reader.read(&setting::QIWI_PAY_LIVE, parse::switch);
    if !given.contains(&true) {
        return None;
    }
    for (setting, is_given) in TOGETHER.into_iter().zip(given) {
        if !is_given {
            let rule = "is required, because PANTOKEN_QIWI_PAY_MERCHANT_SITE and _SECRET_KEY belong \
                        together";
            reader.refuse(setting, rule);
        }
    }
    let site = reader.read(&setting::QIWI_PAY_MERCHANT_SITE, |text| {
        MerchantSite::parse(text).ok_or("must be the number of your site, such as 555")
    });
    let key = reader.read(&setting::QIWI_PAY_SECRET_KEY, SecretKey::parse)?;
    if key.expose().len() < SHORT_SECRET {
        tracing::warn!(
            "{} is so short that it could be guessed",
            setting::QIWI_PAY_SECRET_KEY.variable()
        );
    }
    let (api_url, form_url) = (api_url?, form_url?);
    let is_live = is_live? && !api_url.is_loopback() && !form_url.is_loopback();
    let options = QiwiPayOptions::new(Site::new(site?, key), is_live)
        .with_form_url(form_url.as_str())
        .with_industry_data(industry_data)
        .with_senders(senders);
    let is_sandbox = api_url.as_str().starts_with("http:");
    if certificate.is_none() && !is_sandbox {
        return Some(options);
    }
    let certificate = certificate.as_ref().map(Secret::expose);
    match options.with_api(Some(api_url.as_str()), certificate, outgoing) {
        Ok(options) => Some(options),
        Err(error) => {
            reader.refuse(
                &setting::QIWI_PAY_CLIENT_CERTIFICATE_FILE,
                &error.to_string(),
            );
            None
        }
    }
}

fn avia_signature(text: &str) -> Result<AviaSignature, &'static str> {
    match text {
        "signed" => Ok(AviaSignature::CompactJson),
        "unsigned" => Ok(AviaSignature::Omitted),
        _ => Err("must be signed or unsigned"),
    }
}
