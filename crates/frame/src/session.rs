//! The two calls of the HTTP API that a browser makes. Source: design.md, "Contract: HTTP API".

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;

use js_sys::{JSON, Object, Reflect};
use pantoken_protocol::{Flow, FormError, FormResult, FormUrl, HostCode, Language, decimal_digits};
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;

/// How long a call may take, in milliseconds.
const CALL_TIMEOUT: u32 = 15_000;

#[wasm_bindgen(module = "/src/post.js")]
extern "C" {
    fn post(url: &str, token: Option<&str>, body: &Object, milliseconds: u32, done: &JsValue);
}

/// A session that the endpoint made.
pub(crate) struct Session {
    pub(crate) form_url: FormUrl,
    pub(crate) results: Results,
}

/// Where a session's results go.
pub(crate) struct Results {
    url: String,
    token: String,
}

/// Why a call came to nothing; its words are for developers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CallError {
    /// No answer, or one that asks to come again later.
    Unavailable(String),
    /// An answer that a repetition would not change.
    Refused(String),
}

impl CallError {
    fn of_status(url: &str, status: f64) -> Self {
        if status == 0.0 {
            return Self::Unavailable(["no answer from ", url].concat());
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // three digits
        let status = status as u64;
        let reason = [url, " answered ", &decimal_digits(status)].concat();
        match status {
            408 | 425 | 429 | 500.. => Self::Unavailable(reason),
            _ => Self::Refused(reason),
        }
    }

    /// The event for a session that could not be had.
    pub(crate) fn into_session_failed(self) -> FormError {
        let (Self::Unavailable(reason) | Self::Refused(reason)) = self;
        FormError::host(None, HostCode::SessionFailed, &reason)
    }
}

impl Session {
    /// Asks the endpoint for a session: of the redirect flow where there is a page to return to.
    pub(crate) fn create(
        endpoint: &str,
        language: Language,
        return_url: Option<&str>,
        done: impl FnOnce(Result<Self, CallError>) + 'static,
    ) {
        let flow = if return_url.is_some() {
            Flow::Redirect
        } else {
            Flow::Iframe
        };
        let mut fields = vec![("flow", flow.as_str()), ("language", language.as_str())];
        fields.extend(return_url.map(|url| ("returnUrl", url)));
        let own = endpoint.to_owned();
        call(endpoint, None, &object(&fields), move |answer| {
            done(answer.and_then(|answer| {
                read_session(&own, &answer)
                    .filter(|session| session.form_url.request().flow() == flow)
                    .ok_or_else(|| {
                        let reason = "the session endpoint's answer is not a session";
                        CallError::Refused(reason.to_owned())
                    })
            }));
        });
    }
}

impl Results {
    /// Tells the endpoint what came of the session.
    pub(crate) fn report(
        &self,
        result: &FormResult,
        done: impl FnOnce(Result<(), CallError>) + 'static,
    ) {
        let body = match result {
            FormResult::Saved(pan_token) => object(&[("panToken", pan_token.as_str())]),
            FormResult::Failed { code, message } => object(&[
                ("errorCode", code.as_str()),
                ("errorMessage", message.as_str()),
            ]),
        };
        let token = Some(self.token.as_str());
        call(&self.url, token, &body, |answer| {
            done(answer.map(drop));
        });
    }
}

fn read_session(endpoint: &str, answer: &str) -> Option<Session> {
    let answer = JSON::parse(answer).ok()?;
    let text = |name: &str| Reflect::get(&answer, &name.into()).ok()?.as_string();
    let form_url = FormUrl::parse(&text("formUrl")?).ok()?;
    let request_id = form_url.request().request_id().to_text();
    if text("requestId")? != request_id {
        return None;
    }
    let endpoint = endpoint.trim_end_matches('/');
    Some(Session {
        results: Results {
            url: [endpoint, "/", &request_id, "/result"].concat(),
            token: text("resultToken")?,
        },
        form_url,
    })
}

fn object(fields: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        // It fails only on what is no object.
        let _ = Reflect::set(&object, &(*name).into(), &(*value).into());
    }
    object
}

/// Gives the answer's body, when its status is 200 or 201.
fn call(
    url: &str,
    token: Option<&str>,
    body: &Object,
    done: impl FnOnce(Result<String, CallError>) + 'static,
) {
    let own = url.to_owned();
    let done = Closure::once_into_js(move |answer: JsValue| {
        let status = || answer.as_f64().unwrap_or_default();
        done(
            answer
                .as_string()
                .ok_or_else(|| CallError::of_status(&own, status())),
        );
    });
    post(url, token, body, CALL_TIMEOUT, &done);
}
