use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use tokio::sync::watch;

pub(crate) const API_KEY: &str = "a-key-of-the-agents-back-end";

/// The agent's back end and its pages: what they are not answered, or told to repeat, they repeat.
#[derive(Clone)]
pub(crate) struct Agent {
    pub(crate) client: Client,
    /// Where the server is.
    pub(crate) url: String,
    /// How often there was no answer that counts.
    pub(crate) refused: watch::Sender<u64>,
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
        let (refused, _) = watch::channel(0);
        Self {
            client,
            url,
            refused,
        }
    }

    pub(crate) async fn create(&self, idempotency_key: &str, flow: &Value) -> Session {
        let (status, created) = self
            .insist(|| {
                self.client
                    .post(format!("{}/v1/sessions", self.url))
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
        let path = format!("{}/v1/sessions/{}/result", self.url, session.request_id);
        let (status, answer) = self
            .insist(|| {
                let call = self.client.post(&path).bearer_auth(&session.result_token);
                call.json(&json!({ "panToken": pan_token }))
            })
            .await;
        match (status.as_u16(), answer["code"].as_str()) {
            (200, None) => true,
            (409, Some("RESULT_CONFLICT")) => false,
            _ => panic!("{status}: {answer}"),
        }
    }

    /// The panToken of a session that is finished.
    pub(crate) async fn pan_token(&self, request_id: &str) -> String {
        let path = format!("{}/v1/sessions/{request_id}", self.url);
        let (status, session) = self
            .insist(|| self.client.get(&path).bearer_auth(API_KEY))
            .await;
        assert_eq!(status, 200, "{session}");
        session["panToken"].as_str().unwrap().to_owned()
    }

    async fn insist(&self, call: impl Fn() -> reqwest::RequestBuilder) -> (StatusCode, Value) {
        loop {
            if let Some(answer) = answer(call().send().await).await {
                return answer;
            }
            self.refused.send_modify(|count| *count += 1);
        }
    }
}

/// An answer that came whole, and is the server's word rather than a request to come again.
async fn answer(sent: reqwest::Result<Response>) -> Option<(StatusCode, Value)> {
    let answer = sent.ok()?;
    let status = answer.status();
    match status.as_u16() {
        502..=504 => None,
        _ => Some((status, answer.json().await.ok()?)),
    }
}
