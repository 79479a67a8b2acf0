use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use pantoken_core::client::{BaseUrl, Body, json_body, send};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, RequestBuilder};
use serde::Serialize;

use crate::{Error, NotSent};

/// The longest request that is sent. No call needs a tenth of it.
const MAX_REQUEST_BYTES: usize = 16 * 1024;
/// The longest answer that is read. A statement of 90 days is the longest.
const MAX_ANSWER_BYTES: usize = 8 * 1024 * 1024;
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const PDF: HeaderValue = HeaderValue::from_static("application/pdf");

/// Sends requests with a wallet's token.
#[derive(Clone)]
pub(super) struct Transport {
    http: reqwest::Client,
    base: BaseUrl,
    authorization: HeaderValue,
    timeout: Duration,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut output = f.debug_struct("Transport");
        output.field("base", &self.base);
        output.field("timeout", &self.timeout);
        output.finish_non_exhaustive()
    }
}

impl Transport {
    pub(super) fn new(
        http: reqwest::Client,
        base: BaseUrl,
        authorization: HeaderValue,
        timeout: Duration,
    ) -> Self {
        Self {
            http,
            base,
            authorization,
            timeout,
        }
    }

    pub(super) async fn get(&self, path: &str) -> Result<Body, Error> {
        answer(self.request(Method::GET, path, JSON)).await
    }

    pub(super) async fn get_pdf(&self, path: &str) -> Result<Body, Error> {
        answer(self.request(Method::GET, path, PDF)).await
    }

    /// Sends a request whose meaning is in its path alone.
    pub(super) async fn put(&self, path: &str) -> Result<Body, Error> {
        answer(self.request(Method::PUT, path, JSON)).await
    }

    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Body, Error> {
        let body = json_body(body, MAX_REQUEST_BYTES);
        let body = body.map_err(|_| Error::NotSent(NotSent::NotWritable))?;
        let request = self.request(method, path, JSON);
        let request = request.header(CONTENT_TYPE, JSON);
        answer(request.body(Bytes::from_owner(body))).await
    }

    fn request(&self, method: Method, path: &str, accept: HeaderValue) -> RequestBuilder {
        self.http
            .request(method, format!("{}/{path}", self.base))
            .timeout(self.timeout)
            .header(AUTHORIZATION, self.authorization.clone())
            .header(ACCEPT, accept)
    }
}

async fn answer(request: RequestBuilder) -> Result<Body, Error> {
    let answer = send(request, MAX_ANSWER_BYTES).await?;
    match answer.status {
        200..=299 => Ok(answer.body),
        status => Err(Error::from_answer(status, &answer.body)),
    }
}
