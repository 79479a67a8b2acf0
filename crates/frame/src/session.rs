use alloc::string::String;

use pantoken_protocol::{Field, Flow, FormUrl, cut, decimal_digits};

/// A session endpoint's answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Session<'a> {
    /// The HTTP status; 0 when there was no whole answer in time.
    pub status: u32,
    /// `formUrl`
    pub form_url: Field<&'a str>,
    /// `requestId`
    pub request_id: Field<&'a str>,
    /// `resultToken`
    pub result_token: Field<&'a str>,
}

impl Session<'_> {
    /// The session's form URL: for this flow, and of the request that the answer names; or why there
    /// is none, for developers.
    pub(crate) fn form_url(&self, flow: Flow) -> Result<FormUrl, String> {
        if !is_success(self.status) {
            return Err(refusal(self.status));
        }
        self.read(flow)
            .ok_or_else(|| "the session endpoint's answer is not a session".into())
    }

    fn read(&self, flow: Flow) -> Option<FormUrl> {
        let (Field::Text(form_url), Field::Text(request_id), Field::Text(_)) =
            (self.form_url, self.request_id, self.result_token)
        else {
            return None;
        };
        let form_url = FormUrl::parse(form_url).ok()?;
        let fits = form_url.request_id().to_text() == request_id && form_url.flow() == flow;
        fits.then_some(form_url)
    }
}

pub(crate) fn is_success(status: u32) -> bool {
    matches!(status, 200 | 201)
}

/// Why a status is no success, for developers.
pub(crate) fn refusal(status: u32) -> String {
    let status = decimal_digits(status.into());
    cut::join(&["the session endpoint answered with status ", &status])
}
