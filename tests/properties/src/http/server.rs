//! A server that is the same in every run: its clock does not advance, and its randomness is a counter.

use std::sync::atomic::{AtomicU8, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use pantoken_a2c::{AgentId, FormHost, Origin};
use pantoken_a2c_signing::AgentSecret;
use pantoken_server::{
    ApiKey, ApiOptions, AppState, Clock, PublicUrl, Random, RandomError, ReturnUrls, Signer, router,
};
use pantoken_store::{SessionStore, SqliteStore};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) const SECRET: &str = "22f3b3cc2ae84451";
pub(crate) const API_KEY: &str = "api-key-of-the-properties";
/// 2025-06-01T12:00:00Z in Unix milliseconds.
const NOW: i64 = 1_748_779_200_000;

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> i64 {
        NOW
    }
}

#[derive(Default)]
struct Counting(AtomicU8);

impl Random for Counting {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
        for byte in buffer {
            *byte = self.0.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// The database of all servers of a run, which use it one after the other.
pub(crate) struct Database {
    store: SqliteStore,
    _folder: TempDir,
}

impl Database {
    pub(crate) async fn create() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("pantoken.db")).await;
        Self {
            store: store.unwrap(),
            _folder: folder,
        }
    }

    /// Deletes every session.
    async fn clear(&self) {
        let deleted = self.store.delete_expired_before(i64::MAX, u32::MAX).await;
        deleted.unwrap();
    }
}

pub(crate) struct Server {
    pub(crate) router: Router,
    /// The request id of the last session.
    request_id: String,
}

impl Server {
    /// Starts a server with two sessions of the iframe flow, and one of the redirect flow in between.
    pub(crate) async fn start(database: &Database) -> Self {
        database.clear().await;
        let store = database.store.clone();
        let random = Counting::default();
        let app = AppState::new(store, signer(), api_options(), FixedClock, random);
        let router = router(app);
        let iframe = r#"{"flow":"iframe"}"#;
        let redirect = r#"{"flow":"redirect","returnUrl":"https://shop.kz/paid"}"#;
        let mut request_id = String::new();
        for session in [iframe, redirect, iframe] {
            let created = call(&router, "POST", "/v1/sessions", session).await;
            request_id = field(&created, "requestId");
        }
        Self { router, request_id }
    }

    /// Returns the state of the session whose token does not occur in the corpus.
    pub(crate) async fn state_of_last_session(&self) -> String {
        let path = format!("/v1/sessions/{}", self.request_id);
        field(&call(&self.router, "GET", &path, "").await, "state")
    }
}

fn field(object: &Value, name: &str) -> String {
    object[name].as_str().unwrap().to_owned()
}

fn signer() -> Signer {
    Signer::new(
        FormHost::parse("https://a2c-test.qiwi.kz").unwrap(),
        AgentId::parse("agent-01").unwrap(),
        AgentSecret::parse(SECRET).unwrap(),
    )
}

fn api_options() -> ApiOptions {
    ApiOptions {
        api_key: Some(ApiKey::parse(API_KEY).unwrap()),
        allowed_origins: vec![Origin::parse("https://shop.kz").unwrap().into()],
        public_sessions: true,
        return_urls: ReturnUrls::parse("https://shop.kz/paid").unwrap(),
        ..ApiOptions::new(PublicUrl::parse("https://pay.shop.kz").unwrap())
    }
}

/// Calls the server as the agent's back end does, and returns the JSON of the answer.
async fn call(router: &Router, method: &str, path: &str, body: &str) -> Value {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {API_KEY}"))
        .header("content-type", "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap();
    let answer = router.clone().oneshot(request).await.unwrap();
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    serde_json::from_slice(&body).unwrap()
}
