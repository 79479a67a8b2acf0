//! What the endpoints of payin share.

use super::PayinOptions;
use crate::app::Parts;
use crate::http::api_key_holder::ApiKeyHolder;
use crate::http::problem::Problem;
pub(crate) use crate::http::problem_sets::{ReadProblems, WriteProblems};
pub(super) use crate::operations::access::{find, submit};

/// Returns the settings of payin, or the problem that names them.
pub(super) fn configured(app: &Parts) -> Result<&PayinOptions, Problem> {
    app.options
        .payin
        .as_ref()
        .ok_or(Problem::ProviderNotConfigured(
            "PANTOKEN_PAYIN_SITE_ID, PANTOKEN_PAYIN_API_KEY and PANTOKEN_PAYIN_NOTIFICATION_KEY",
        ))
}

/// Returns the settings of payin to the holder of an API key who may read operations.
pub(super) fn authorize<'a>(
    app: &'a Parts,
    holder: &ApiKeyHolder,
) -> Result<&'a PayinOptions, Problem> {
    let payin = configured(app)?;
    holder.require_reading()?;
    Ok(payin)
}
