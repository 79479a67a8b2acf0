//! An agent's back end and its customers, for tests of whole servers.

pub(crate) mod answers;
pub(crate) mod cards;
pub(crate) mod figures;
pub(crate) mod program;

use std::sync::{Arc, RwLock};
use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use answers::Answers;

/// How long a server may take to recover.
const TIMEOUT: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(10);

/// Returns the long count if `PANTOKEN_LONG` is set, or else the short one.
pub(crate) fn short_or_long(short: usize, long: usize) -> usize {
    if std::env::var_os("PANTOKEN_LONG").is_some() {
        long
    } else {
        short
    }
}

pub(crate) const API_KEY: &str = "a-key-of-the-agents-back-end";

/// The agent's back end and its pages. They repeat calls that fail or are answered with 502 to 504.
#[derive(Clone)]
pub(crate) struct Agent {
    pub(crate) client: Client,
    pub(crate) answers: Answers,
    /// The server's URL.
    url: Arc<RwLock<String>>,
}

/// The fields of a session that the tests use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) request_id: String,
    pub(crate) result_token: String,
    pub(crate) form_url: String,
}

impl Agent {
    pub(crate) fn new(client: Client, url: String) -> Self {
        Self {
            client,
            answers: Answers::default(),
            url: Arc::new(RwLock::new(url)),
        }
    }

    /// Changes the server's URL.
    pub(crate) fn set_url(&self, url: String) {
        *self.url.write().unwrap() = url;
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url.read().unwrap())
    }

    pub(crate) async fn create(&self, idempotency_key: &str, flow: &Value) -> Session {
        let (status, created) = self
            .repeat_until_answered(|| {
                self.client
                    .post(self.url("/v1/sessions"))
                    .bearer_auth(API_KEY)
                    .header("idempotency-key", idempotency_key)
                    .json(flow)
            })
            .await;
        assert_eq!(status, 201, "{created}");
        let field = |name: &str| created[name].as_str().unwrap().to_owned();
        Session {
            request_id: field("requestId"),
            result_token: field("resultToken"),
            form_url: field("formUrl"),
        }
    }

    /// Reports a panToken. Returns `false` if the session has another one already.
    pub(crate) async fn save(&self, session: &Session, pan_token: &str) -> bool {
        let path = format!("/v1/sessions/{}/result", session.request_id);
        let (status, answer) = self
            .repeat_until_answered(|| {
                let call = self.client.post(self.url(&path));
                let call = call.bearer_auth(&session.result_token);
                call.json(&json!({ "panToken": pan_token }))
            })
            .await;
        match (status.as_u16(), answer["code"].as_str()) {
            (200, None) => true,
            (409, Some("RESULT_CONFLICT")) => false,
            _ => panic!("{status}: {answer}"),
        }
    }

    /// Returns the state of a session.
    pub(crate) async fn state(&self, request_id: &str) -> String {
        let session = self.session(request_id).await;
        session["state"].as_str().unwrap().to_owned()
    }

    /// Returns the panToken of a session, if it has one.
    pub(crate) async fn pan_token(&self, request_id: &str) -> Option<String> {
        let session = self.session(request_id).await;
        session["panToken"].as_str().map(str::to_owned)
    }

    async fn session(&self, request_id: &str) -> Value {
        let path = format!("/v1/sessions/{request_id}");
        let call = || self.client.get(self.url(&path)).bearer_auth(API_KEY);
        self.repeat_until_answered(call).await.1
    }

    /// Waits until this many more calls had this answer.
    pub(crate) async fn wait_for_answers(&self, status: Option<u16>, times: u64) {
        let enough = self.answers.of(status) + times;
        let enough_answers = async {
            while self.answers.of(status) < enough {
                tokio::time::sleep(PAUSE).await;
            }
        };
        let done = tokio::time::timeout(TIMEOUT, enough_answers).await;
        done.unwrap_or_else(|_| panic!("no call had the answer {status:?}"));
    }

    async fn repeat_until_answered(
        &self,
        call: impl Fn() -> RequestBuilder,
    ) -> (StatusCode, Value) {
        let answered = async {
            loop {
                if let Some(answer) = self.answer(call()).await {
                    return answer;
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        let answer = tokio::time::timeout(TIMEOUT, answered).await;
        answer.unwrap_or_else(|_| panic!("no call was answered in time; answers: {}", self.answers))
    }

    /// Sends a call. Returns `None` if there was no complete answer, or if it asks to repeat the call.
    async fn answer(&self, call: RequestBuilder) -> Option<(StatusCode, Value)> {
        let whole = async {
            let answer = call.send().await?;
            let status = answer.status();
            Ok::<_, reqwest::Error>((status, answer.bytes().await?))
        };
        let whole = whole.await.ok();
        self.answers
            .count(whole.as_ref().map(|(status, _)| status.as_u16()));
        let (status, body) = whole?;
        match status.as_u16() {
            502..=504 => None,
            _ => Some((status, serde_json::from_slice(&body).ok()?)),
        }
    }
}
