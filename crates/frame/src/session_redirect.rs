use pantoken_protocol::{FormError, FormOrigins, FormUrl, HostCode, Language};

use crate::session::{CallError, Session};

/// Asks the endpoint for a session of the redirect flow and gives the form URL to go to.
///
/// The provider's page sends the customer to the endpoint's server, which keeps the result and
/// sends the customer on to `return_url` with `requestId` and `status`.
/// Source: protocol.md, "Redirect flow"; design.md, "Contract: HTTP API".
///
/// # Errors
/// [`HostCode::SessionFailed`] when the endpoint gives no session, [`HostCode::InvalidFormUrl`] when
/// its form URL is on an origin that is not allowed.
pub async fn redirect_form_url(
    endpoint: &str,
    language: Language,
    return_url: &str,
    form_origins: &FormOrigins,
) -> Result<FormUrl, FormError> {
    let session = Session::create(endpoint, language, Some(return_url))
        .await
        .map_err(CallError::into_session_failed)?;
    let request = session.form_url.request();
    if form_origins.allows(request.host().origin()) {
        return Ok(session.form_url);
    }
    let reason = "the form URL is not on the provider's origins";
    Err(FormError::host(
        Some(request.request_id()),
        HostCode::InvalidFormUrl,
        reason,
    ))
}
