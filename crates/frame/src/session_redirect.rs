use alloc::borrow::ToOwned;
use alloc::rc::Rc;
use core::cell::RefCell;

use js_sys::Promise;
use pantoken_protocol::{FormError, FormOrigins, FormUrl, HostCode, Language};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

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
    let session = create_session(endpoint, language, return_url)
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

async fn create_session(
    endpoint: &str,
    language: Language,
    return_url: &str,
) -> Result<Session, CallError> {
    let outcome = Rc::<RefCell<Option<_>>>::default();
    let created = Promise::new(&mut |resolve, _| {
        let outcome = Rc::clone(&outcome);
        Session::create(endpoint, language, Some(return_url), move |session| {
            outcome.replace(Some(session));
            // It throws nothing: it is the promise's own function.
            let _ = resolve.call0(&JsValue::UNDEFINED);
        });
    });
    // It is never rejected.
    let _ = JsFuture::from(created).await;
    let no_answer = || Err(CallError::Unavailable("no answer".to_owned()));
    outcome.take().unwrap_or_else(no_answer)
}
