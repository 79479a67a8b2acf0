use alloc::borrow::ToOwned;
use alloc::string::String;

use pantoken_protocol::{Field, Flow, FormResult, FormUrl, Language, cut, decimal_digits};

use crate::form_input::Reply;

/// A session that the endpoint made.
pub(crate) struct Session {
    pub(crate) form_url: FormUrl,
    pub(crate) results: Results,
}

/// Where a session's results go.
#[derive(Clone)]
pub(crate) struct Results {
    pub(crate) url: String,
    pub(crate) token: String,
}

/// What a status means for who called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Done,
    /// No answer, or one that asks to come again later.
    TryAgain,
    /// An answer that a repetition would not change.
    Refused,
}

impl Reply<'_> {
    pub(crate) fn verdict(&self) -> Verdict {
        match self.status {
            200 | 201 => Verdict::Done,
            0 | 408 | 425 | 429 | 500.. => Verdict::TryAgain,
            _ => Verdict::Refused,
        }
    }

    /// Why it is no success, for developers.
    pub(crate) fn reason(&self, endpoint: &str) -> String {
        if self.status == 0 {
            return ["no answer from ", endpoint].concat();
        }
        [endpoint, " answered ", &decimal_digits(self.status.into())].concat()
    }

    /// The session that it holds: a form URL for this flow, of the request that it names.
    pub(crate) fn session(&self, endpoint: &str, flow: Flow) -> Option<Session> {
        let (Field::Text(form_url), Field::Text(request_id), Field::Text(token)) =
            (self.form_url, self.request_id, self.result_token)
        else {
            return None;
        };
        let form_url = FormUrl::parse(form_url).ok()?;
        if form_url.request_id().to_text() != request_id || form_url.flow() != flow {
            return None;
        }
        let endpoint = endpoint.strip_suffix('/').unwrap_or(endpoint);
        let url = [endpoint, "/", request_id, "/result"].concat();
        let token = token.to_owned();
        let results = Results { url, token };
        Some(Session { form_url, results })
    }
}

/// The body that asks for a session; one of the redirect flow has a URL to return to.
pub(crate) fn body_of_request(flow: Flow, language: Language, return_url: &str) -> String {
    let fields = [
        ("flow", flow.as_str()),
        ("language", language.as_str()),
        ("returnUrl", return_url),
    ];
    let given = if flow == Flow::Redirect { 3 } else { 2 };
    json(fields.get(..given).unwrap_or_default())
}

/// The body that reports a result.
pub(crate) fn body_of_result(result: &FormResult) -> String {
    match result {
        FormResult::Saved(pan_token) => json(&[("panToken", pan_token.as_str())]),
        FormResult::Failed { code, message } => json(&[
            ("errorCode", code.as_str()),
            ("errorMessage", message.as_str()),
        ]),
    }
}

/// An object of texts that hold no control character.
#[inline(never)]
fn json(fields: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in fields {
        text.push_str(if text.is_empty() { "{\"" } else { ",\"" });
        text.push_str(name);
        text.push_str("\":\"");
        let mut rest = *value;
        loop {
            let (plain, after) = cut::before(rest, |byte| matches!(byte, b'"' | b'\\'));
            text.push_str(plain);
            let Some(mark) = after.get(..1) else {
                break;
            };
            text.push_str("\\");
            text.push_str(mark);
            rest = after.get(1..).unwrap_or_default();
        }
        text.push_str("\"");
    }
    text.push_str("}");
    text
}
