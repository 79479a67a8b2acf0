use pantoken_a2c::{CallbackUrl, ErrorCode, Origin, RequestId, SignedRequest};
use serde::Serialize;

use super::texts::Texts;
use crate::a2c::refusal::Refusal;

/// The data for the page's script.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageData<'a> {
    /// What Save sends back, or `None` if the form was refused.
    request: Option<RequestData<'a>>,
    refusal: Option<RefusalData>,
    registered_hosts: &'a [Origin],
    texts: &'static Texts,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestData<'a> {
    agent_id: &'a str,
    request_id: RequestId,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_callback_url: Option<&'a str>,
    agent_sign: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RefusalData {
    error_code: ErrorCode,
    error_message: String,
}

impl<'a> PageData<'a> {
    pub(super) fn of_form(
        signed: &'a SignedRequest,
        registered_hosts: &'a [Origin],
        texts: &'static Texts,
    ) -> Self {
        let request = signed.request();
        let data = RequestData {
            agent_id: request.agent_id().as_str(),
            request_id: request.request_id(),
            agent_callback_url: request.callback_url().map(CallbackUrl::as_str),
            agent_sign: signed.signature().as_str(),
        };
        Self {
            request: Some(data),
            refusal: None,
            registered_hosts,
            texts,
        }
    }

    pub(super) fn of_refusal(
        refusal: Refusal,
        registered_hosts: &'a [Origin],
        texts: &'static Texts,
    ) -> Self {
        let data = RefusalData {
            error_code: refusal.code(),
            error_message: refusal.to_string(),
        };
        Self {
            request: None,
            refusal: Some(data),
            registered_hosts,
            texts,
        }
    }
}
