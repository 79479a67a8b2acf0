use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use pantoken_core::client::{Body, json_body, send};
use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};

use crate::DigitalSigner;
use crate::answer::{Answer, read_answer};
use crate::error::{Error, NotSent, UnknownCause};
use crate::limits::Request;

/// The longest request that is sent.
const MAX_REQUEST_BYTES: usize = 256 * 1024;
/// The longest answer that is read. The image of a QR code is the longest part of any.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// How long calls may take, from the connection to the last byte of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// A call that only asks.
    pub read: Duration,
    /// A call that changes something. The provider publishes no limit, and clients have seen answers after
    /// more than a minute.
    pub write: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            read: Duration::from_secs(30),
            write: Duration::from_secs(75),
        }
    }
}

/// Sends requests to one site.
#[derive(Clone)]
pub(crate) struct Transport {
    http: reqwest::Client,
    site: Arc<Site>,
    timeouts: Timeouts,
}

struct Site {
    /// The URL of the site, without a slash at its end.
    url: String,
    authorization: HeaderValue,
    signer: Option<DigitalSigner>,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut output = f.debug_struct("Transport");
        output.field("url", &self.site.url);
        output.field("timeouts", &self.timeouts);
        output.finish_non_exhaustive()
    }
}

impl Transport {
    pub(crate) fn new(
        http: reqwest::Client,
        url: String,
        authorization: HeaderValue,
        timeouts: Timeouts,
        signer: Option<DigitalSigner>,
    ) -> Self {
        let site = Arc::new(Site {
            url,
            authorization,
            signer,
        });
        Self {
            http,
            site,
            timeouts,
        }
    }

    pub(crate) fn with_timeouts(&self, timeouts: Timeouts) -> Self {
        Self {
            timeouts,
            ..self.clone()
        }
    }

    pub(crate) async fn get<T: Answer>(&self, path: &str) -> Result<T, Error> {
        self.send(Method::GET, path, None, None).await
    }

    /// Sends a request with a body.
    pub(crate) async fn write<T: Answer>(
        &self,
        method: Method,
        path: &str,
        request: &impl Request,
    ) -> Result<T, Error> {
        let body = write_body(request)?;
        self.send(method, path, Some(body), None).await
    }

    /// Sends a request whose meaning is in its path alone.
    pub(crate) async fn write_without_body<T: Answer>(
        &self,
        method: Method,
        path: &str,
    ) -> Result<T, Error> {
        self.send(method, path, None, None).await
    }

    /// Sends a request whose body has a digital signature.
    pub(crate) async fn write_signed<T: Answer>(
        &self,
        method: Method,
        path: &str,
        request: &impl Request,
    ) -> Result<T, Error> {
        let body = write_body(request)?;
        let signer = self.site.signer.as_ref();
        let signature = signer.and_then(|signer| signer.sign(&body));
        let signature = signature.ok_or(Error::NotSent(NotSent::NotSigned))?;
        self.send(method, path, Some(body), Some(signature)).await
    }

    async fn send<T: Answer>(
        &self,
        method: Method,
        path: &str,
        body: Option<Body>,
        signature: Option<String>,
    ) -> Result<T, Error> {
        let timeout = match method {
            Method::GET => self.timeouts.read,
            _ => self.timeouts.write,
        };
        let mut request = self
            .http
            .request(method, format!("{}/{path}", self.site.url))
            .timeout(timeout)
            .header(AUTHORIZATION, self.site.authorization.clone())
            .header(ACCEPT, JSON);
        if let Some(body) = body {
            let body = Bytes::from_owner(body);
            request = request.header(CONTENT_TYPE, JSON).body(body);
        }
        if let Some(signature) = signature {
            request = request.header("X-Digital-Sign", signature);
        }
        let answer = send(request, MAX_ANSWER_BYTES).await?;
        read_answer(answer.status, &answer.body, answer.retry_after)
    }
}

fn write_body(request: &impl Request) -> Result<Body, Error> {
    request
        .check()
        .map_err(|error| Error::NotSent(error.into()))?;
    json_body(request, MAX_REQUEST_BYTES).map_err(|error| Error::NotSent(error.into()))
}

/// Compares a field of the answer with the request. The provider may have stored another request under the
/// same id.
pub(crate) fn same<T: PartialEq>(
    field: &'static str,
    asked: &T,
    answered: &T,
) -> Result<(), Error> {
    if asked == answered {
        Ok(())
    } else {
        Err(Error::Unknown(UnknownCause::Mismatch(field)))
    }
}
