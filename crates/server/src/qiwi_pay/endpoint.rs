//! What the endpoints of qiwi-pay share.

use super::QiwiPayOptions;
use crate::app::Parts;
use crate::http::api_key_holder::ApiKeyHolder;
use crate::http::problem::Problem;

/// Returns the settings of qiwi-pay, or the problem that names them.
pub(super) fn configured(app: &Parts) -> Result<&QiwiPayOptions, Problem> {
    app.options
        .qiwi_pay
        .as_ref()
        .ok_or(Problem::ProviderNotConfigured(
            "PANTOKEN_QIWI_PAY_MERCHANT_SITE and PANTOKEN_QIWI_PAY_SECRET_KEY",
        ))
}

/// Returns the settings of qiwi-pay to the holder of an API key who may read operations.
pub(super) fn authorize<'a>(
    app: &'a Parts,
    holder: &ApiKeyHolder,
) -> Result<&'a QiwiPayOptions, Problem> {
    let qiwi_pay = configured(app)?;
    holder.require_reading()?;
    Ok(qiwi_pay)
}

/// Like [`authorize`], for calls that need the provider's API.
pub(super) fn authorize_api(app: &Parts, holder: &ApiKeyHolder) -> Result<(), Problem> {
    let has_api = authorize(app, holder)?.client.is_some();
    has_api.then_some(()).ok_or(Problem::ProviderNotConfigured(
        "PANTOKEN_QIWI_PAY_CLIENT_CERTIFICATE_FILE",
    ))
}
