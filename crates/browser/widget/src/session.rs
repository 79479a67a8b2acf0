use pantoken_a2c::{Field, Flow, FormUrl};

/// A session endpoint's answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Session<'a> {
    /// Why there is no session, for developers; empty where there is one.
    pub problem: &'a str,
    /// `formUrl`
    pub form_url: Field<&'a str>,
    /// `requestId`
    pub request_id: Field<&'a str>,
    /// `resultToken`
    pub result_token: Field<&'a str>,
}

impl<'a> Session<'a> {
    /// The session's form URL for this flow; or why there is none, for developers.
    pub(crate) fn form_url(&self, flow: Flow) -> Result<FormUrl, &'a str> {
        if !self.problem.is_empty() {
            return Err(self.problem);
        }
        self.read(flow)
            .ok_or("the session endpoint gave no session")
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
