use alloc::borrow::ToOwned;
use alloc::string::String;

use pantoken_protocol::{ErrorCode, Field, Flow, FormUrl, Language, PanToken, cut, decimal_digits};

use crate::form_input::Reply;

/// Where a session's results go.
#[derive(Debug)]
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
        let status = decimal_digits(self.status.into());
        [endpoint, " answered with status ", &status].concat()
    }
}

/// The session that the endpoint's answer holds: a form URL for this flow, of the request that it
/// names; or why there is none, for developers.
pub(crate) fn read(
    reply: &Reply<'_>,
    endpoint: &str,
    flow: Flow,
) -> Result<(FormUrl, Results), String> {
    if reply.verdict() != Verdict::Done {
        return Err(reply.reason("the session endpoint"));
    }
    read_fields(reply, endpoint, flow)
        .ok_or_else(|| "the session endpoint's answer is not a session".into())
}

fn read_fields(reply: &Reply<'_>, endpoint: &str, flow: Flow) -> Option<(FormUrl, Results)> {
    let (Field::Text(form_url), Field::Text(request_id), Field::Text(token)) =
        (reply.form_url, reply.request_id, reply.result_token)
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
    Some((form_url, Results { url, token }))
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

/// The body that reports a saved card.
pub(crate) fn body_of_token(pan_token: &PanToken) -> String {
    json(&[("panToken", pan_token.as_str())])
}

/// The body that reports an error.
pub(crate) fn body_of_error(code: &ErrorCode, message: &str) -> String {
    json(&[("errorCode", code.as_str()), ("errorMessage", message)])
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
