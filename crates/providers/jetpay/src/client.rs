//! The HTTP client of payouts. It sends each request once.

mod builder;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use builder::{ClientBuilder, ClientError};
use reqwest::Response;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};

use crate::error::{Error, NotSent, UnknownCause};
use crate::id::{PaymentId, ProjectId};
use crate::payouts::{PayoutAccepted, PayoutRequest, StatusAnswer, status_request};
use crate::signature::SecretKey;

const PAYOUT: &str = "v2/payment/wallet/qiwi-kz/payout";
const STATUS: &str = "v2/payment/status";
const MAX_ANSWER_BYTES: usize = 64 * 1024;
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A client of one project. It is cheap to clone, and clones share their connections.
///
/// A call sends its request once and never repeats it: the variant of [`Error`] says what to do. Redirects are not
/// followed, certificates are always verified, and every call has a time limit. Dropping the future of a call
/// leaves open whether the platform executed the request.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    project: Arc<Project>,
    timeout: Duration,
}

struct Project {
    id: ProjectId,
    key: SecretKey,
    /// The address of Gate, without a slash at its end.
    gate: String,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut output = f.debug_struct("Client");
        output.field("gate", &self.project.gate);
        output.field("project_id", &self.project.id);
        output.finish_non_exhaustive()
    }
}

impl Client {
    /// Starts to build a client. Gate's address is not published: the platform's support tells you yours.
    pub fn builder(project_id: ProjectId, key: SecretKey, gate_url: &str) -> ClientBuilder {
        ClientBuilder::new(project_id, key, gate_url)
    }

    /// Returns a client of the same project whose calls take this long at most.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self {
            timeout,
            ..self.clone()
        }
    }

    /// Returns the project.
    #[must_use]
    pub fn project_id(&self) -> ProjectId {
        self.project.id
    }

    /// Sends a payout. Success means that the platform has taken it, not that it is paid: ask for its status 10
    /// seconds later, or wait for the callback.
    ///
    /// If the error is [`Error::Unknown`], ask for the status before you send the same payout again, and never
    /// send it with another id.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn pay_out(&self, request: &PayoutRequest) -> Result<PayoutAccepted, Error> {
        let body = request.to_json(self.project.id, &self.project.key);
        let body = body.map_err(Error::NotSent)?;
        let (status, answer) = self.post(PAYOUT, body).await?;
        PayoutAccepted::read(request, status, &answer)
    }

    /// Asks for the status of a payment or payout. Wait 10 seconds after its request, and longer each time.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened to the question. No error says anything about the
    /// payment.
    pub async fn status(&self, payment_id: &PaymentId) -> Result<StatusAnswer, Error> {
        let body = status_request(self.project.id, payment_id, &self.project.key);
        let body = body.map_err(Error::NotSent)?;
        let (status, answer) = self.post(STATUS, body).await?;
        StatusAnswer::read(payment_id, &self.project.key, status, &answer)
    }

    async fn post(&self, path: &str, body: Vec<u8>) -> Result<(u16, Vec<u8>), Error> {
        let request = self
            .http
            .post(format!("{}/{path}", self.project.gate))
            .timeout(self.timeout)
            .header(ACCEPT, JSON)
            .header(CONTENT_TYPE, JSON)
            .body(body);
        let response = request.send().await.map_err(|error| failure(&error))?;
        let status = response.status().as_u16();
        Ok((status, read_body(response).await?))
    }
}

async fn read_body(mut response: Response) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(UnknownCause::TooLong(MAX_ANSWER_BYTES).into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Decides what a failure of the connection means. Only without a connection is it certain that nothing was
/// sent.
fn failure(error: &reqwest::Error) -> Error {
    if error.is_connect() {
        Error::NotSent(NotSent::NoConnection(innermost(error)))
    } else if error.is_timeout() {
        UnknownCause::Timeout.into()
    } else {
        UnknownCause::ConnectionLost.into()
    }
}

/// Returns the innermost error, which contains no URL.
fn innermost(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
