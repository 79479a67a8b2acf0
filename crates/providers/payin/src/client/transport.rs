use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Response};
use zeroize::Zeroizing;

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
        let response = request.send().await.map_err(|error| failure(&error))?;
        let status = response.status().as_u16();
        let retry_after = retry_after(&response);
        let body = read_body(response).await?;
        read_answer(status, &body, retry_after)
    }
}

/// The bytes of a body. They are wiped when they have been sent or read.
type Body = Zeroizing<Vec<u8>>;

fn write_body(request: &impl Request) -> Result<Body, Error> {
    request
        .check()
        .map_err(|error| Error::NotSent(error.into()))?;
    let mut length = Length(0);
    serde_json::to_writer(&mut length, request)
        .map_err(|_| Error::NotSent(NotSent::NotWritable))?;
    if length.0 > MAX_REQUEST_BYTES {
        return Err(Error::NotSent(NotSent::TooLong(MAX_REQUEST_BYTES)));
    }
    // A buffer that grows would leave copies behind that are not wiped.
    let mut body = Zeroizing::new(Vec::with_capacity(length.0));
    serde_json::to_writer(&mut *body, request).map_err(|_| Error::NotSent(NotSent::NotWritable))?;
    Ok(body)
}

/// Counts what is written.
struct Length(usize);

impl std::io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn read_body(mut response: Response) -> Result<Body, Error> {
    let mut body = Zeroizing::new(Vec::new());
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(Error::Unknown(UnknownCause::TooLong(MAX_ANSWER_BYTES)));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn retry_after(response: &Response) -> Option<Duration> {
    let header = response.headers().get(RETRY_AFTER)?;
    let seconds = header.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Decides what a failure of the connection means. Only without a connection is it certain that nothing was
/// sent.
fn failure(error: &reqwest::Error) -> Error {
    if error.is_connect() {
        Error::NotSent(NotSent::NoConnection(innermost(error)))
    } else if error.is_builder() {
        Error::NotSent(NotSent::NotWritable)
    } else if error.is_timeout() {
        Error::Unknown(UnknownCause::Timeout)
    } else {
        Error::Unknown(UnknownCause::ConnectionLost)
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
