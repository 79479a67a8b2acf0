//! What the endpoints of JetPay share.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use pantoken_jetpay::Client;

use super::accounts::Source;
use super::options::JetpayOptions;
use crate::app::Parts;
use crate::http::api_key_holder::ApiKeyHolder;
use crate::http::problem::Problem;
use crate::http::sender_address::SenderAddress;

/// Returns the settings of JetPay, or the problem that names them.
pub(super) fn configured(app: &Parts) -> Result<&JetpayOptions, Problem> {
    app.options
        .jetpay
        .as_ref()
        .ok_or(Problem::ProviderNotConfigured(
            "PANTOKEN_JETPAY_PROJECT_ID and PANTOKEN_JETPAY_SECRET_KEY",
        ))
}

/// Returns the client that pays out.
pub(super) fn gate(app: &Parts) -> Result<&Client, Problem> {
    configured(app)?
        .client()
        .ok_or(Problem::ProviderNotConfigured("PANTOKEN_JETPAY_GATE_URL"))
}

/// Returns where accounts are looked up.
pub(super) fn accounts(app: &Parts) -> Result<&Source, Problem> {
    configured(app)?
        .accounts()
        .ok_or(Problem::ProviderNotConfigured(
            "PANTOKEN_JETPAY_ACCOUNTS_URL",
        ))
}

/// Returns the settings of JetPay to the holder of an API key who may read operations.
pub(super) fn authorize<'a>(
    app: &'a Parts,
    holder: &ApiKeyHolder,
) -> Result<&'a JetpayOptions, Problem> {
    let jetpay = configured(app)?;
    holder.require_reading()?;
    Ok(jetpay)
}

/// Returns the body of a call of the platform, which comes from where it may.
pub(super) fn body_of(
    app: &Parts,
    sender: &SenderAddress,
    body: Result<Bytes, BytesRejection>,
) -> Result<Bytes, Problem> {
    let jetpay = configured(app)?;
    if let Err(problem) = sender.require(jetpay.senders()) {
        app.metrics.record_notification("jetpay", "refused");
        tracing::warn!(
            "a call was refused, because PANTOKEN_JETPAY_SENDERS does not list its sender"
        );
        return Err(problem);
    }
    body.map_err(|rejection| crate::http::fields::unreadable(&rejection))
}
