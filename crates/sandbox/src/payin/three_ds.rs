//! 3-D Secure: what the provider asks for, and what the issuer's page answers.

use serde_json::{Value, json};

use crate::page::acs;
use crate::payin::provider::Provider;
use crate::payin::refusal::Refusal;

/// Returns what the customer's browser posts to the issuer's page, and where.
pub(crate) fn requirements(provider: &Provider, id: &str) -> Value {
    let origin = provider.settings().public_origin.as_str();
    json!({"pareq": id, "acsUrl": format!("{origin}/acs")})
}

/// Reads the answer of the issuer's page.
pub(crate) fn is_authenticated(pares: &str) -> Result<bool, Refusal> {
    acs::is_authenticated(pares).ok_or(Refusal::Field("pares", "Invalid PaRes"))
}
