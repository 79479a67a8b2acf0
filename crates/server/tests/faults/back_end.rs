use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::load::API_KEY;
use crate::load::answers::Answers;
use crate::relay::Relay;

pub(crate) const PAUSE: Duration = Duration::from_millis(20);
/// Within this time a call is answered or cut, whatever is killed.
const TIMEOUT: Duration = Duration::from_secs(90);

/// The back end of a shop. It repeats calls until they have the outcome that it waits for, and keeps what it is told.
#[derive(Clone)]
pub(crate) struct BackEnd {
    client: Client,
    pub(crate) answers: Answers,
    /// Knows the address of the server.
    server: Relay,
    /// The path of the provider in the server's API.
    provider: &'static str,
    /// The URL of the sandbox's control API.
    sandbox: String,
    told: Told,
}

/// The different events that the back end was told, by id.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<BTreeMap<String, Vec<Value>>>>);

impl Told {
    /// Returns the routes of the back end: it is told events, and answers JetPay's question about accounts.
    pub(crate) fn router(&self) -> Router {
        let account = post(async || Json(json!({"exists": true, "currency": "KZT"})));
        Router::new()
            .route("/events", post(take))
            .with_state(self.clone())
            .route("/accounts", account)
    }
}

async fn take(State(told): State<Told>, Json(event): Json<Value>) {
    let id = event["id"].as_str().unwrap().to_owned();
    let mut told = told.0.lock().unwrap();
    let known = told.entry(id).or_default();
    if !known.contains(&event) {
        known.push(event);
    }
}

impl BackEnd {
    pub(crate) fn new(server: Relay, provider: &'static str, sandbox: &str, told: Told) -> Self {
        Self {
            client: Client::builder().no_proxy().build().unwrap(),
            answers: Answers::default(),
            server,
            provider,
            sandbox: format!("http://{sandbox}/sandbox"),
            told,
        }
    }

    /// Repeats a call until it is answered with another status than 503, and returns the answer.
    pub(crate) async fn call(&self, method: Method, path: &str, body: &Value) -> Value {
        loop {
            if let Some(answer) = self.try_to_call(method.clone(), path, body).await {
                return answer;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Repeats `PUT` until the object is in this state. It may become declined only if the provider was to decline it.
    pub(crate) async fn put_until(&self, path: &str, body: &Value, state: &str) -> Value {
        loop {
            let object = self.call(Method::PUT, path, body).await;
            if object["state"] == state {
                return object;
            }
            assert_ne!(object["state"], "declined", "{path}: {object}");
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Repeats `GET` until the object is in this state.
    pub(crate) async fn get_until(&self, path: &str, state: &str) -> Value {
        loop {
            let object = self.call(Method::GET, path, &Value::Null).await;
            if object["state"] == state {
                return object;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Makes a call. Returns `None` if it has no answer, or the database does not work.
    async fn try_to_call(&self, method: Method, path: &str, body: &Value) -> Option<Value> {
        let (server, provider) = (self.server.address(), self.provider);
        let url = format!("http://{server}/v1/{provider}/{path}");
        let request = self.client.request(method, url);
        let answer = request.bearer_auth(API_KEY).json(body).send();
        let whole = async {
            let answer = answer.await?;
            Ok::<_, reqwest::Error>((answer.status(), answer.text().await?))
        };
        let whole = tokio::time::timeout(TIMEOUT, whole).await;
        let whole = whole.unwrap_or_else(|_| panic!("{path} hangs")).ok();
        let status = whole.as_ref().map(|(status, _)| status.as_u16());
        self.answers.count(status);
        let (status, text) = whole?;
        if status == 503 {
            return None;
        }
        assert!(status.is_success(), "{path}: {status}: {text}");
        Some(serde_json::from_str(&text).unwrap())
    }

    /// Calls the sandbox's control API.
    pub(crate) async fn control(&self, path: &str, body: Option<&Value>) -> Value {
        let url = format!("{}/{path}", self.sandbox);
        let request = match body {
            Some(body) => self.client.post(url).json(body),
            None => self.client.get(url),
        };
        let answer = tokio::time::timeout(TIMEOUT, request.send()).await;
        let answer = answer.unwrap_or_else(|_| panic!("the sandbox's {path} hangs"));
        let answer = answer.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status}: {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Returns every event, each with one id. An id must stand for one event.
    pub(crate) fn told(&self) -> Vec<Value> {
        let told = self.told.0.lock().unwrap();
        let events = told.values().map(|events| match events.as_slice() {
            [event] => event.clone(),
            several => panic!("one id stands for several events: {several:?}"),
        });
        events.collect()
    }
}
