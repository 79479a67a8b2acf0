//! The HTTP client of payouts. It sends each request once.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use pantoken_core::client::{BaseUrl, Connections, ConnectionsError, HttpAnswer, Unanswered, send};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};

use crate::error::{Error, NotSent, UnknownCause};
use crate::id::{PaymentId, ProjectId};
use crate::payouts::{PayoutAccepted, PayoutRequest, StatusAnswer, status_request};
use crate::signature::SecretKey;

const PAYOUT: &str = "v2/payment/wallet/qiwi-kz/payout";
const STATUS: &str = "v2/payment/status";
const MAX_ANSWER_BYTES: usize = 64 * 1024;
const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// Gate answers within 100 ms as a rule.
const TIMEOUT: Duration = Duration::from_secs(30);

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
    gate: BaseUrl,
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
    /// Builds a client, which connects with its first call. Gate's address is not published: the platform's
    /// support tells you yours.
    ///
    /// # Errors
    /// Returns [`ConnectionsError`] if a setting of the connections cannot be used.
    pub fn new(
        project_id: ProjectId,
        key: SecretKey,
        gate: BaseUrl,
        connections: &Connections,
    ) -> Result<Self, ConnectionsError> {
        let project = Project {
            id: project_id,
            key,
            gate,
        };
        Ok(Self {
            http: connections.build()?,
            project: Arc::new(project),
            timeout: TIMEOUT,
        })
    }

    /// Returns a client of the same project whose calls take this long at most, from the connection to the last
    /// byte of the answer. Without it, they take 30 seconds at most.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self {
            timeout,
            ..self.clone()
        }
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
        let answer = self.post(PAYOUT, body.map_err(Error::NotSent)?).await?;
        PayoutAccepted::read(request, answer.status, &answer.body)
    }

    /// Asks for the status of a payment or payout. Wait 10 seconds after its request, and longer each time.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened to the question. No error says anything about the
    /// payment.
    pub async fn status(&self, payment_id: &PaymentId) -> Result<StatusAnswer, Error> {
        let body = status_request(self.project.id, payment_id, &self.project.key);
        let answer = self.post(STATUS, body.map_err(Error::NotSent)?).await?;
        StatusAnswer::read(payment_id, &self.project.key, answer.status, &answer.body)
    }

    async fn post(&self, path: &str, body: Vec<u8>) -> Result<HttpAnswer, Error> {
        let request = self
            .http
            .post(format!("{}/{path}", self.project.gate))
            .timeout(self.timeout)
            .header(ACCEPT, JSON)
            .header(CONTENT_TYPE, JSON)
            .body(body);
        Ok(send(request, MAX_ANSWER_BYTES).await?)
    }
}

impl From<Unanswered> for Error {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::NotWritable => Self::NotSent(NotSent::NotWritable),
            Unanswered::NoConnection(why) => Self::NotSent(NotSent::NoConnection(why)),
            Unanswered::Timeout => UnknownCause::Timeout.into(),
            Unanswered::TooLong(limit) => UnknownCause::TooLong(limit).into(),
            _ => UnknownCause::ConnectionLost.into(),
        }
    }
}
