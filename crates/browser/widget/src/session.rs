use alloc::string::String;
use core::fmt;

use pantoken_a2c::{Flow, FormUrl};
use pantoken_core::text::{join, split_at_first, strip_prefix};

use crate::answer::{A2C, PAYIN, RawAnswer};
use crate::payin::PayinForm;

/// A session: its form, and where and how its result is reported. A back end that creates sessions with
/// its API key, for a customer it knows, passes one to the page.
///
/// Its `Debug` output leaves the token out.
#[derive(Clone, PartialEq)]
pub struct Session {
    /// The fields `form` and `formUrl` of the server's answer.
    pub form: HostedForm,
    /// The field `resultToken` of the server's answer.
    pub result_token: String,
    /// The field `resultUrl` of the server's answer.
    pub result_url: String,
}

impl Session {
    /// Reads an answer of the server. Without `resultUrl`, the result is reported below the `endpoint`
    /// that gave the answer, if there is one. Returns `None` if the answer is no session.
    #[must_use]
    pub fn read(raw: &RawAnswer, endpoint: Option<&str>) -> Option<Self> {
        let form = match raw.form.as_str() {
            "" | A2C => {
                let form_url = FormUrl::parse(&raw.form_url).ok()?;
                let is_own = form_url.request_id().to_text() == raw.request_id;
                is_own.then_some(HostedForm::A2c(form_url))?
            }
            PAYIN => HostedForm::Payin(PayinForm::read(&raw.form_url, &raw.request_id)?),
            _ => return None,
        };
        let result_url = match endpoint {
            _ if is_http(&raw.result_url) => raw.result_url.clone(),
            Some(endpoint) if raw.result_url.is_empty() => result_url(endpoint, &raw.request_id),
            _ => return None,
        };
        (!raw.result_token.is_empty()).then(|| Self {
            form,
            result_token: raw.result_token.clone(),
            result_url,
        })
    }

    /// Shows the session's form in this flow, if its provider leaves that to the page: payin does. A form URL
    /// of a2c is signed for one flow.
    #[must_use]
    pub fn with_flow(mut self, flow: Flow) -> Self {
        if let HostedForm::Payin(form) = &mut self.form {
            form.flow = flow;
        }
        self
    }

    /// Returns the flow of the session's form.
    #[must_use]
    pub fn flow(&self) -> Flow {
        match &self.form {
            HostedForm::A2c(form_url) => form_url.flow(),
            HostedForm::Payin(form) => form.flow,
        }
    }
}

/// The form of a session, in the dialect of its provider.
#[derive(Clone, Debug, PartialEq)]
pub enum HostedForm {
    /// a2c's form, which posts the token.
    A2c(FormUrl),
    /// payin's form, of which the server asks the provider for the result.
    Payin(PayinForm),
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session(…)")
    }
}

/// The endpoint is a URL as a URL parser writes it.
fn result_url(endpoint: &str, request_id: &str) -> String {
    let (path, _) = split_at_first(endpoint, |byte| matches!(byte, b'?' | b'#'));
    let path = path.strip_suffix('/').unwrap_or(path);
    join(&[path, "/", request_id, "/result"])
}

/// Returns whether the URL is relative, or one of HTTP. It must be spelled as a URL parser writes it, so
/// that no other scheme hides behind a tab.
fn is_http(url: &str) -> bool {
    let (_, rest) = split_at_first(url, |byte| matches!(byte, b':' | b'/' | b'?' | b'#'));
    let has_scheme = strip_prefix(rest, ":").is_some();
    !url.is_empty()
        && url.bytes().all(|byte| byte.is_ascii_graphic())
        && (!has_scheme
            || strip_prefix(url, "https://").is_some()
            || strip_prefix(url, "http://").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_url_is_one_of_http() {
        for (url, expected) in [
            ("https://shop.kz/v1/sessions/1/result", true),
            ("http://127.0.0.1:3000/v1/sessions/1/result", true),
            ("/v1/sessions/1/result", true),
            ("1/result", true),
            ("//pay.shop.kz/1/result", true),
            ("1/result?at=12:00", true),
            ("javascript:alert(1)", false),
            ("data:application/json,{}", false),
            ("java\tscript:alert(1)", false),
            (" https://shop.kz", false),
            ("", false),
        ] {
            assert_eq!(is_http(url), expected, "{url}");
        }
    }

    #[test]
    fn a_result_url_is_below_the_endpoints_path() {
        for endpoint in [
            "https://shop.kz/pay",
            "https://shop.kz/pay/",
            "https://shop.kz/pay?tenant=5#top",
            "https://shop.kz/pay/?tenant=5/6",
        ] {
            assert_eq!(
                result_url(endpoint, "12"),
                "https://shop.kz/pay/12/result",
                "{endpoint}"
            );
        }
    }
}
