use pantoken_a2c::{
    AgentId, CallbackUrl, FormHost, FormRequest, FormUrlError, Origin, RequestId, Signature,
    SignedRequest,
};
use serde::Deserialize;

/// What the form's page sends when the customer presses Save: the card number, and the form URL's
/// parameters, so that their signature is checked again.
///
/// It has no `Debug`, so that the card number cannot be printed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SaveRequest {
    agent_id: String,
    request_id: String,
    agent_callback_url: Option<String>,
    agent_sign: String,
    pan: String,
}

impl SaveRequest {
    /// Returns the form URL of the page.
    pub(crate) fn signed_request(
        &self,
        public_origin: &Origin,
    ) -> Result<SignedRequest, FormUrlError> {
        let host = FormHost::parse(public_origin.as_str())?;
        let agent_id = AgentId::parse(&self.agent_id)?;
        let request_id = RequestId::parse(&self.request_id)?;
        let request = match &self.agent_callback_url {
            None => FormRequest::iframe(host, agent_id, request_id),
            Some(url) => {
                FormRequest::redirect(host, agent_id, request_id, CallbackUrl::parse(url)?)
            }
        };
        Ok(request.with_signature(Signature::parse(&self.agent_sign)?))
    }

    /// Returns the request id, if it can be read.
    pub(crate) fn request_id(&self) -> Option<RequestId> {
        RequestId::parse(&self.request_id).ok()
    }

    pub(crate) fn pan(&self) -> &str {
        &self.pan
    }
}
