//! Card tokenization with the a2c provider.

mod browser_binding;
pub(crate) mod callback;
pub(crate) mod create_session;
pub(crate) mod customer_page;
pub(crate) mod form_urls;
pub(crate) mod get_session;
pub(crate) mod list_sessions;
pub(crate) mod pan_token_alphabet;
pub(crate) mod pan_token_check;
mod plain_text;
pub(crate) mod record_result;
mod recording;
pub(crate) mod request_id;
pub(crate) mod retention;
pub(crate) mod schemas;
mod session_token;
pub(crate) mod stored;

use pantoken_a2c::Flow;

use crate::http::fields::Fields;
use crate::http::problem::Problem;

/// Takes the field `flow`.
fn take_flow(fields: &mut Fields) -> Result<Flow, Problem> {
    fields.required("flow", |text| {
        [Flow::Iframe, Flow::Redirect]
            .into_iter()
            .find(|flow| flow.as_str() == text)
            .ok_or("must be iframe or redirect")
    })
}

/// Checks a field that the redirect flow requires and the iframe flow refuses.
fn only_in_redirect<T>(
    flow: Flow,
    field: &'static str,
    value: Option<T>,
) -> Result<Option<T>, Problem> {
    match (flow, &value) {
        (Flow::Redirect, None) => Err(Problem::MissingField(field)),
        (Flow::Iframe, Some(_)) => Err(Problem::invalid(
            field,
            "is accepted only in the redirect flow",
        )),
        _ => Ok(value),
    }
}
