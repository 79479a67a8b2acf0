//! An agent's back end and its customers, for the tests of whole servers.

pub(crate) mod answers;
pub(crate) mod cards;
pub(crate) mod figures;
pub(crate) mod program;

use std::sync::{Arc, RwLock};
use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use answers::Answers;

/// Where a server has this long to be well again, a test does not wait for ever.
const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(10);

/// The short count, or the long one where `PANTOKEN_LONG=1` asks for more.
pub(crate) fn short_or_long(short: usize, long: usize) -> usize {
    if std::env::var_os("PANTOKEN_LONG").is_some() {
        long
    } else {
        short
    }
}

pub(crate) const API_KEY: &str = "a-key-of-the-agents-back-end";

/// The agent's back end and its pages: what they are not answered, or told to repeat, they repeat.
#[derive(Clone)]
pub(crate) struct Agent {
    pub(crate) client: Client,
    pub(crate) answers: Answers,
    /// Where the server is.
    url: Arc<RwLock<String>>,
}

/// A session, as far as this test looks at it.
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

    /// The server is elsewhere from now on.
    pub(crate) fn go_to(&self, url: String) {
        *self.url.write().unwrap() = url;
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url.read().unwrap())
    }

    pub(crate) async fn create(&self, idempotency_key: &str, flow: &Value) -> Session {
        let (status, created) = self
            .insist(|| {
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

    /// Whether this panToken is the session's from now on; another may be already.
    pub(crate) async fn save(&self, session: &Session, pan_token: &str) -> bool {
        let path = format!("/v1/sessions/{}/result", session.request_id);
        let (status, answer) = self
            .insist(|| {
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

    /// What the server says of a session.
    pub(crate) async fn state(&self, request_id: &str) -> String {
        let session = self.session(request_id).await;
        session["state"].as_str().unwrap().to_owned()
    }

    /// The panToken of a session, if there are both.
    pub(crate) async fn pan_token(&self, request_id: &str) -> Option<String> {
        let session = self.session(request_id).await;
        session["panToken"].as_str().map(str::to_owned)
    }

    async fn session(&self, request_id: &str) -> Value {
        let path = format!("/v1/sessions/{request_id}");
        let call = || self.client.get(self.url(&path)).bearer_auth(API_KEY);
        self.insist(call).await.1
    }

    /// Until so many more calls had this answer.
    pub(crate) async fn sees(&self, status: Option<u16>, times: u64) {
        let enough = self.answers.of(status) + times;
        let seen = async {
            while self.answers.of(status) < enough {
                tokio::time::sleep(PAUSE).await;
            }
        };
        let seen = tokio::time::timeout(PATIENCE, seen).await;
        seen.unwrap_or_else(|_| panic!("no call had the answer {status:?}"));
    }

    async fn insist(&self, call: impl Fn() -> RequestBuilder) -> (StatusCode, Value) {
        let insisted = async {
            loop {
                if let Some(answer) = self.answer(call()).await {
                    return answer;
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        let answer = tokio::time::timeout(PATIENCE, insisted).await;
        answer.unwrap_or_else(|_| panic!("no answer that counts; answers: {}", self.answers))
    }

    /// An answer that came whole, and is the server's word rather than a request to come again.
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
