//! The server's HTTP API, as any back end calls it.

use std::convert::identity;
use std::time::Duration;

use axum::Json;
use axum::response::{IntoResponse, Response};
use reqwest::{Client, Method};
use serde::Serialize;
use serde_json::Value;
use url::Url;

use super::error::ShopError;
use crate::cli::dev::setup::API_KEY;
use crate::http::client::{ClientError, Outgoing, reason};

/// A call waits for the provider, within 30 seconds.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(40);

pub(super) struct Api {
    client: Client,
    url: String,
}

/// What the server answered to a call.
#[derive(Serialize)]
pub(super) struct Called {
    /// The method and the path.
    call: String,
    pub(super) status: u16,
    pub(super) answer: Value,
}

impl Api {
    pub(super) fn new(url: String) -> Result<Self, ClientError> {
        let plain = Url::parse(&url).map_err(|error| ClientError::Roots(error.to_string()))?;
        let client = Outgoing::default().client(&plain, ANSWER_TIMEOUT, identity)?;
        Ok(Self { client, url })
    }

    pub(super) async fn get(&self, path: &str) -> Result<Called, ShopError> {
        self.call(Method::GET, path, None).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Called, ShopError> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// The same id and body are the same operation, so this could be repeated.
    pub(super) async fn put(&self, path: &str, body: &Value) -> Result<Called, ShopError> {
        self.call(Method::PUT, path, Some(body)).await
    }

    pub(super) async fn delete(&self, path: &str) -> Result<Called, ShopError> {
        self.call(Method::DELETE, path, None).await
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Called, ShopError> {
        let call = format!("{method} {path}");
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if let Some(body) = body {
            let json = reqwest::header::HeaderValue::from_static("application/json");
            request = request
                .header(reqwest::header::CONTENT_TYPE, json)
                .body(body.to_string());
        }
        let no_answer = |error| ShopError::NoAnswer(reason(error));
        let answer = request
            .bearer_auth(API_KEY)
            .send()
            .await
            .map_err(no_answer)?;
        let status = answer.status().as_u16();
        let body = answer.bytes().await.map_err(no_answer)?;
        Ok(Called {
            call,
            status,
            // A deletion has no body.
            answer: serde_json::from_slice(&body).unwrap_or_default(),
        })
    }
}

impl IntoResponse for Called {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}
