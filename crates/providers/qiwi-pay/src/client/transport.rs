use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use pantoken_core::client::{BaseUrl, send};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};

use crate::answer::{Answer, read_answer};
use crate::error::{Error, UnknownCause};
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
    url: BaseUrl,
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
    pub(crate) fn new(http: reqwest::Client, url: BaseUrl, site: Site, timeouts: Timeouts) -> Self {
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
            .post(self.target.url.as_str())
            .timeout(timeout)
            .header(ACCEPT, JSON)
            .header(CONTENT_TYPE, JSON)
            .body(Bytes::from_owner(body));
        let answer = send(request, MAX_ANSWER_BYTES).await?;
        read_answer(answer.status, &answer.body)
    }
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
