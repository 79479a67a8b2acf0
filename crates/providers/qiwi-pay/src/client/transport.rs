use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Response;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use rustls::AlertDescription;
use zeroize::Zeroizing;

use crate::answer::{Answer, read_answer};
use crate::error::{Error, NotSent, UnknownCause};
use crate::{Request, Site};

/// The longest answer that is read.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// How long calls may take, from the connection to the last byte of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// A call that only asks.
    pub read: Duration,
    /// A call that changes something. The provider publishes no limit, and its test cards answer after 3 seconds.
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

/// Sends the requests of one site.
#[derive(Clone)]
pub(crate) struct Transport {
    http: reqwest::Client,
    target: Arc<Target>,
    timeouts: Timeouts,
}

struct Target {
    url: String,
    site: Site,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut output = f.debug_struct("Transport");
        output.field("url", &self.target.url);
        output.field("timeouts", &self.timeouts);
        output.finish_non_exhaustive()
    }
}

impl Transport {
    pub(crate) fn new(http: reqwest::Client, url: String, site: Site, timeouts: Timeouts) -> Self {
        let target = Arc::new(Target { url, site });
        Self {
            http,
            target,
            timeouts,
        }
    }

    pub(crate) fn with_timeouts(&self, timeouts: Timeouts) -> Self {
        Self {
            timeouts,
            ..self.clone()
        }
    }

    pub(crate) async fn send<T: Answer>(&self, request: &impl Request) -> Result<T, Error> {
        let body = request.to_signed_json(&self.target.site);
        let body = body.map_err(|error| Error::NotSent(error.into()))?;
        let timeout = match request.opcode().changes_something() {
            true => self.timeouts.write,
            false => self.timeouts.read,
        };
        let request = self
            .http
            .post(&self.target.url)
            .timeout(timeout)
            .header(ACCEPT, JSON)
            .header(CONTENT_TYPE, JSON)
            .body(Bytes::from_owner(body));
        let response = request.send().await.map_err(|error| failure(&error))?;
        let status = response.status().as_u16();
        let body = read_body(response).await?;
        read_answer(status, &body)
    }
}

async fn read_body(mut response: Response) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut body = Zeroizing::new(Vec::new());
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(Error::Unknown(UnknownCause::TooLong(MAX_ANSWER_BYTES)));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Decides what a failure of the connection means. Only without a connection is it certain that nothing was
/// sent.
fn failure(error: &reqwest::Error) -> Error {
    if refuses_certificate(error) {
        Error::Unknown(UnknownCause::CertificateRefused)
    } else if error.is_connect() {
        Error::NotSent(NotSent::NoConnection(innermost(error)))
    } else if error.is_builder() {
        Error::NotSent(NotSent::NotWritable)
    } else if error.is_timeout() {
        Error::Unknown(UnknownCause::Timeout)
    } else {
        Error::Unknown(UnknownCause::ConnectionLost)
    }
}

/// Returns whether the provider ended the connection because of the client certificate. With TLS 1.3 this arrives
/// after the request has left.
fn refuses_certificate(error: &reqwest::Error) -> bool {
    let mut source: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = source {
        if tls_alert(error).is_some_and(is_about_the_certificate) {
            return true;
        }
        source = error.source();
    }
    false
}

fn tls_alert(error: &(dyn StdError + 'static)) -> Option<AlertDescription> {
    if let Some(rustls::Error::AlertReceived(alert)) = error.downcast_ref() {
        return Some(*alert);
    }
    // An I/O error does not give what it wraps as its source.
    tls_alert(error.downcast_ref::<std::io::Error>()?.get_ref()?)
}

fn is_about_the_certificate(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateRequired
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
    )
}

/// Returns the innermost error, which contains no URL.
fn innermost(error: &reqwest::Error) -> String {
    let mut innermost: &dyn StdError = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// Compares a field of the answer, if it has it, with the request.
pub(crate) fn same<T: PartialEq>(
    field: &'static str,
    asked: &T,
    answered: Option<&T>,
) -> Result<(), Error> {
    if answered.is_none_or(|answered| answered == asked) {
        Ok(())
    } else {
        Err(Error::Unknown(UnknownCause::Mismatch(field)))
    }
}
