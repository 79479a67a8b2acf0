use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Value, json};

/// The answers of the sandbox are shorter.
const MAX_ANSWER: usize = 1024 * 1024;

/// What goes wrong with the next call that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "fault")]
pub(crate) enum CallFault {
    /// The call is executed, and the connection is cut before the answer.
    DropAnswer,
    /// The answer is late.
    Delay {
        /// The delay, in milliseconds.
        milliseconds: u64,
    },
    /// The call is executed, and answered 500 without a body.
    Empty500,
    /// The call is executed, and answered 500 with a body.
    Error500,
    /// The call is not executed, and answered 503.
    Unavailable,
    /// The call is executed, and answered with a page of HTML.
    Html,
    /// The call is executed, and answered 200 without a body.
    Nothing,
    /// The call is executed, and half of the answer is sent.
    Half,
    /// The call is executed, and the answer has another amount.
    OtherAmount,
}

/// Runs a call with a fault, or as it should be. `internal_error` is the provider's own answer 500.
pub(crate) async fn run(
    fault: Option<CallFault>,
    request: Request,
    next: Next,
    internal_error: impl FnOnce() -> Response,
) -> Response {
    if fault == Some(CallFault::Unavailable) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let response = next.run(request).await;
    match fault {
        None | Some(CallFault::Unavailable) => response,
        Some(CallFault::Delay { milliseconds }) => {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            response
        }
        Some(CallFault::Empty500) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some(CallFault::Error500) => internal_error(),
        Some(CallFault::Html) => "<html><body>Please log in</body></html>".into_response(),
        Some(CallFault::Nothing) => StatusCode::OK.into_response(),
        Some(CallFault::OtherAmount) => with_other_amount(response).await,
        Some(CallFault::Half) => cut(response, 2).await,
        Some(CallFault::DropAnswer) => cut(response, usize::MAX).await,
    }
}

/// Changes the amount in an answer.
async fn with_other_amount(response: Response) -> Response {
    let body = to_bytes(response.into_body(), MAX_ANSWER).await;
    let mut json: Value = serde_json::from_slice(&body.unwrap_or_default()).unwrap_or_default();
    json["amount"] = json!({"value": "123.45", "currency": "RUB"});
    Json(json).into_response()
}

/// Sends one of so many parts of the answer, and then cuts the connection.
async fn cut(response: Response, parts: usize) -> Response {
    let (head, body) = response.into_parts();
    let body = to_bytes(body, MAX_ANSWER).await.unwrap_or_default();
    let sent = body.slice(..body.len() / parts);
    let cut = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    let chunks: [Result<Bytes, _>; 2] = [Ok(sent), Err(cut)];
    let mut response = Response::new(Body::from_stream(stream::iter(chunks)));
    *response.status_mut() = head.status;
    response
}
