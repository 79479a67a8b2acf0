//! How a session endpoint is asked for a session, and when it is asked again.

use alloc::borrow::ToOwned;

use pantoken_a2c::{Flow, Language};

use crate::answer::RawAnswer;
use crate::json::JsonObject;
use crate::order::Order;
use crate::policy;

/// Returns the body of the request. `return_url` is where the redirect flow ends.
pub(crate) fn body(flow: Flow, language: Language, return_url: &str) -> JsonObject {
    let mut body = JsonObject::new();
    body.text("flow", flow.as_str());
    body.text("language", language.as_str());
    if flow == Flow::Redirect {
        body.text("returnUrl", return_url);
    }
    body
}

/// Returns after how many milliseconds to ask again, if the endpoint itself said when and the customer has not
/// waited for it too often.
pub(crate) fn wait(answer: &RawAnswer, retries: &mut u32) -> Option<u32> {
    match answer.retry_after {
        Some(seconds @ 1..=policy::MAX_RETRY_AFTER) if *retries < policy::MAX_RETRIES => {
            *retries += 1;
            Some(seconds * 1000)
        }
        _ => None,
    }
}

/// Returns the order to send the request.
pub(crate) fn post(request: u32, endpoint: &str, body: JsonObject) -> Order {
    Order::Post {
        request,
        url: endpoint.to_owned(),
        base: Some(endpoint.to_owned()),
        token: None,
        body: body.finish(),
        timeout: policy::ANSWER_TIMEOUT,
        keepalive: true,
    }
}
