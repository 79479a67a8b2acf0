//! 3-D Secure: what the provider asks for, and what the issuer's page answers.

use serde_json::{Value, json};

use crate::payin::provider::Provider;
use crate::payin::refusal::Refusal;

/// What the issuer's page answers once the customer has confirmed. It contains characters that careless decoding
/// changes.
pub(crate) const CONFIRMED: &str = "Y29uZmlybWVk+/==";
/// What the issuer's page answers if the customer was not authenticated.
pub(crate) const FAILED: &str = "failed";

/// Returns what the customer's browser posts to the issuer's page, and where.
pub(crate) fn requirements(provider: &Provider, id: &str) -> Value {
    let origin = provider.settings().public_origin.as_str();
    json!({"pareq": id, "acsUrl": format!("{origin}/acs")})
}

/// Reads the answer of the issuer's page. A space in it was a plus sign before somebody decoded it twice.
pub(crate) fn is_authenticated(pares: &str) -> Result<bool, Refusal> {
    if pares.is_empty() || pares.contains(' ') {
        return Err(Refusal::Field("pares", "Invalid PaRes"));
    }
    Ok(pares != FAILED)
}
