//! The two calls of the HTTP API that a browser makes. Source: design.md, "Contract: HTTP API".

use gloo_timers::callback::Timeout;
use js_sys::{JSON, Object, Reflect};
use pantoken_protocol::{Flow, FormError, FormResult, FormUrl, HostCode, Language};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestInit, Response};

/// How long a call may take, in milliseconds.
const CALL_TIMEOUT: u32 = 15_000;

/// A session that the endpoint made.
pub(crate) struct Session {
    pub(crate) form_url: FormUrl,
    result_url: String,
    result_token: String,
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
    /// The event for a session that could not be had.
    pub(crate) fn into_session_failed(self) -> FormError {
        let (Self::Unavailable(reason) | Self::Refused(reason)) = self;
        FormError::host(None, HostCode::SessionFailed, &reason)
    }
}

impl Session {
    /// Asks the endpoint for a session: of the redirect flow where there is a page to return to.
    pub(crate) async fn create(
        endpoint: &str,
        language: Language,
        return_url: Option<&str>,
    ) -> Result<Self, CallError> {
        let flow = if return_url.is_some() {
            Flow::Redirect
        } else {
            Flow::Iframe
        };
        let mut fields = vec![("flow", flow.as_str()), ("language", language.as_str())];
        fields.extend(return_url.map(|url| ("returnUrl", url)));
        let answer = post(endpoint, None, &object(&fields)).await?;
        read_session(endpoint, &answer)
            .filter(|session| session.form_url.request().flow() == flow)
            .ok_or_else(|| {
                CallError::Refused("the session endpoint's answer is not a session".to_owned())
            })
    }

    /// Tells the endpoint what came of the session.
    pub(crate) async fn report(&self, result: &FormResult) -> Result<(), CallError> {
        let body = match result {
            FormResult::Saved(pan_token) => object(&[("panToken", pan_token.as_str())]),
            FormResult::Failed { code, message } => object(&[
                ("errorCode", code.as_str()),
                ("errorMessage", message.as_str()),
            ]),
        };
        post(&self.result_url, Some(&self.result_token), &body)
            .await
            .map(drop)
    }
}

fn read_session(endpoint: &str, answer: &str) -> Option<Session> {
    let answer = JSON::parse(answer).ok()?;
    let text = |name: &str| Reflect::get(&answer, &name.into()).ok()?.as_string();
    let form_url = FormUrl::parse(&text("formUrl")?).ok()?;
    let request_id = form_url.request().request_id().to_string();
    if text("requestId")? != request_id {
        return None;
    }
    let endpoint = endpoint.trim_end_matches('/');
    Some(Session {
        result_url: [endpoint, "/", &request_id, "/result"].concat(),
        result_token: text("resultToken")?,
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

/// The answer's body, when its status is 200 or 201.
async fn post(url: &str, token: Option<&str>, body: &Object) -> Result<String, CallError> {
    let response = send(url, token, body)
        .await
        .map_err(|_| CallError::Unavailable(["no answer from ", url].concat()))?;
    match response.status() {
        200 | 201 => {}
        status @ (408 | 425 | 429 | 500..) => {
            return Err(CallError::Unavailable(format!("{url} answered {status}")));
        }
        status => return Err(CallError::Refused(format!("{url} answered {status}"))),
    }
    let text = async { JsFuture::from(response.text()?).await };
    text.await
        .ok()
        .and_then(|text| text.as_string())
        .ok_or_else(|| CallError::Unavailable([url, "'s answer broke off"].concat()))
}

async fn send(url: &str, token: Option<&str>, body: &Object) -> Result<Response, JsValue> {
    let window = web_sys::window().ok_or_else(JsValue::undefined)?;
    let headers = Headers::new()?;
    headers.set("content-type", "application/json")?;
    headers.set("accept", "application/json")?;
    if let Some(token) = token {
        headers.set("authorization", &["Bearer ", token].concat())?;
    }
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&JSON::stringify(body)?.into());
    // The report of a saved card goes out even while the customer leaves the page.
    Reflect::set(&init, &"keepalive".into(), &JsValue::TRUE)?;
    let abort = AbortController::new()?;
    init.set_signal(Some(&abort.signal()));
    let _timeout = Timeout::new(CALL_TIMEOUT, move || abort.abort());
    Ok(JsFuture::from(window.fetch_with_str_and_init(url, &init))
        .await?
        .unchecked_into())
}

/// Resolves after so many milliseconds.
pub(crate) async fn sleep(milliseconds: u32) {
    gloo_timers::future::TimeoutFuture::new(milliseconds).await;
}
