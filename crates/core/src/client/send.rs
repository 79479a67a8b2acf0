use std::error::Error as StdError;
use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{RequestBuilder, Response};
use rustls::AlertDescription;
use zeroize::Zeroizing;

use super::Body;

/// What a provider answered.
#[derive(Debug)]
#[non_exhaustive]
pub struct HttpAnswer {
    /// The HTTP status.
    pub status: u16,
    /// What the header `Retry-After` asks for, if it is a number of seconds.
    pub retry_after: Option<Duration>,
    /// The whole body.
    pub body: Body,
}

/// Why there is no answer. Only the first two say that nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unanswered {
    /// The request could not be built.
    #[error("the request cannot be built; check its address and headers")]
    NotWritable,
    /// There is no connection to the provider. The text says why.
    #[error("no connection to the provider: {0}")]
    NoConnection(String),
    /// The provider ended the connection because of the client certificate, or because there is none.
    #[error("the provider refuses the client certificate")]
    CertificateRefused,
    /// The provider did not answer in time.
    #[error("no answer in time")]
    Timeout,
    /// The connection ended before the whole answer had arrived.
    #[error("the connection ended before the whole answer had arrived")]
    ConnectionLost,
    /// The answer is longer than this many bytes.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
}

/// Sends a request once, and reads an answer of at most `max_bytes` bytes.
///
/// # Errors
/// Returns [`Unanswered`] if there is no whole answer.
pub async fn send(request: RequestBuilder, max_bytes: usize) -> Result<HttpAnswer, Unanswered> {
    let response = request.send().await.map_err(|error| unanswered(&error))?;
    Ok(HttpAnswer {
        status: response.status().as_u16(),
        retry_after: retry_after(&response),
        body: read_body(response, max_bytes).await?,
    })
}

async fn read_body(mut response: Response, max_bytes: usize) -> Result<Body, Unanswered> {
    let mut body = Zeroizing::new(Vec::new());
    while let Some(chunk) = response.chunk().await.map_err(|error| unanswered(&error))? {
        if body.len() + chunk.len() > max_bytes {
            return Err(Unanswered::TooLong(max_bytes));
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
fn unanswered(error: &reqwest::Error) -> Unanswered {
    if refuses_certificate(error) {
        Unanswered::CertificateRefused
    } else if error.is_connect() {
        Unanswered::NoConnection(innermost(error))
    } else if error.is_builder() {
        Unanswered::NotWritable
    } else if error.is_timeout() {
        Unanswered::Timeout
    } else {
        Unanswered::ConnectionLost
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
